#include "tests/bench/kiosk.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <pqxx/connection>
#include <pqxx/nontransaction>
#include <stop_token>
#include <thread>
#include <utility>

#include "tests/bench/workload.h"
#include "tests/support/ingest_client.h"
#include "tests/support/records.h"

namespace selfsame::bench {
namespace {

constexpr RequestShape kStream100{.is_stream = true, .records = 100};
constexpr double kRunInSecondsMax = 0.2;
constexpr std::chrono::milliseconds kEvery{20};
constexpr std::uint64_t kRecordsPerCallMax = 500;
// Numbers of records, and of people, of each load: none comes near the next one's.
constexpr std::uint64_t kNumbersPerLoad = 100'000'000;
constexpr std::uint64_t kFirstNumber = 100 * kNumbersPerLoad;
// Who is beside the others: people of their own.
constexpr std::uint64_t kFirstBeside = 700'000'000;

// Sends records of some customers at a steady pace while the others are measured, from a thread of
// its own. Pauses and failures of the server show as less sent, and in the end as an error.
class Passers {
 public:
  Passers(Stage& stage, double per_second, bool is_at_kiosk, std::uint64_t customers)
      : client_(stage.server().grpc_address(), stage.api_key()),
        per_second_(per_second),
        is_at_kiosk_(is_at_kiosk),
        customers_(customers) {}

  void Start() {
    thread_ = std::jthread([this](std::stop_token stop) { Run(stop); });
  }
  Status Stop() {
    thread_.request_stop();
    thread_.join();
    return error_;
  }
  // Those who have not passed by yet.
  Status SendRest() {
    while (error_.ok() && sent_ < customers_) Send(customers_ - sent_);
    return error_;
  }

 private:
  void Run(const std::stop_token& stop) {
    const Clock::time_point start = Clock::now();
    const std::uint64_t sent_before = sent_;
    std::mutex mutex;
    std::condition_variable_any stopped;
    while (error_.ok() && !stop.stop_requested()) {
      const double due = SecondsDouble(Clock::now() - start).count() * per_second_;
      const std::uint64_t done = sent_ - sent_before;
      if (due >= static_cast<double>(done + 1)) Send(static_cast<std::uint64_t>(due) - done);
      std::unique_lock lock(mutex);
      stopped.wait_for(lock, stop, kEvery, [] { return false; });
    }
  }

  void Send(std::uint64_t records) {
    std::vector<ingest::v1::Event> events;
    for (std::uint64_t i = 0; i < std::min(records, kRecordsPerCallMax); ++i) {
      events.push_back(NextEvent());
    }
    const auto reply = client_.Track(test::Events(events));
    const auto& outcomes = reply.response.outcomes();
    const bool are_accepted = std::all_of(
        outcomes.begin(), outcomes.end(),
        [](const auto& outcome) { return outcome.outcome() == ingest::v1::OUTCOME_ACCEPTED; });
    if (reply.ok() && are_accepted) return;
    error_ = Error{.reason = "LOAD_REFUSED",
                   .message = "not all records were ACCEPTED: " + reply.status.message};
  }

  // Of the next customer; after the last the first one comes again.
  ingest::v1::Event NextEvent() {
    const std::uint64_t person = kFirstBeside + sent_ % customers_;
    test::EventBuilder event(fmt::format("{}-{}", is_at_kiosk_ ? "kiosk" : "own", sent_));
    ++sent_;
    const std::string own = "own device of " + CustomerOf(person);
    return event.At(Now())
        .With("customer_id", CustomerOf(person))
        .With("device_id", is_at_kiosk_ ? AnonymousOf(kKiosk) : own)
        .Build();
  }

  test::IngestClient client_;
  const double per_second_;
  const bool is_at_kiosk_;
  const std::uint64_t customers_;
  std::uint64_t sent_ = 0;
  Status error_;
  std::jthread thread_;  // Last: it uses the others.
};

class KioskMeter {
 public:
  KioskMeter(Stage& stage, const IdentityOptions& options)
      : stage_(stage),
        options_(options),
        slice_seconds_(options.seconds / options.slices),
        run_in_seconds_(std::min(kRunInSecondsMax, slice_seconds_)) {
    // So that all of them have passed by when the last slice ends.
    cost_.beside_per_second = static_cast<double>(options.customers) /
                              (options.slices * (slice_seconds_ + run_in_seconds_));
  }

  Result<KioskCost> Run() {
    SELFSAME_RETURN_IF_ERROR(Meet(kKnownPeople));
    SELFSAME_RETURN_IF_ERROR(Meet({.first = kFirstBeside, .count = options_.customers}));
    Passers at_kiosk(stage_, cost_.beside_per_second, true, options_.customers);
    Passers at_home(stage_, cost_.beside_per_second, false, options_.customers);
    for (int round = 0; round < options_.slices; ++round) {
      SELFSAME_RETURN_IF_ERROR(MeasureRound(round, at_kiosk, at_home));
    }
    SELFSAME_RETURN_IF_ERROR(at_kiosk.SendRest());
    SELFSAME_RETURN_IF_ERROR(Look());
    return std::move(cost_);
  }

 private:
  // One record of each of these people.
  Status Meet(const People& people) {
    return ToStatus(stage_.Load({.address = stage_.server().grpc_address(),
                                 .shape = {.is_stream = true, .records = 1},
                                 .people = kNumberedPeople,
                                 .first_number = people.first,
                                 .records_exactly = people.count,
                                 .seed = options_.seed}));
  }

  Status MeasureRound(int round, Passers& at_kiosk, Passers& at_home) {
    const auto measure = [&](std::vector<Slice>& slices, const RequestShape& shape,
                             const People& people) -> Status {
      SELFSAME_ASSIGN_OR_RETURN(Slice slice, Measure(shape, people));
      slices.push_back(slice);
      return {};
    };
    const auto beside = [&](std::vector<Slice>& slices, Passers& passers) -> Status {
      passers.Start();
      const Status measured = measure(slices, kStream100, kKnownPeople);
      SELFSAME_RETURN_IF_ERROR(passers.Stop());
      return measured;
    };
    const RequestShape shared{.is_stream = true, .records = 100, .named = Named::kAtKiosk};
    // What is compared, side by side.
    SELFSAME_RETURN_IF_ERROR(beside(cost_.others_beside, at_home));
    SELFSAME_RETURN_IF_ERROR(measure(cost_.others, kStream100, kKnownPeople));
    SELFSAME_RETURN_IF_ERROR(beside(cost_.others_kiosk, at_kiosk));
    SELFSAME_RETURN_IF_ERROR(measure(cost_.kiosk_alone, shared, kNumberedPeople));
    SELFSAME_RETURN_IF_ERROR(measure(cost_.strangers, kStream100, kNumberedPeople));
    fmt::print(stderr, "kiosk round {} of {}\n", round + 1, options_.slices);
    return {};
  }

  Result<Slice> Measure(const RequestShape& shape, const People& people) {
    return stage_.Load({.address = stage_.server().grpc_address(),
                        .shape = shape,
                        .people = people,
                        .first_number = kFirstNumber + kNumbersPerLoad * loads_++,
                        .run_in_seconds = run_in_seconds_,
                        .seconds = slice_seconds_,
                        .watched = stage_.watched(),
                        .seed = options_.seed});
  }

  // What the graph has of it, and whether anybody became one with somebody else.
  Status Look() {
    pqxx::connection connection(stage_.DatabaseUrl());
    pqxx::nontransaction tx(connection);
    tx.exec("ANALYZE identifiers, edges");
    cost_.profiles_of_two =
        tx.exec1(
              "SELECT count(*) FROM (SELECT 1 FROM identifiers WHERE kind = 'customer_id' "
              "GROUP BY shard, tenant_id, profile_id HAVING count(*) > 1) AS two")[0]
            .as<std::uint64_t>();
    // The one identifier that has left the graph.
    const auto kiosk = tx.exec1(
        "SELECT node_id, profile_id FROM identifiers WHERE kind = 'device_id' AND exclusion = 1");
    const std::string node = kiosk[0].c_str();
    const std::string profile = kiosk[1].c_str();
    cost_.customers_at_kiosk =
        tx.exec_params1("SELECT count(*) FROM edges WHERE $1 IN (node_a, node_b)", node)[0]
            .as<std::uint64_t>();
    cost_.members_of_kiosk =
        tx.exec_params1("SELECT count(*) FROM identifiers WHERE profile_id = $1", profile)[0]
            .as<std::uint64_t>();
    if (cost_.profiles_of_two == 0 && cost_.members_of_kiosk == 1 &&
        cost_.customers_at_kiosk >= options_.customers) {
      return {};
    }
    return Error{
        .reason = "KIOSK_MERGED",
        .message = fmt::format(
            "{} profiles have two customers; {} identifiers are in the kiosk's profile; {} "
            "customers were seen at it",
            cost_.profiles_of_two, cost_.members_of_kiosk, cost_.customers_at_kiosk)};
  }

  Stage& stage_;
  const IdentityOptions& options_;
  const double slice_seconds_;
  const double run_in_seconds_;
  std::uint64_t loads_ = 0;
  KioskCost cost_;
};

}  // namespace

Result<KioskCost> MeasureKiosk(Stage& stage, const IdentityOptions& options) {
  return KioskMeter(stage, options).Run();
}

}  // namespace selfsame::bench
