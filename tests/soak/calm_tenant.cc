#include "tests/soak/calm_tenant.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "tests/support/ingest_client.h"
#include "tests/support/records.h"

namespace selfsame::soak {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kClients = 2;
constexpr std::chrono::milliseconds kCallEvery{40};  // Of each client.
constexpr std::size_t kRecords = 10;
constexpr std::size_t kPeople = 50;
constexpr std::size_t kReadEvery = 4;
constexpr std::chrono::seconds kCallWait{60};

std::string PersonOf(std::size_t client, std::size_t number) {
  return fmt::format("calm-{}-{}@shop.test", client, number % kPeople);
}

std::string FailureOf(const test::RpcStatus& status) {
  return fmt::format("{} {} {}", static_cast<int>(status.code), status.reason, status.message);
}

// Empty: as it should be.
std::string Track(test::IngestClient& client, std::size_t number, std::size_t call) {
  ingest::v1::TrackEventsRequest request;
  for (std::size_t i = 0; i < kRecords; ++i) {
    *request.add_events() = test::EventBuilder(fmt::format("calm-{}-{}-{}", number, call, i))
                                .With("email", PersonOf(number, call + i))
                                .Build();
  }
  const auto reply = client.Track(request);
  if (!reply.ok()) return FailureOf(reply.status);
  for (const auto& outcome : reply.response.outcomes()) {
    if (outcome.outcome() != ingest::v1::OUTCOME_ACCEPTED) return outcome.ShortDebugString();
  }
  return "";
}

std::string Read(test::IngestClient& client, std::size_t number, std::size_t call) {
  profile::v1::GetProfileRequest request;
  *request.mutable_profile() = test::ByIdentifier("email", PersonOf(number, call - 1));
  const auto reply = client.GetProfile(request);
  return reply.ok() ? "" : FailureOf(reply.status);
}

double At(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
  return sorted[std::min(at, sorted.size() - 1)];
}

}  // namespace

CalmTenant::CalmTenant(const std::string& address, const std::string& api_key)
    : address_(address), api_key_(api_key) {
  for (std::size_t i = 0; i < kClients; ++i) threads_.emplace_back([this, i] { Run(i); });
}

CalmTenant::~CalmTenant() { Stop(); }

void CalmTenant::Stop() {
  stop_.Set();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void CalmTenant::Run(std::size_t client) {
  test::IngestClient connection(address_, api_key_, kCallWait);
  auto next = Clock::now();
  for (std::size_t call = 0; !stop_.IsSet(); ++call) {
    const auto started = Clock::now();
    const bool reads = call % kReadEvery == kReadEvery - 1;
    const std::string failure =
        reads ? Read(connection, client, call) : Track(connection, client, call);
    Note(std::chrono::duration<double, std::milli>(Clock::now() - started).count(), failure);
    next = std::max(next + kCallEvery, Clock::now());
    (void)stop_.WaitFor(std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()));
  }
}

void CalmTenant::Note(double ms, const std::string& failure) {
  MutexLock lock(mutex_);
  calls_ms_.push_back(ms);
  if (failure.empty()) return;
  if (failed_++ == 0) first_failure_ = failure;
}

Calm CalmTenant::Take() {
  std::vector<double> calls_ms;
  Calm calm;
  {
    MutexLock lock(mutex_);
    calls_ms.swap(calls_ms_);
    std::swap(calm.failed, failed_);
    calm.first_failure.swap(first_failure_);
  }
  std::sort(calls_ms.begin(), calls_ms.end());
  calm.calls = calls_ms.size();
  calm.p50_ms = At(calls_ms, 0.50);
  calm.p99_ms = At(calls_ms, 0.99);
  calm.max_ms = At(calls_ms, 1.0);
  return calm;
}

}  // namespace selfsame::soak
