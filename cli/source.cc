// `selfsame source`: where a tenant's records come from.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/command.h"
#include "cli/database.h"
#include "storage/tenants.h"

namespace selfsame::cli {
namespace {

struct CreateOptions {
  std::string tenant;
  storage::NewSource source;
};

Result<SourceId> Create(const Settings& settings, const CreateOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const auto session, ConnectToWrite(settings));
  return storage::CreateSource(*session, options.tenant, options.source, Now());
}

ExitCode RunCreate(const Invocation& run, const CreateOptions& options) {
  const auto id = Create(run.settings, options);
  if (!id.ok()) return run.output.Fail(id.error());
  if (run.output.is_json()) {
    run.output.Json(
        {{"source_id", id->value}, {"tenant", options.tenant}, {"name", options.source.name}});
  } else {
    run.output.Text(
        fmt::format("created source {} of tenant {}\n", options.source.name, options.tenant));
  }
  return ExitCode::kDone;
}

constexpr const char* kNone = "none";  // Takes a setting back.

struct SetOptions {
  std::string tenant;
  std::string source;
  storage::SourceCustoms customs;
};

Status Set(const Settings& settings, const SetOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const auto session, ConnectToWrite(settings));
  return storage::SetSourceCustoms(*session, options.tenant, options.source, options.customs);
}

// Options of a command line cannot be empty.
void TakeBackIfNone(std::optional<std::string>& value) {
  if (value && *value == kNone) value->clear();
}

ExitCode RunSet(const Invocation& run, SetOptions options) {
  storage::SourceCustoms& customs = options.customs;
  for (auto* value : {&customs.phone_region, &customs.date_order, &customs.after_logout,
                      &customs.invalid_optional, &customs.event_time_min}) {
    TakeBackIfNone(*value);
  }
  const Status done = Set(run.settings, options);
  if (!done.ok()) return run.output.Fail(done.error());
  if (run.output.is_json()) {
    run.output.Json({{"tenant", options.tenant}, {"name", options.source}});
  } else {
    run.output.Text(fmt::format("set source {} of tenant {}\n", options.source, options.tenant));
  }
  return ExitCode::kDone;
}

nlohmann::ordered_json SourceJson(const storage::SourceRow& source) {
  return {{"source_id", source.id.value},
          {"name", source.name},
          {"owner", source.owner},
          {"purpose", source.purpose},
          {"trust_priority", source.trust_priority},
          {"phone_region", source.phone_region},
          {"date_order", source.date_order},
          {"after_logout", source.after_logout},
          {"invalid_optional", source.invalid_optional},
          {"event_time_min",
           source.event_time_min ? FormatRfc3339(*source.event_time_min) : std::string()},
          {"created_at", FormatRfc3339(source.created_at)}};
}

ExitCode RunList(const Invocation& run, const std::string& tenant) {
  const auto session = ConnectAsOwner(run.settings);
  if (!session.ok()) return run.output.Fail(session.error());
  const auto sources = storage::ListSources(**session, tenant);
  if (!sources.ok()) return run.output.Fail(sources.error());
  Table table{.headings = {"ID", "NAME", "TRUST", "PHONES", "DATES", "AFTER LOGOUT", "INVALID",
                           "EARLIEST", "CREATED", "OWNER", "PURPOSE"}};
  for (const storage::SourceRow& source : *sources) {
    if (run.output.is_json()) run.output.Json(SourceJson(source));
    table.rows.push_back({fmt::format("{}", source.id.value), source.name,
                          fmt::format("{}", source.trust_priority), source.phone_region,
                          source.date_order, source.after_logout, source.invalid_optional,
                          source.event_time_min ? FormatRfc3339(*source.event_time_min) : "",
                          FormatRfc3339(source.created_at), source.owner, source.purpose});
  }
  if (!run.output.is_json()) run.output.Text(FormatTable(table));
  return ExitCode::kDone;
}

// What a source says of all its records: storage::NewSource or storage::SourceCustoms.
template <typename Customs>
void AddCustoms(CLI::App& verb, Customs& customs) {
  verb.add_option("--phone-region", customs.phone_region,
                  "where its phone numbers without country code are dialled, such as GB")
      ->type_name("REGION");
  verb.add_option("--date-order", customs.date_order, "how it writes 03/04/2020: DMY or MDY")
      ->type_name("ORDER");
  verb.add_option("--after-logout", customs.after_logout,
                  "new_person: an anonymous id seen with a second customer belongs to neither; "
                  "default: what the ruleset says")
      ->type_name("RULE");
  verb.add_option("--invalid-optional", customs.invalid_optional,
                  "leave-out: accept its records without optional fields that are invalid, also "
                  "where their schemas quarantine them")
      ->type_name("POLICY");
  verb.add_option("--event-time-min", customs.event_time_min,
                  "quarantine its records whose event time is before this date or time")
      ->type_name("TIME");
}

void AddSet(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<SetOptions>();
  CLI::App* set = AddVerb(
      noun, line,
      {.name = "set",
       .about =
           "Set how a source writes what could be read in several ways, so that nothing has to be "
           "guessed, whose its anonymous ids are after a log-out, and which of its records are "
           "accepted. What is not given stays as it is; 'none' takes it back. Servers know "
           "within a second.",
       .examples = "selfsame source set crm --tenant acme --phone-region GB --date-order DMY\n"
                   "selfsame source set crm --tenant acme --date-order none\n"
                   "selfsame source set web --tenant acme --after-logout new_person\n"
                   "selfsame source set crm --tenant acme --invalid-optional leave-out "
                   "--event-time-min 2015-01-01"},
      [options](const Invocation& run) { return RunSet(run, *options); });
  set->add_option("NAME", options->source, "of the source")->required();
  set->add_option("--tenant", options->tenant, "whose source it is")->required()->type_name("NAME");
  AddCustoms(*set, options->customs);
}

}  // namespace

void AddSource(CLI::App& root, CommandLine& line) {
  CLI::App* noun = AddNoun(root, "source", "Where a tenant's records come from");
  const auto options = std::make_shared<CreateOptions>();
  CLI::App* create = AddVerb(
      *noun, line,
      {.name = "create",
       .about = "Make a source. Nothing is stored of a source that nobody owns or that has no "
                "purpose. Exits with 4 when there is one of that name.",
       .examples = "selfsame source create web --tenant acme --owner web-team@acme.example "
                   "--purpose \"Analytics of the shop\"\n"
                   "selfsame source create crm --tenant acme --owner sales@acme.example "
                   "--purpose \"Master data of customers\" --trust-priority 10"},
      [options](const Invocation& run) { return RunCreate(run, *options); });
  create
      ->add_option("NAME", options->source.name,
                   "a lower-case letter, then at most 62 of a-z 0-9 _ -")
      ->required();
  create->add_option("--tenant", options->tenant, "whose source it is")
      ->required()
      ->type_name("NAME");
  create->add_option("--owner", options->source.owner, "who answers for it: a team, a person")
      ->required()
      ->type_name("TEXT");
  create->add_option("--purpose", options->source.purpose, "what its data is for")
      ->required()
      ->type_name("TEXT");
  create
      ->add_option("--trust-priority", options->source.trust_priority,
                   "1 to 1000 [100]: the lower wins where sources disagree")
      ->type_name("N");

  AddCustoms(*create, options->source);
  AddSet(*noun, line);

  const auto tenant = std::make_shared<std::string>();
  CLI::App* list = AddVerb(*noun, line,
                           {.name = "list",
                            .about = "List the sources of a tenant.",
                            .examples = "selfsame source list --tenant acme"},
                           [tenant](const Invocation& run) { return RunList(run, *tenant); });
  list->add_option("--tenant", *tenant, "whose sources")->required()->type_name("NAME");
}

}  // namespace selfsame::cli
