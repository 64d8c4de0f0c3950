// `selfsame catalog`: what every field is for, who sends it and who reads it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "cli/all_pages.h"
#include "cli/catalog/catalog_page.h"
#include "cli/catalog/catalog_text.h"
#include "cli/command.h"
#include "cli/connect.h"
#include "cli/enum_label.h"
#include "cli/proto_json.h"
#include "cli/text_file.h"

namespace selfsame::cli {
namespace {

using catalog::v1::Field;
using catalog::v1::ListFieldsResponse;

struct ListOptions {
  std::string schema;
  std::string owner;
  std::string data_class;
};

struct UnusedOptions {
  std::string schema;
  std::uint32_t days = 0;
};

struct LineageOptions {
  std::string schema;
  std::string path;
};

struct PageOptions {
  std::string schema;
  std::string format;
  std::string path;
};

Result<ListFieldsResponse> ListFields(const Settings& settings,
                                      const catalog::v1::ListFieldsRequest& request) {
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return AllPages<ListFieldsResponse>(request, [&](const auto& page) {
    return client.ListFields(page, Deadline::After(kCallWait));
  });
}

Result<ListFieldsResponse> ListFields(const Settings& settings, const std::string& schema) {
  catalog::v1::ListFieldsRequest request;
  request.set_schema(schema);
  return ListFields(settings, request);
}

// Keeps the fields of an owner and a class; empty: of any.
void Narrow(const ListOptions& options, ListFieldsResponse& fields) {
  auto& list = *fields.mutable_fields();
  list.erase(std::remove_if(list.begin(), list.end(),
                            [&](const Field& field) {
                              return (!options.owner.empty() && field.owner() != options.owner) ||
                                     (!options.data_class.empty() &&
                                      EnumLabel(field.class_()) != options.data_class);
                            }),
             list.end());
}

ExitCode ShowFields(const Invocation& run, const ListFieldsResponse& fields,
                    std::string (*table)(const ListFieldsResponse&)) {
  if (!run.output.is_json()) run.output.Text(table(fields));
  for (const Field& field : fields.fields()) {
    if (run.output.is_json()) run.output.Json(ProtoJson(field));
  }
  return ExitCode::kDone;
}

ExitCode RunList(const Invocation& run, const ListOptions& options) {
  auto fields = ListFields(run.settings, options.schema);
  if (!fields.ok()) return run.output.Fail(fields.error());
  Narrow(options, *fields);
  return ShowFields(run, *fields, CatalogTable);
}

ExitCode RunUnused(const Invocation& run, const UnusedOptions& options) {
  catalog::v1::ListFieldsRequest request;
  request.set_schema(options.schema);
  request.set_only_unused(true);
  request.set_unused_days(options.days);
  const auto fields = ListFields(run.settings, request);
  if (!fields.ok()) return run.output.Fail(fields.error());
  return ShowFields(run, *fields, UnusedTable);
}

ExitCode RunLineage(const Invocation& run, const LineageOptions& options) {
  const auto client = Connect(run.settings);
  if (!client.ok()) return run.output.Fail(client.error());
  catalog::v1::GetLineageRequest request;
  request.set_schema(options.schema);
  request.set_path(options.path);
  const auto lineage = client->GetLineage(request, Deadline::After(kCallWait));
  if (!lineage.ok()) return run.output.Fail(lineage.error());
  if (run.output.is_json()) {
    run.output.Json(ProtoJson(*lineage));
  } else {
    run.output.Text(LineageText(*lineage));
  }
  return ExitCode::kDone;
}

std::string PageOf(const std::string& format, const ListFieldsResponse& fields) {
  if (format == "html") return CatalogHtml(fields, Now());
  if (format == "md") return CatalogMarkdown(fields, Now());
  return ProtoJson(fields).dump(2) + "\n";
}

ExitCode RunExport(const Invocation& run, const PageOptions& options) {
  const auto fields = ListFields(run.settings, options.schema);
  if (!fields.ok()) return run.output.Fail(fields.error());
  const std::string page = PageOf(options.format, *fields);
  if (options.path.empty()) {
    run.output.Text(page);
    return ExitCode::kDone;
  }
  const Status written = WriteFile(options.path, page);
  return written.ok() ? ExitCode::kDone : run.output.Fail(written.error());
}

void AddSchemaOption(CLI::App& verb, std::string& schema) {
  verb.add_option("--schema", schema, "only of this schema")->type_name("NAME");
}

void AddList(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<ListOptions>();
  CLI::App* list = AddVerb(
      noun, line,
      {.name = "list",
       .about = "List every field of every live schema: whose it is, how sensitive, how long it "
                "is kept, how often it is filled, who sends and reads it.",
       .examples = "selfsame catalog list --class PII\n"
                   "selfsame catalog list --schema shop.v1.Order --output json | jq .purpose"},
      [options](const Invocation& run) { return RunList(run, *options); });
  AddSchemaOption(*list, options->schema);
  list->add_option("--owner", options->owner, "only of this owner")->type_name("TEXT");
  list->add_option("--class", options->data_class, "only PUBLIC, INTERNAL, PII or SENSITIVE")
      ->type_name("CLASS")
      ->check(CLI::IsMember({"PUBLIC", "INTERNAL", "PII", "SENSITIVE"}).description(""));
}

void AddLineage(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<LineageOptions>();
  CLI::App* lineage = AddVerb(
      noun, line,
      {.name = "lineage",
       .about = "Show where a field comes from, which attribute of the profile it becomes, and "
                "who reads it.",
       .examples = "selfsame catalog lineage selfsame.schemas.account.v1.Traits email"},
      [options](const Invocation& run) { return RunLineage(run, *options); });
  lineage->add_option("SCHEMA", options->schema, "full name of the schema")->required();
  lineage->add_option("FIELD", options->path, "the field's path, as items.sku")->required();
}

void AddUnused(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<UnusedOptions>();
  CLI::App* unused = AddVerb(noun, line,
                             {.name = "unused",
                              .about = "List the fields that nobody sends or reads: what could go.",
                              .examples = "selfsame catalog unused --days 180"},
                             [options](const Invocation& run) { return RunUnused(run, *options); });
  AddSchemaOption(*unused, options->schema);
  unused->add_option("--days", options->days, "how far to look back [90]")
      ->type_name("N")
      ->check(CLI::Range(1, 3'650).description(""));
}

void AddExport(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<PageOptions>();
  CLI::App* out = AddVerb(
      noun, line,
      {.name = "export",
       .about = "Write the catalog for those who have no tool: as one HTML file that needs no "
                "network, as Markdown, or as JSON.",
       .examples = "selfsame catalog export --format html -o catalog.html\n"
                   "selfsame catalog export --format md --schema shop.v1.Order"},
      [options](const Invocation& run) { return RunExport(run, *options); });
  AddSchemaOption(*out, options->schema);
  out->add_option("--format", options->format, "html, md or json")
      ->required()
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"html", "md", "json"}).description(""));
  out->add_option("-o,--out", options->path, "a file [standard output]")->type_name("FILE");
}

}  // namespace

void AddCatalog(CLI::App& root, CommandLine& line) {
  CLI::App* noun = AddNoun(root, "catalog", "The data catalog: what every field is for");
  AddList(*noun, line);
  AddLineage(*noun, line);
  AddUnused(*noun, line);
  AddExport(*noun, line);
}

}  // namespace selfsame::cli
