// Clients as they should be: many at once, each sending a batch again until it is settled.
#ifndef SELFSAME_TESTS_E2E_CLIENTS_H_
#define SELFSAME_TESTS_E2E_CLIENTS_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "base/time.h"
#include "tests/support/ingest_client.h"
#include "tests/support/records.h"

namespace selfsame::test {

using Outcomes = std::vector<ingest::v1::RecordOutcome>;

// Runs body(0) to body(count - 1), each on a thread of its own, to their ends.
template <typename Body>
void InParallel(std::size_t count, const Body& body) {
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < count; ++i) threads.emplace_back([&body, i] { body(i); });
}

inline Reply<ingest::v1::TrackEventsResponse> Send(IngestClient& client,
                                                   const ingest::v1::TrackEventsRequest& request) {
  return client.Track(request);
}
inline Reply<ingest::v1::UpdateProfilesResponse> Send(
    IngestClient& client, const ingest::v1::UpdateProfilesRequest& request) {
  return client.Update(request);
}

// Whether the answer means: the same again, later. A killed server shows as UNAVAILABLE, and in the
// middle of a reply as UNKNOWN or CANCELLED.
inline bool IsWorthRetrying(const RpcStatus& status) {
  switch (status.code) {
    case RpcCode::kUnavailable:
    case RpcCode::kResourceExhausted:
    case RpcCode::kDeadlineExceeded:
    case RpcCode::kUnknown:
    case RpcCode::kCancelled: return true;
    default: return false;
  }
}

// Sends a request again and again until the server settles it. A failure of the test, and no
// outcomes, when that does not happen by the deadline or the server says something else.
template <typename Request>
Outcomes SendUntilSettled(IngestClient& client, const Request& request, const Deadline& deadline) {
  constexpr std::chrono::milliseconds kPause{20};
  for (;;) {
    const auto reply = Send(client, request);
    if (reply.ok()) return {reply.response.outcomes().begin(), reply.response.outcomes().end()};
    if (!IsWorthRetrying(reply.status) || deadline.Expired()) {
      ADD_FAILURE() << "not settled: " << static_cast<int>(reply.status.code) << " "
                    << reply.status.reason << " " << reply.status.message;
      return {};
    }
    std::this_thread::sleep_for(std::min(reply.status.retry_after.value_or(kPause), kPause));
  }
}

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_CLIENTS_H_
