#include "tests/bench/hot_profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <memory>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <thread>

#include "tests/bench/meter.h"
#include "tests/support/ingest_client.h"
#include "tests/support/records.h"

namespace selfsame::bench {
namespace {

constexpr const char* kCounter = "loyalty_points";
constexpr int kRecordsPerCall = 10;
constexpr int kAmounts = 9;  // Additions are of 1 to this.
constexpr std::uint64_t kAdditionsPerCall = 1'000;

Error Lost(std::string what) { return {.reason = "ADDITIONS_LOST", .message = std::move(what)}; }

// One connection's calls in one slice.
struct Calls {
  std::uint64_t records = 0;
  std::int64_t added = 0;
  std::vector<double> latencies_ms;
  Status error;
};

template <typename Reply>
Status CheckAccepted(const Reply& reply) {
  if (!reply.ok()) return Lost("a call failed: " + reply.status.message);
  for (const auto& outcome : reply.response.outcomes()) {
    if (outcome.outcome() != ingest::v1::OUTCOME_ACCEPTED) {
      return Lost("a record was not accepted: " + outcome.reason());
    }
  }
  return {};
}

class HotMeter {
 public:
  HotMeter(Stage& stage, const IdentityOptions& options) : stage_(stage), options_(options) {
    for (int i = 0; i < options.connections; ++i) {
      clients_.push_back(
          std::make_unique<test::IngestClient>(stage.server().grpc_address(), stage.api_key()));
    }
  }

  Result<HotCost> Run() {
    fmt::print(stderr, "adding {} times to one profile's counter\n", options_.additions);
    SELFSAME_RETURN_IF_ERROR(Load(kLaden));
    for (int round = 0; round < options_.slices; ++round) {
      const std::string fresh = fmt::format("fresh-{}", round);
      SELFSAME_RETURN_IF_ERROR(Measure(fresh, cost_.fresh));
      SELFSAME_RETURN_IF_ERROR(CheckCounter(fresh));
      SELFSAME_RETURN_IF_ERROR(Measure(kLaden, cost_.laden));
      fmt::print(stderr, "hot profile round {} of {}: {:.0f} records/s, {:.0f} with additions\n",
                 round + 1, options_.slices, cost_.fresh.back().records_per_second,
                 cost_.laden.back().records_per_second);
    }
    SELFSAME_RETURN_IF_ERROR(CheckCounter(kLaden));
    SELFSAME_RETURN_IF_ERROR(Look());
    return std::move(cost_);
  }

 private:
  static constexpr const char* kLaden = "laden";

  std::string NextKey() { return "hot-" + std::to_string(++keys_); }

  ingest::v1::Event EventOf(const std::string& customer) {
    return test::EventBuilder(NextKey()).At(Now()).With("customer_id", customer).Build();
  }

  ingest::v1::ProfileUpdate SettingOf(const std::string& customer, int number) {
    return test::UpdateBuilder(NextKey())
        .At(Now())
        .With("customer_id", customer)
        .Json(fmt::format(R"({{"plan":"plan {}"}})", number % 7))
        .Build();
  }

  ingest::v1::ProfileUpdate AdditionOf(const std::string& customer, int amount) {
    auto update = test::UpdateBuilder(NextKey())
                      .At(Now())
                      .With("customer_id", customer)
                      .Json(fmt::format(R"({{"{}":{}}})", kCounter, amount))
                      .Build();
    (*update.mutable_operations())[kCounter] = ingest::v1::ATTRIBUTE_OPERATION_ADD;
    return update;
  }

  Status Load(const std::string& customer) {
    for (std::uint64_t done = 0; done < options_.additions;) {
      const std::uint64_t now = std::min(options_.additions - done, kAdditionsPerCall);
      std::vector<ingest::v1::ProfileUpdate> updates;
      for (std::uint64_t i = 0; i < now; ++i) updates.push_back(AdditionOf(customer, 1));
      SELFSAME_RETURN_IF_ERROR(CheckAccepted(clients_[0]->Update(test::Updates(updates))));
      done += now;
    }
    Acked(customer, static_cast<std::int64_t>(options_.additions), options_.additions);
    return {};
  }

  void Acked(const std::string& customer, std::int64_t amount, std::uint64_t additions) {
    acked_[customer] += amount;
    cost_.acked += amount;
    if (customer == kLaden) cost_.additions_laden += additions;
  }

  Status CallOnce(int connection, int number, const std::string& customer, Calls& calls) {
    test::IngestClient& client = *clients_[connection];
    const Clock::time_point start = Clock::now();
    if (number % 2 == 0) {
      std::vector<ingest::v1::Event> events;
      for (int i = 0; i < kRecordsPerCall; ++i) events.push_back(EventOf(customer));
      SELFSAME_RETURN_IF_ERROR(CheckAccepted(client.Track(test::Events(events))));
    } else {
      std::vector<ingest::v1::ProfileUpdate> updates;
      std::int64_t amounts = 0;
      for (int i = 0; i < kRecordsPerCall / 2; ++i) {
        const int amount = 1 + (connection + number + i) % kAmounts;
        updates.push_back(AdditionOf(customer, amount));
        updates.push_back(SettingOf(customer, number + i));
        amounts += amount;
      }
      SELFSAME_RETURN_IF_ERROR(CheckAccepted(client.Update(test::Updates(updates))));
      calls.added += amounts;
    }
    calls.records += kRecordsPerCall;
    calls.latencies_ms.push_back(
        std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    return {};
  }

  // All connections at once, until the time is over and the last of them has its answer.
  Status Measure(const std::string& customer, std::vector<HotSlice>& slices) {
    std::vector<Calls> calls(clients_.size());
    const Clock::time_point start = Clock::now();
    const SecondsDouble wanted(options_.seconds / options_.slices);
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < clients_.size(); ++i) {
        threads.emplace_back([&, i] {
          int number = static_cast<int>(i);
          do {
            calls[i].error = CallOnce(static_cast<int>(i), number++, customer, calls[i]);
          } while (calls[i].error.ok() && Clock::now() - start < wanted);
        });
      }
    }
    const double seconds = SecondsDouble(Clock::now() - start).count();
    std::uint64_t records = 0;
    std::vector<double> latencies;
    for (const Calls& one : calls) {
      SELFSAME_RETURN_IF_ERROR(one.error);
      records += one.records;
      latencies.insert(latencies.end(), one.latencies_ms.begin(), one.latencies_ms.end());
      Acked(customer, one.added, one.records / 4);
    }
    std::sort(latencies.begin(), latencies.end());
    slices.push_back({.records_per_second = static_cast<double>(records) / seconds,
                      .p50_ms = latencies[latencies.size() / 2],
                      .p99_ms = latencies[latencies.size() * 99 / 100]});
    return {};
  }

  Status CheckCounter(const std::string& customer) {
    profile::v1::GetProfileRequest request;
    *request.mutable_profile() = test::ByIdentifier("customer_id", customer);
    const auto reply = clients_[0]->GetProfile(request);
    if (!reply.ok()) return Lost("GetProfile: " + reply.status.message);
    const auto& attributes = reply.response.profile().attributes();
    const auto found = attributes.find(kCounter);
    if (found == attributes.end()) return Lost("the profile has no counter");
    const std::int64_t stored = std::llround(found->second.value().number_value());
    cost_.stored += stored;
    if (stored == acked_[customer]) return {};
    return Lost(fmt::format("{} was acked, the counter says {}", acked_[customer], stored));
  }

  Status Look() {
    pqxx::connection connection(stage_.DatabaseUrl());
    pqxx::nontransaction tx(connection);
    cost_.deadlocks =
        tx.exec1("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[0]
            .as<std::uint64_t>();
    cost_.serialization_retries = static_cast<std::uint64_t>(
        stage_.server().Metric(R"(selfsame_commit_retries_total{reason="serialization"})"));
    return {};
  }

  Stage& stage_;
  const IdentityOptions& options_;
  std::vector<std::unique_ptr<test::IngestClient>> clients_;
  std::atomic<std::uint64_t> keys_{0};
  std::map<std::string, std::int64_t> acked_;  // The sum of additions, by customer.
  HotCost cost_;
};

}  // namespace

Result<HotCost> MeasureHotProfile(Stage& stage, const IdentityOptions& options) {
  return HotMeter(stage, options).Run();
}

}  // namespace selfsame::bench
