// `selfsame vocabulary`: the terms that fields may hold.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/all_pages.h"
#include "cli/command.h"
#include "cli/connect.h"
#include "cli/import/progress.h"
#include "cli/proto_json.h"
#include "cli/timestamp.h"
#include "cli/vocabulary/terms_file.h"

namespace selfsame::cli {
namespace {

struct LoadOptions {
  std::string path;
  std::string name;
};

struct ShowOptions {
  std::string name;
  std::uint32_t version = 0;
};

Result<schema::v1::RegisterVocabularyResponse> Load(const Settings& settings,
                                                    const LoadOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const std::vector<Term> terms, ReadTermsFile(options.path));
  schema::v1::RegisterVocabularyRequest request;
  request.set_name(options.name.empty() ? std::filesystem::path(options.path).stem().string()
                                        : options.name);
  for (const Term& term : terms) {
    auto* entry = request.add_terms();
    entry->set_value(term.value);
    for (const std::string& synonym : term.synonyms) entry->add_synonyms(synonym);
  }
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.RegisterVocabulary(request, Deadline::After(kCallWait));
}

ExitCode RunLoad(const Invocation& run, const LoadOptions& options) {
  const auto response = Load(run.settings, options);
  if (!response.ok()) return run.output.Fail(response.error());
  const auto& vocabulary = response->vocabulary();
  if (run.output.is_json()) {
    run.output.Json({{"name", vocabulary.name()},
                     {"version", vocabulary.version()},
                     {"terms", vocabulary.term_count()},
                     {"is_new", response->is_new()}});
  } else {
    run.output.Text(fmt::format("{} {} version {} with {} terms\n",
                                response->is_new() ? "stored" : "known already:", vocabulary.name(),
                                vocabulary.version(), FormatCount(vocabulary.term_count())));
  }
  return ExitCode::kDone;
}

ExitCode RunList(const Invocation& run) {
  const auto client = Connect(run.settings);
  if (!client.ok()) return run.output.Fail(client.error());
  const auto response = AllPages<schema::v1::ListVocabulariesResponse>(
      schema::v1::ListVocabulariesRequest(),
      [&](const auto& page) { return client->ListVocabularies(page, Deadline::After(kCallWait)); });
  if (!response.ok()) return run.output.Fail(response.error());
  Table table{.headings = {"NAME", "VERSION", "TERMS", "REGISTERED", "BY"}};
  for (const auto& vocabulary : response->vocabularies()) {
    if (run.output.is_json()) run.output.Json(ProtoJson(vocabulary));
    table.rows.push_back({vocabulary.name(), fmt::format("{}", vocabulary.version()),
                          FormatCount(vocabulary.term_count()),
                          FormatMoment(vocabulary.registered_at()), vocabulary.registered_by()});
  }
  if (!run.output.is_json()) run.output.Text(FormatTable(table));
  return ExitCode::kDone;
}

ExitCode RunShow(const Invocation& run, const ShowOptions& options) {
  const auto client = Connect(run.settings);
  if (!client.ok()) return run.output.Fail(client.error());
  schema::v1::GetVocabularyRequest request;
  request.set_name(options.name);
  request.set_version(options.version);
  const auto response = client->GetVocabulary(request, Deadline::After(kCallWait));
  if (!response.ok()) return run.output.Fail(response.error());
  if (run.output.is_json()) {
    run.output.Json(ProtoJson(response->vocabulary()));
    return ExitCode::kDone;
  }
  Table table{.headings = {"TERM", "SYNONYMS"}};
  for (const auto& term : response->vocabulary().terms()) {
    table.rows.push_back({term.value(), fmt::format("{}", fmt::join(term.synonyms(), ", "))});
  }
  run.output.Text(FormatTable(table));
  return ExitCode::kDone;
}

void AddLoad(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<LoadOptions>();
  CLI::App* load = AddVerb(
      noun, line,
      {.name = "load",
       .about = "Store a new version of a vocabulary. The file is TOML, with [[term]] value and "
                "synonyms, or CSV with a term and its synonyms in each row. Terms that the "
                "version before had and the file has not are gone from the new one. The same "
                "content again changes nothing.",
       .examples = "selfsame vocabulary load plans.toml\n"
                   "selfsame vocabulary load products.csv --name skus"},
      [options](const Invocation& run) { return RunLoad(run, *options); });
  load->add_option("FILE", options->path, "a .toml or .csv file")->required();
  load->add_option("--name", options->name, "of the vocabulary [the file's, without its ending]")
      ->type_name("NAME");
}

}  // namespace

void AddVocabulary(CLI::App& root, CommandLine& line) {
  CLI::App* noun = AddNoun(root, "vocabulary", "The terms that fields may hold");
  AddLoad(*noun, line);
  AddVerb(*noun, line,
          {.name = "list",
           .about = "List the newest version of each vocabulary.",
           .examples = "selfsame vocabulary list"},
          RunList);
  const auto show = std::make_shared<ShowOptions>();
  CLI::App* verb = AddVerb(*noun, line,
                           {.name = "show",
                            .about = "List the terms of a vocabulary, with their synonyms.",
                            .examples = "selfsame vocabulary show plans\n"
                                        "selfsame vocabulary show plans --version 1 --output json"},
                           [show](const Invocation& run) { return RunShow(run, *show); });
  verb->add_option("NAME", show->name, "of the vocabulary")->required();
  verb->add_option("--version", show->version, "which [the newest]")->type_name("N");
}

}  // namespace selfsame::cli
