// A steady mix of calls by many clients about people they share, for tests in which something else
// goes wrong. The same numbers make the same records.
#ifndef SELFSAME_TESTS_E2E_TRAFFIC_H_
#define SELFSAME_TESTS_E2E_TRAFFIC_H_

#include <cstddef>
#include <string>

#include "tests/e2e/clients.h"

namespace selfsame::test {

// Every third call is of profile updates that know a person by e-mail alone; the events around them
// say whose e-mail it is, so that profiles merge all the time. In the end there are as many
// profiles as people, as long as the events of each are among what was sent.
class Traffic {
 public:
  Traffic(std::size_t clients, std::size_t people) : clients_(clients), people_(people) {}

  static constexpr std::size_t kBatch = 5;

  // Sends a client's call once; the outcomes are those of its records, in order.
  Reply<ingest::v1::TrackEventsResponse> Try(IngestClient& connection, std::size_t client,
                                             std::size_t call) const;
  // Sends it until it is settled; as test::SendUntilSettled.
  Outcomes Send(IngestClient& connection, std::size_t client, std::size_t call,
                const Deadline& deadline) const;

  // Of the record at a place in a call.
  std::string KeyOf(std::size_t client, std::size_t call, std::size_t place) const;

 private:
  std::size_t NumberOf(std::size_t client, std::size_t call, std::size_t place) const {
    return (call * clients_ + client) * kBatch + place;
  }
  static bool IsOfUpdates(std::size_t call) { return call % 3 == 2; }
  ingest::v1::TrackEventsRequest EventsOf(std::size_t client, std::size_t call) const;
  ingest::v1::UpdateProfilesRequest UpdatesOf(std::size_t client, std::size_t call) const;

  const std::size_t clients_;
  const std::size_t people_;
};

// How records ended.
struct Tally {
  std::size_t accepted = 0;
  std::size_t duplicate = 0;
  std::size_t other = 0;

  void Add(const Outcomes& outcomes);
  void Add(const Tally& tally);
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_TRAFFIC_H_
