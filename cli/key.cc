// `selfsame key`: the API keys by which sources are let in.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/database.h"
#include "storage/tenants.h"

namespace selfsame::cli {
namespace {

struct CreateOptions {
  std::string tenant;
  std::string source;
  std::vector<std::string> scopes;
};

struct RevokeOptions {
  std::string tenant;
  std::int32_t api_key_id = 0;
};

Result<storage::Secret> Create(const Settings& settings, const CreateOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const auto session, ConnectToWrite(settings));
  return storage::CreateApiKey(*session, options.tenant, options.source, options.scopes, Now());
}

ExitCode RunCreate(const Invocation& run, const CreateOptions& options) {
  const auto key = Create(run.settings, options);
  if (!key.ok()) return run.output.Fail(key.error());
  if (run.output.is_json()) {
    run.output.Json({{"tenant", options.tenant},
                     {"source", options.source},
                     {"scopes", options.scopes},
                     {"api_key", key->reveal()}});
  } else {
    run.output.Text(fmt::format("{}\n", key->reveal()));
  }
  run.output.Note(
      "this key is shown once and cannot be shown again; servers know it within seconds");
  return ExitCode::kDone;
}

nlohmann::ordered_json KeyJson(const storage::ApiKeyRow& key) {
  return {{"api_key_id", key.id},
          {"source", key.source},
          {"scopes", key.scopes},
          {"created_at", FormatRfc3339(key.created_at)},
          {"revoked_at", key.revoked_at ? FormatRfc3339(*key.revoked_at) : ""}};
}

ExitCode RunList(const Invocation& run, const std::string& tenant) {
  const auto session = ConnectAsOwner(run.settings);
  if (!session.ok()) return run.output.Fail(session.error());
  const auto keys = storage::ListApiKeys(**session, tenant);
  if (!keys.ok()) return run.output.Fail(keys.error());
  Table table{.headings = {"ID", "SOURCE", "SCOPES", "CREATED", "REVOKED"}};
  for (const storage::ApiKeyRow& key : *keys) {
    if (run.output.is_json()) run.output.Json(KeyJson(key));
    table.rows.push_back(
        {fmt::format("{}", key.id), key.source, fmt::format("{}", fmt::join(key.scopes, ",")),
         FormatRfc3339(key.created_at), key.revoked_at ? FormatRfc3339(*key.revoked_at) : "-"});
  }
  if (!run.output.is_json()) run.output.Text(FormatTable(table));
  return ExitCode::kDone;
}

Status Revoke(const Settings& settings, const RevokeOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const auto session, ConnectAsOwner(settings));
  return storage::RevokeApiKey(*session, options.tenant, options.api_key_id, Now());
}

ExitCode RunRevoke(const Invocation& run, const RevokeOptions& options) {
  const auto revoked = Revoke(run.settings, options);
  if (!revoked.ok()) return run.output.Fail(revoked.error());
  if (run.output.is_json()) {
    run.output.Json({{"api_key_id", options.api_key_id}, {"revoked", true}});
  } else {
    run.output.Text(fmt::format("revoked key {}\n", options.api_key_id));
  }
  return ExitCode::kDone;
}

void AddCreate(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<CreateOptions>();
  CLI::App* create = AddVerb(
      noun, line,
      {.name = "create",
       .about = "Make an API key and print it: once, it is stored as a hash.",
       .examples = "selfsame key create --tenant acme --source web --scope ingest\n"
                   "export SELFSAME_API_KEY=$(selfsame key create --tenant acme --source crm "
                   "--scope ingest,read)"},
      [options](const Invocation& run) { return RunCreate(run, *options); });
  create->add_option("--tenant", options->tenant, "whose data the key reaches")
      ->required()
      ->type_name("NAME");
  create->add_option("--source", options->source, "in whose name records are sent")
      ->required()
      ->type_name("NAME");
  create->add_option("--scope", options->scopes, "what it may do: ingest, read, admin")
      ->required()
      ->delimiter(',')
      ->type_name("SCOPE,...");
}

void AddRevoke(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<RevokeOptions>();
  CLI::App* revoke = AddVerb(
      noun, line,
      {.name = "revoke",
       .about = "Let a key in no more. Servers know within seconds. Revoking again is harmless.",
       .examples = "selfsame key revoke 7 --tenant acme"},
      [options](const Invocation& run) { return RunRevoke(run, *options); });
  revoke->add_option("ID", options->api_key_id, "the key's id, as listed")->required();
  revoke->add_option("--tenant", options->tenant, "whose key it is")->required()->type_name("NAME");
}

}  // namespace

void AddKey(CLI::App& root, CommandLine& line) {
  CLI::App* noun = AddNoun(root, "key", "The API keys by which sources are let in");
  AddCreate(*noun, line);
  const auto tenant = std::make_shared<std::string>();
  CLI::App* list = AddVerb(*noun, line,
                           {.name = "list",
                            .about = "List a tenant's keys; the keys themselves are not shown.",
                            .examples = "selfsame key list --tenant acme"},
                           [tenant](const Invocation& run) { return RunList(run, *tenant); });
  list->add_option("--tenant", *tenant, "whose keys")->required()->type_name("NAME");
  AddRevoke(*noun, line);
}

}  // namespace selfsame::cli
