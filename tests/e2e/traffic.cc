#include "tests/e2e/traffic.h"

#include <fmt/format.h>

namespace selfsame::test {

std::string Traffic::KeyOf(std::size_t client, std::size_t call, std::size_t place) const {
  return fmt::format("{}-{}", IsOfUpdates(call) ? "update" : "event",
                     NumberOf(client, call, place));
}

ingest::v1::TrackEventsRequest Traffic::EventsOf(std::size_t client, std::size_t call) const {
  ingest::v1::TrackEventsRequest request;
  for (std::size_t i = 0; i < kBatch; ++i) {
    const std::size_t number = NumberOf(client, call, i);
    *request.add_events() = EventBuilder(KeyOf(client, call, i))
                                .With("customer_id", fmt::format("c{}", number % people_))
                                .With("email", fmt::format("c{}@shop.test", number % people_))
                                .With("device_id", fmt::format("d{}", number % (3 * people_)))
                                .At(kSomeTime + std::chrono::seconds(number))
                                .Build();
  }
  return request;
}

ingest::v1::UpdateProfilesRequest Traffic::UpdatesOf(std::size_t client, std::size_t call) const {
  ingest::v1::UpdateProfilesRequest request;
  for (std::size_t i = 0; i < kBatch; ++i) {
    const std::size_t number = NumberOf(client, call, i);
    *request.add_profile_updates() =
        UpdateBuilder(KeyOf(client, call, i))
            .With("email", fmt::format("c{}@shop.test", number % people_))
            .At(kSomeTime + std::chrono::seconds(number))
            .Json(fmt::format(R"({{"city":"York","plan":"p{}"}})", number))
            .Build();
  }
  return request;
}

Reply<ingest::v1::TrackEventsResponse> Traffic::Try(IngestClient& connection, std::size_t client,
                                                    std::size_t call) const {
  if (!IsOfUpdates(call)) return connection.Track(EventsOf(client, call));
  const auto reply = connection.Update(UpdatesOf(client, call));
  Reply<ingest::v1::TrackEventsResponse> same{.status = reply.status};
  *same.response.mutable_outcomes() = reply.response.outcomes();
  return same;
}

Outcomes Traffic::Send(IngestClient& connection, std::size_t client, std::size_t call,
                       const Deadline& deadline) const {
  return IsOfUpdates(call) ? SendUntilSettled(connection, UpdatesOf(client, call), deadline)
                           : SendUntilSettled(connection, EventsOf(client, call), deadline);
}

void Tally::Add(const Outcomes& outcomes) {
  for (const auto& outcome : outcomes) {
    switch (outcome.outcome()) {
      case ingest::v1::OUTCOME_ACCEPTED: ++accepted; break;
      case ingest::v1::OUTCOME_DUPLICATE: ++duplicate; break;
      default: ++other;
    }
  }
}

void Tally::Add(const Tally& tally) {
  accepted += tally.accepted;
  duplicate += tally.duplicate;
  other += tally.other;
}

}  // namespace selfsame::test
