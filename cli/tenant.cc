// `selfsame tenant`: the customers of the installation.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/command.h"
#include "cli/database.h"
#include "storage/master_key.h"
#include "storage/tenants.h"

namespace selfsame::cli {
namespace {

struct CreateOptions {
  std::string name;
  bool creates_master_key = false;
};

Result<TenantId> Create(const Settings& settings, const CreateOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const std::string key_file, settings.MasterKeyFile());
  SELFSAME_ASSIGN_OR_RETURN(const auto session, ConnectAsOwner(settings));
  SELFSAME_ASSIGN_OR_RETURN(
      const auto master_key,
      LoadMasterKey(*session, key_file,
                    options.creates_master_key ? MissingKey::kCreated : MissingKey::kRefused));
  return storage::CreateTenant(*session, master_key, options.name, Now());
}

ExitCode RunCreate(const Invocation& run, const CreateOptions& options) {
  const auto id = Create(run.settings, options);
  if (!id.ok()) return run.output.Fail(id.error());
  if (run.output.is_json()) {
    run.output.Json({{"tenant_id", id->value}, {"name", options.name}});
  } else {
    run.output.Text(fmt::format("created tenant {}\n", options.name));
  }
  return ExitCode::kDone;
}

struct SetOptions {
  std::string name;
  std::string phone_region;
};

Status Set(const Settings& settings, const SetOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const auto session, ConnectToWrite(settings));
  const std::string region = options.phone_region == "none" ? "" : options.phone_region;
  return storage::SetTenantPhoneRegion(*session, options.name, region);
}

ExitCode RunSet(const Invocation& run, const SetOptions& options) {
  const Status done = Set(run.settings, options);
  if (!done.ok()) return run.output.Fail(done.error());
  if (run.output.is_json()) {
    run.output.Json({{"name", options.name}, {"phone_region", options.phone_region}});
  } else {
    run.output.Text(fmt::format("set tenant {}\n", options.name));
  }
  return ExitCode::kDone;
}

void AddSet(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<SetOptions>();
  CLI::App* set = AddVerb(
      noun, line,
      {.name = "set",
       .about = "Say where phone numbers without a country code are dialled, for all sources that "
                "say nothing themselves. 'none' takes it back. Servers know within a second.",
       .examples = "selfsame tenant set acme --phone-region GB"},
      [options](const Invocation& run) { return RunSet(run, *options); });
  set->add_option("NAME", options->name, "of the tenant")->required();
  set->add_option("--phone-region", options->phone_region, "two letters of ISO 3166, such as GB")
      ->required()
      ->type_name("REGION");
}

ExitCode RunList(const Invocation& run) {
  const auto session = ConnectAsOwner(run.settings);
  if (!session.ok()) return run.output.Fail(session.error());
  const auto tenants = storage::ListTenants(**session);
  if (!tenants.ok()) return run.output.Fail(tenants.error());
  Table table{.headings = {"ID", "NAME", "CREATED"}};
  for (const storage::TenantRow& tenant : *tenants) {
    const std::string created = FormatRfc3339(tenant.created_at);
    if (run.output.is_json()) {
      run.output.Json(
          {{"tenant_id", tenant.id.value}, {"name", tenant.name}, {"created_at", created}});
    }
    table.rows.push_back({fmt::format("{}", tenant.id.value), tenant.name, created});
  }
  if (!run.output.is_json()) run.output.Text(FormatTable(table));
  return ExitCode::kDone;
}

}  // namespace

void AddTenant(CLI::App& root, CommandLine& line) {
  CLI::App* noun = AddNoun(root, "tenant", "The customers of this installation");
  const auto options = std::make_shared<CreateOptions>();
  CLI::App* create = AddVerb(
      *noun, line,
      {.name = "create",
       .about = "Make a tenant, with keys of its own under the master key. Exits with 4 when "
                "there is one of that name, or when the master key is of another installation.",
       .examples = "selfsame tenant create acme --data-dir /var/lib/selfsame\n"
                   "selfsame tenant create acme --database-url postgresql://owner@db/selfsame "
                   "--master-key-file /etc/selfsame/master.key"},
      [options](const Invocation& run) { return RunCreate(run, *options); });
  create->add_option("NAME", options->name, "a lower-case letter, then at most 62 of a-z 0-9 _ -")
      ->required();
  create->add_flag("--create-master-key", options->creates_master_key,
                   "make the master key file where it is missing; only for an installation that "
                   "has none yet");
  AddSet(*noun, line);
  AddVerb(*noun, line,
          {.name = "list",
           .about = "List all tenants.",
           .examples = "selfsame tenant list\nselfsame tenant list --output json | jq -r .name"},
          RunList);
}

}  // namespace selfsame::cli
