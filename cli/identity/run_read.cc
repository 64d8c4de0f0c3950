// `selfsame identity explain`, `explain-attribute` and `history`.
#include "cli/identity/run_read.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/client.h"
#include "cli/connect.h"
#include "cli/enum_label.h"
#include "cli/identity/names.h"
#include "cli/identity/operation_text.h"
#include "cli/proto_json.h"

namespace selfsame::cli {
namespace {

constexpr std::chrono::seconds kExplainWait{120};
constexpr std::uint64_t kPageMax = 1'000;

struct ReadOptions {
  std::vector<std::string> names;  // KIND=VALUE, or profile ids.
  std::string attribute;
  std::uint64_t limit = 100;
};

Result<identity::v1::ExplainProfileResponse> ExplainProfile(const Settings& settings,
                                                            const ReadOptions& options) {
  identity::v1::ExplainProfileRequest request;
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_profile(), RefOf(options.names.at(0)));
  if (options.names.size() > 1) {
    SELFSAME_ASSIGN_OR_RETURN(*request.mutable_from(), IdentifierOf(options.names[0]));
    SELFSAME_ASSIGN_OR_RETURN(*request.mutable_to(), IdentifierOf(options.names[1]));
  }
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.ExplainProfile(request, Deadline::After(kExplainWait));
}

std::vector<std::string> EvidenceRow(const identity::v1::Evidence& evidence) {
  const auto name = [](const ingest::v1::Identifier& one) {
    return one.kind() + "=" + one.value();
  };
  return {name(evidence.a()), name(evidence.b()), EnumLabel(evidence.strength()),
          evidence.record_id(), evidence.refusal().empty() ? "joined" : evidence.refusal()};
}

ExitCode RunExplainProfile(const Invocation& run, const ReadOptions& options) {
  const auto response = ExplainProfile(run.settings, options);
  if (!response.ok()) return run.output.Fail(response.error());
  if (run.output.is_json()) {
    run.output.Json(ProtoJson(*response));
    return ExitCode::kDone;
  }
  Table table{.headings = {"IDENTIFIER", "IDENTIFIER", "EVIDENCE", "RECORD", "OUTCOME"}};
  for (const auto& evidence : response->joined_by()) table.rows.push_back(EvidenceRow(evidence));
  for (const auto& evidence : response->refused()) table.rows.push_back(EvidenceRow(evidence));
  run.output.Text(FormatTable(table));
  return ExitCode::kDone;
}

Result<identity::v1::ExplainAttributeResponse> ExplainAttribute(const Settings& settings,
                                                                const ReadOptions& options) {
  identity::v1::ExplainAttributeRequest request;
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_profile(), RefOf(options.names.at(0)));
  request.set_attribute(options.attribute);
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.ExplainAttribute(request, Deadline::After(kExplainWait));
}

ExitCode RunExplainAttribute(const Invocation& run, const ReadOptions& options) {
  const auto response = ExplainAttribute(run.settings, options);
  if (!response.ok()) return run.output.Fail(response.error());
  if (run.output.is_json()) {
    run.output.Json(ProtoJson(*response));
    return ExitCode::kDone;
  }
  Table table{.headings = {"VALUE", "OPERATION", "SOURCE", "TRUST", "RECORD", "VERDICT"}};
  for (const auto& claim : response->claims()) {
    table.rows.push_back({ProtoJson(claim)["value"].dump(), EnumLabel(claim.operation()),
                          claim.source(), fmt::format("{}", claim.trust_priority()),
                          claim.record_id(), claim.verdict()});
  }
  run.output.Text(fmt::format("folded by: {}\n", response->rule()));
  run.output.Text(FormatTable(table));
  if (response->claims_not_shown() > 0) {
    run.output.Note(fmt::format("{} more claims are not shown", response->claims_not_shown()));
  }
  return ExitCode::kDone;
}

Result<identity::v1::ListOperationsResponse> List(const Settings& settings,
                                                  const ReadOptions& options) {
  identity::v1::ListOperationsRequest request;
  if (!options.names.empty()) {
    SELFSAME_ASSIGN_OR_RETURN(*request.mutable_profile(), RefOf(options.names[0]));
  }
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  identity::v1::ListOperationsResponse all;
  do {
    const std::uint64_t left = options.limit - static_cast<std::uint64_t>(all.operations_size());
    request.set_page_size(static_cast<std::uint32_t>(std::min(left, kPageMax)));
    SELFSAME_ASSIGN_OR_RETURN(const auto page,
                              client.ListOperations(request, Deadline::After(kCallWait)));
    all.mutable_operations()->MergeFrom(page.operations());
    all.set_next_page_token(page.next_page_token());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() &&
           static_cast<std::uint64_t>(all.operations_size()) < options.limit);
  return all;
}

ExitCode RunHistory(const Invocation& run, const ReadOptions& options) {
  const auto response = List(run.settings, options);
  if (!response.ok()) return run.output.Fail(response.error());
  if (run.output.is_json()) {
    for (const auto& operation : response->operations()) run.output.Json(ProtoJson(operation));
  } else {
    run.output.Text(OperationTable(*response));
  }
  if (!response->next_page_token().empty()) run.output.Note("there are more; see --limit");
  return ExitCode::kDone;
}

using RunRead = ExitCode (*)(const Invocation&, const ReadOptions&);

struct ReadVerb {
  CLI::App* app;
  std::shared_ptr<ReadOptions> options;
};

ReadVerb Add(CLI::App& noun, CommandLine& line, const VerbHelp& help, RunRead run, int names_least,
             int names_most) {
  const auto options = std::make_shared<ReadOptions>();
  CLI::App* app = AddVerb(noun, line, help, [options, run](const Invocation& invocation) {
    return run(invocation, *options);
  });
  app->add_option("NAME", options->names, "KIND=VALUE or a profile id")
      ->required(names_least > 0)
      ->expected(names_least, names_most);
  return {app, options};
}

}  // namespace

void AddIdentityReads(CLI::App& noun, CommandLine& line) {
  Add(noun, line,
      {.name = "explain",
       .about = "Say why a profile is one person; of two identifiers, what leads from one to the "
                "other.",
       .examples = "selfsame identity explain customer_id=1\n"
                   "selfsame identity explain customer_id=1 anonymous_id=a-7"},
      RunExplainProfile, 1, 2);
  const ReadVerb attribute =
      Add(noun, line,
          {.name = "explain-attribute",
           .about = "Say why an attribute has its value: every claim, the winner first.",
           .examples = "selfsame identity explain-attribute customer_id=1 --attribute city"},
          RunExplainAttribute, 1, 1);
  attribute.app->add_option("--attribute", attribute.options->attribute, "by its name")
      ->required()
      ->type_name("NAME");
  const ReadVerb history =
      Add(noun, line,
          {.name = "history",
           .about = "List what people decided, who and why, newest first; of one profile, or all.",
           .examples = "selfsame identity history --limit 20\n"
                       "selfsame identity history customer_id=1 --output json"},
          RunHistory, 0, 1);
  history.app->add_option("--limit", history.options->limit, "how many at most [100]")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}).description(""));
}

}  // namespace selfsame::cli
