// `selfsame profile`: who is who.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/client.h"
#include "cli/command.h"
#include "cli/connect.h"
#include "cli/profile_text.h"
#include "cli/proto_json.h"
#include "cli/timestamp.h"

namespace selfsame::cli {
namespace {

constexpr std::uint64_t kPageMax = 1'000;

struct ProfileOptions {
  std::string id;
  std::string identifier;
  std::string at;
  std::string known_at;
  std::uint64_t limit = 100;
};

Result<profile::v1::ProfileRef> Ref(const ProfileOptions& options) {
  profile::v1::ProfileRef ref;
  if (!options.id.empty()) {
    ref.set_profile_id(options.id);
    return ref;
  }
  if (options.identifier.empty()) {
    return Error{ErrorCode::kInvalidArgument, "PROFILE_UNNAMED",
                 "which profile? give --id UUID or --identifier KIND=VALUE"};
  }
  const std::size_t equals = options.identifier.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == options.identifier.size()) {
    return Error{ErrorCode::kInvalidArgument, "IDENTIFIER_MALFORMED",
                 "--identifier takes KIND=VALUE, for example customer_id=1001"};
  }
  ref.mutable_identifier()->set_kind(options.identifier.substr(0, equals));
  ref.mutable_identifier()->set_value(options.identifier.substr(equals + 1));
  return ref;
}

Result<profile::v1::Profile> Get(const Settings& settings, const ProfileOptions& options) {
  profile::v1::GetProfileRequest request;
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_profile(), Ref(options));
  if (!options.at.empty()) {
    SELFSAME_ASSIGN_OR_RETURN(*request.mutable_at(), ParseMoment("--at", options.at));
  }
  if (!options.known_at.empty()) {
    SELFSAME_ASSIGN_OR_RETURN(*request.mutable_known_at(),
                              ParseMoment("--known-at", options.known_at));
  }
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  SELFSAME_ASSIGN_OR_RETURN(const auto response,
                            client.GetProfile(request, Deadline::After(kCallWait)));
  return response.profile();
}

// Reads pages of at most `limit` rows in all. `call` makes one call; `rows` is the repeated field.
template <typename Response, typename Request, typename Call, typename Rows>
Result<Response> ReadPages(const Settings& settings, const ProfileOptions& options, Call call,
                           Rows rows) {
  Request request;
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_profile(), Ref(options));
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  Response all;
  do {
    const std::uint64_t left = options.limit - static_cast<std::uint64_t>(rows(all).size());
    request.set_page_size(static_cast<std::uint32_t>(std::min(left, kPageMax)));
    SELFSAME_ASSIGN_OR_RETURN(auto page, (client.*call)(request, Deadline::After(kCallWait)));
    rows(all).MergeFrom(rows(page));
    all.set_next_page_token(page.next_page_token());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() &&
           static_cast<std::uint64_t>(rows(all).size()) < options.limit);
  return all;
}

// Rows as JSON lines or as a table, and a note when there are more.
template <typename Response, typename Rows>
ExitCode Show(const Output& output, const Result<Response>& response, Rows rows,
              std::string (*table)(const Response&)) {
  if (!response.ok()) return output.Fail(response.error());
  if (output.is_json()) {
    Response copy = *response;
    for (const auto& row : rows(copy)) output.Json(ProtoJson(row));
  } else {
    output.Text(table(*response));
  }
  if (!response->next_page_token().empty()) output.Note("there are more; see --limit");
  return ExitCode::kDone;
}

ExitCode RunGet(const Invocation& run, const ProfileOptions& options) {
  const auto profile = Get(run.settings, options);
  if (!profile.ok()) return run.output.Fail(profile.error());
  if (run.output.is_json()) {
    run.output.Json(ProtoJson(*profile));
  } else {
    run.output.Text(ProfileCard(*profile));
  }
  return ExitCode::kDone;
}

ExitCode RunEvents(const Invocation& run, const ProfileOptions& options) {
  using Response = profile::v1::ListEventsResponse;
  const auto rows = [](Response & response) -> auto& { return *response.mutable_events(); };
  const auto events = ReadPages<Response, profile::v1::ListEventsRequest>(
      run.settings, options, &Client::ListEvents, rows);
  return Show(run.output, events, rows, EventTable);
}

ExitCode RunHistory(const Invocation& run, const ProfileOptions& options) {
  using Response = profile::v1::GetMergeHistoryResponse;
  const auto rows = [](Response & response) -> auto& { return *response.mutable_entries(); };
  const auto history = ReadPages<Response, profile::v1::GetMergeHistoryRequest>(
      run.settings, options, &Client::GetMergeHistory, rows);
  return Show(run.output, history, rows, HistoryTable);
}

using RunProfile = ExitCode (*)(const Invocation&, const ProfileOptions&);

CLI::App* AddProfileVerb(CLI::App& noun, CommandLine& line, const VerbHelp& help, RunProfile run,
                         const std::shared_ptr<ProfileOptions>& options) {
  CLI::App* verb = AddVerb(noun, line, help, [options, run](const Invocation& invocation) {
    return run(invocation, *options);
  });
  auto* id = verb->add_option("--id", options->id, "any profile id ever handed out");
  id->type_name("UUID");
  verb->add_option("--identifier", options->identifier, "any identifier of the person")
      ->type_name("KIND=VALUE")
      ->excludes(id);
  return verb;
}

void AddListVerb(CLI::App& noun, CommandLine& line, const VerbHelp& help, RunProfile run) {
  const auto options = std::make_shared<ProfileOptions>();
  AddProfileVerb(noun, line, help, run, options)
      ->add_option("--limit", options->limit, "how many at most [100]")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}).description(""));
}

void AddGet(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<ProfileOptions>();
  CLI::App* get = AddProfileVerb(
      noun, line,
      {.name = "get",
       .about = "Show a person: identifiers, and attributes with where each comes from. Also as of "
                "a past time.",
       .examples = "selfsame profile get --identifier email=ada@example.com\n"
                   "selfsame profile get --id 01890a5d-ac96-774b-bcce-b302099a8057 "
                   "--output json | jq .attributes.city.value\n"
                   "selfsame profile get --identifier customer_id=1001 --at 2026-03-01\n"
                   "selfsame profile get --identifier customer_id=1001 "
                   "--known-at 2026-03-01T12:00:00Z"},
      RunGet, options);
  get->add_option("--at", options->at, "by what had happened by then")->type_name("TIME");
  get->add_option("--known-at", options->known_at, "by what was received and decided by then")
      ->type_name("TIME");
}

}  // namespace

void AddProfile(CLI::App& root, CommandLine& line) {
  CLI::App* noun = AddNoun(root, "profile", "Unified profiles: who is who");
  AddGet(*noun, line);
  AddListVerb(*noun, line,
              {.name = "events",
               .about = "List what a person did, under any identifier, oldest first.",
               .examples = "selfsame profile events --identifier customer_id=1001 --limit 20"},
              RunEvents);
  AddListVerb(*noun, line,
              {.name = "history",
               .about = "List what joined, parted or was refused around a person, oldest first.",
               .examples = "selfsame profile history --identifier customer_id=1001"},
              RunHistory);
}

}  // namespace selfsame::cli
