#include "cli/demo/telling.h"

#include <utility>

#include "cli/client.h"
#include "cli/rpc_error.h"

namespace selfsame::cli {
namespace {

constexpr std::chrono::seconds kCallWait{15};
constexpr std::chrono::milliseconds kKeysPollWait{50};

Error NoOutcome() {
  return {ErrorCode::kInternal, "RESPONSE_BROKEN", "the server sent no outcome for a record"};
}

Result<ingest::v1::RecordOutcome> Send(const Client& client, const ingest::v1::Event& event) {
  ingest::v1::TrackEventsRequest request;
  *request.add_events() = event;
  SELFSAME_ASSIGN_OR_RETURN(const auto response,
                            client.TrackEvents(request, Deadline::After(kCallWait)));
  if (response.outcomes_size() != 1) return NoOutcome();
  return response.outcomes(0);
}

Result<ingest::v1::RecordOutcome> Send(const Client& client,
                                       const ingest::v1::ProfileUpdate& update) {
  ingest::v1::UpdateProfilesRequest request;
  *request.add_profile_updates() = update;
  SELFSAME_ASSIGN_OR_RETURN(const auto response,
                            client.UpdateProfiles(request, Deadline::After(kCallWait)));
  if (response.outcomes_size() != 1) return NoOutcome();
  return response.outcomes(0);
}

// By the name that knows the least: the browser's.
profile::v1::ProfileRef RefOf(const Person& person) {
  profile::v1::ProfileRef ref;
  ref.mutable_identifier()->set_kind("anonymous_id");
  ref.mutable_identifier()->set_value(person.anonymous_id);
  return ref;
}

Status ReadEnd(const Client& client, const Person& person, StoryEnd& end) {
  profile::v1::GetProfileRequest get;
  profile::v1::ListEventsRequest list;
  profile::v1::GetMergeHistoryRequest history;
  *get.mutable_profile() = *list.mutable_profile() = *history.mutable_profile() = RefOf(person);
  SELFSAME_ASSIGN_OR_RETURN(auto profile, client.GetProfile(get, Deadline::After(kCallWait)));
  end.profile = std::move(*profile.mutable_profile());
  SELFSAME_ASSIGN_OR_RETURN(end.events, client.ListEvents(list, Deadline::After(kCallWait)));
  SELFSAME_ASSIGN_OR_RETURN(end.history,
                            client.GetMergeHistory(history, Deadline::After(kCallWait)));
  return {};
}

}  // namespace

Status AwaitKeys(const std::string& server, const Credentials& credentials, Deadline deadline,
                 StopSignals& signals) {
  for (const auto& [source, key] : credentials.source_keys) {
    const Client client(server, key);
    while (true) {
      const auto limits = client.GetLimits(Deadline::After(kCallWait));
      if (limits.ok()) break;
      const ErrorCode code = limits.error().code;
      const bool may_pass = code == ErrorCode::kUnauthenticated || MayRetry(code);
      if (!may_pass || deadline.Expired()) return limits.error();
      if (signals.Await(kKeysPollWait)) {
        return Error{ErrorCode::kAborted, "INTERRUPTED", "the demonstration was interrupted"};
      }
    }
  }
  return {};
}

Result<StoryEnd> TellStory(const std::string& server, const Credentials& credentials,
                           const std::vector<StoryStep>& story, const Person& person) {
  StoryEnd end;
  for (const StoryStep& step : story) {
    const Client client(server, credentials.source_keys.at(step.source));
    SELFSAME_ASSIGN_OR_RETURN(
        auto outcome,
        std::visit([&](const auto& record) { return Send(client, record); }, step.record));
    end.outcomes.push_back(std::move(outcome));
  }
  SELFSAME_RETURN_IF_ERROR(ReadEnd(Client(server, credentials.api_key), person, end));
  return end;
}

}  // namespace selfsame::cli
