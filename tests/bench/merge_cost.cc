#include "tests/bench/merge_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <pqxx/connection>
#include <pqxx/nontransaction>

#include "tests/bench/workload.h"
#include "tests/support/ingest_client.h"
#include "tests/support/records.h"

namespace selfsame::bench {
namespace {

namespace pb = ::selfsame::identity::v1;

constexpr std::uint64_t kRecordsPerLoad = 500'000;
constexpr int kRecordsPerCall = 100;
constexpr int kUnmeasured = 2;  // Rounds at the start: statements are prepared, caches filled.

Error Missed(std::string what) { return {.reason = "MERGE_MISSED", .message = std::move(what)}; }

Status ToError(const char* what, const test::RpcStatus& status) {
  if (status.ok()) return {};
  return Missed(fmt::format("{}: {} {}", what, status.reason, status.message));
}

// A customer and a visitor who turn out to be one person.
struct Couple {
  std::uint64_t customer = 0;
  std::uint64_t visitor = 0;
  std::uint64_t events = 0;  // Of each.
};

class MergeMeter {
 public:
  MergeMeter(Stage& stage, const IdentityOptions& options)
      : stage_(stage), options_(options), client_(stage.server().grpc_address(), stage.api_key()) {}

  Result<MergeCost> Run() {
    for (const Couple& couple : {few_, many_}) {
      fmt::print(stderr, "sending {} events of each of two profiles\n", couple.events);
      SELFSAME_RETURN_IF_ERROR(SendEvents(couple.customer, Named::kCustomer, couple.events));
      SELFSAME_RETURN_IF_ERROR(SendEvents(couple.visitor, Named::kVisitor, couple.events));
      SELFSAME_RETURN_IF_ERROR(GiveIdentifiers(couple));
    }
    const Rows before = LookAtEvents();
    cost_.events_before = before.count;
    for (int round = 0; round < kUnmeasured + options_.merges; ++round) {
      SELFSAME_RETURN_IF_ERROR(MeasureRound(round));
    }
    const Rows after = LookAtEvents();
    cost_.events_after = after.count;
    cost_.are_events_untouched = before.places == after.places && before.count == after.count;
    return std::move(cost_);
  }

 private:
  // Event rows as PostgreSQL keeps them: a row that was written or locked since has another xmin,
  // xmax or place.
  struct Rows {
    std::uint64_t count = 0;
    std::string places;
  };

  Status SendEvents(std::uint64_t person, Named named, std::uint64_t events) {
    while (events > 0) {
      const std::uint64_t now = std::min(events, kRecordsPerLoad);
      // A load sends whole calls.
      const bool is_whole = now % kRecordsPerCall == 0;
      const std::uint64_t sent = is_whole ? now : now % kRecordsPerCall;
      const auto slice =
          stage_.Load({.address = stage_.server().grpc_address(),
                       .shape = {.records = is_whole ? kRecordsPerCall : 1, .named = named},
                       .people = {.first = person, .count = 1},
                       .first_number = next_number_,
                       .records_exactly = sent,
                       .seed = options_.seed});
      if (!slice.ok()) return slice.error();
      next_number_ += sent;
      events -= sent;
    }
    return {};
  }

  test::EventBuilder NewEvent() {
    test::EventBuilder event("merge-" + std::to_string(++keys_));
    event.At(Now());
    return event;
  }

  // One of the visitor's for each round's linking record: evidence once revoked links no more.
  std::string LinkOf(const Couple& couple, int round) const {
    return fmt::format("link-{}-{}", couple.visitor, round);
  }

  Status GiveIdentifiers(const Couple& couple) {
    std::vector<ingest::v1::Event> events;
    for (int round = 0; round < kUnmeasured + options_.merges; ++round) {
      events.push_back(NewEvent()
                           .With("device_id", CustomerOf(couple.visitor))
                           .With("anonymous_id", LinkOf(couple, round))
                           .Build());
    }
    return Track(test::Events(events));
  }

  Status Track(const ingest::v1::TrackEventsRequest& request) {
    const auto reply = client_.Track(request);
    SELFSAME_RETURN_IF_ERROR(ToError("TrackEvents", reply.status));
    for (const auto& outcome : reply.response.outcomes()) {
      if (outcome.outcome() != ingest::v1::OUTCOME_ACCEPTED)
        return Missed("a record was not accepted");
    }
    return {};
  }

  Rows LookAtEvents() const {
    pqxx::connection connection(stage_.DatabaseUrl());
    pqxx::nontransaction tx(connection);
    const auto row = tx.exec1(
        "SELECT count(*), sum(hashtextextended("
        "concat_ws(' ', tableoid, ctid, xmin, xmax), 0)::numeric) "
        "FROM records WHERE key NOT LIKE 'merge-%'");
    return {row[0].as<std::uint64_t>(), row[1].is_null() ? "" : row[1].c_str()};
  }

  // The pairs in turns, and each first in every other round.
  Status MeasureRound(int round) {
    const bool is_few_first = round % 2 == 0;
    const Couple* const order[] = {is_few_first ? &few_ : &many_, is_few_first ? &many_ : &few_};
    for (const Couple* couple : order) SELFSAME_RETURN_IF_ERROR(MergeByRecord(*couple, round));
    for (const Couple* couple : order) SELFSAME_RETURN_IF_ERROR(MergeByHand(*couple, round));
    if ((round + 1) % 5 == 0) {
      fmt::print(stderr, "merge round {} of {}\n", round + 1, kUnmeasured + options_.merges);
    }
    return {};
  }

  MergeTimes& TimesOf(const Couple& couple) {
    return couple.customer == few_.customer ? cost_.few : cost_.many;
  }

  template <typename Call>
  static Result<double> Timed(const Call& call) {
    const Clock::time_point start = Clock::now();
    SELFSAME_RETURN_IF_ERROR(call());
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  }

  Status MergeByRecord(const Couple& couple, int round) {
    const std::string link = LinkOf(couple, round);
    const auto request = test::Events({NewEvent()
                                           .With("customer_id", CustomerOf(couple.customer))
                                           .With("anonymous_id", link)
                                           .Build()});
    SELFSAME_ASSIGN_OR_RETURN(const double ms, Timed([&] { return Track(request); }));
    if (round >= kUnmeasured) TimesOf(couple).by_record_ms.push_back(ms);
    return TakeBack(couple, "SEEN_TOGETHER", "anonymous_id", link);
  }

  Status MergeByHand(const Couple& couple, int round) {
    pb::MergeProfilesRequest request;
    Decide(request);
    *request.mutable_profile() = test::ByIdentifier("customer_id", CustomerOf(couple.customer));
    *request.mutable_other() = test::ByIdentifier("device_id", CustomerOf(couple.visitor));
    const auto call = [&] {
      return ToError("MergeProfiles", client_.MergeProfiles(request).status);
    };
    SELFSAME_ASSIGN_OR_RETURN(const double ms, Timed(call));
    if (round >= kUnmeasured) TimesOf(couple).by_hand_ms.push_back(ms);
    return TakeBack(couple, "MERGED_BY_HAND", "device_id", CustomerOf(couple.visitor));
  }

  // Un-merges what the newest entry of the history merged, and lets them merge again.
  Status TakeBack(const Couple& couple, const std::string& rule, const std::string& kind,
                  const std::string& value) {
    SELFSAME_ASSIGN_OR_RETURN(const std::string history, NewestMerge(couple, rule));
    pb::UnmergeProfilesRequest unmerge;
    Decide(unmerge);
    unmerge.set_history_id(history);
    const auto parted = client_.UnmergeProfiles(unmerge);
    SELFSAME_RETURN_IF_ERROR(ToError("UnmergeProfiles", parted.status));
    SELFSAME_RETURN_IF_ERROR(CheckParted(parted.response));
    pb::CannotLinkRequest clear;
    Decide(clear);
    clear.mutable_identifier()->set_kind("customer_id");
    clear.mutable_identifier()->set_value(CustomerOf(couple.customer));
    clear.mutable_other()->set_kind(kind);
    clear.mutable_other()->set_value(value);
    clear.set_clear(true);
    SELFSAME_RETURN_IF_ERROR(ToError("CannotLink", client_.CannotLink(clear).status));
    ++cost_.merges;
    return {};
  }

  template <typename Request>
  static void Decide(Request& request) {
    request.mutable_decision()->set_actor("bench");
    request.mutable_decision()->set_reason("measuring");
  }

  // That one profile had become of two, and two are again.
  static Status CheckParted(const pb::DecisionResult& response) {
    if (response.profiles_size() != 2) return Missed("two profiles did not part");
    for (const pb::ProfileOutcome& profile : response.profiles()) {
      if (profile.from_size() != 1 || profile.from(0) != response.profiles(0).from(0)) {
        return Missed("two profiles had not merged");
      }
    }
    return {};
  }

  Result<std::string> NewestMerge(const Couple& couple, const std::string& rule) {
    profile::v1::GetMergeHistoryRequest request;
    *request.mutable_profile() = test::ByIdentifier("customer_id", CustomerOf(couple.customer));
    std::string newest;
    do {
      const auto reply = client_.GetMergeHistory(request);
      SELFSAME_RETURN_IF_ERROR(ToError("GetMergeHistory", reply.status));
      for (const auto& entry : reply.response.entries()) {
        const bool is_merge = entry.action() == profile::v1::MergeHistoryEntry::ACTION_MERGED;
        if (is_merge && entry.rule() == rule) newest = entry.history_id();
      }
      request.set_page_token(reply.response.next_page_token());
    } while (!request.page_token().empty());
    if (newest.empty()) return Missed("the merge history does not tell of a merge");
    return newest;
  }

  Stage& stage_;
  const IdentityOptions& options_;
  test::IngestClient client_;
  const Couple few_{.customer = 800'000'000, .visitor = 800'000'001, .events = kFewEvents};
  const Couple many_{.customer = 800'000'002, .visitor = 800'000'003, .events = options_.events};
  std::uint64_t next_number_ = 0;
  int keys_ = 0;
  MergeCost cost_;
};

}  // namespace

Result<MergeCost> MeasureMerges(Stage& stage, const IdentityOptions& options) {
  return MergeMeter(stage, options).Run();
}

}  // namespace selfsame::bench
