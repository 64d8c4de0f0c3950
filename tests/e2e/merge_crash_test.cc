// A server that is killed while large profiles merge: each merge has happened or it has not, the
// history says which, and whoever asks again gets it done (INV-1, INV-4).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "tests/e2e/clients.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"
#include "tests/support/seed.h"
#include "tests/support/server_process.h"

namespace selfsame::test {
namespace {

using testing::IsEmpty;

constexpr int kPairs = 12;  // The even ones merge by a record, the odd ones by MergeProfiles.
constexpr int kKills = 6;
constexpr int kIdentifiers = 1'000;  // Of each profile.
constexpr int kOfAKind = 50;         // A person has no more of one.
constexpr int kInARecord = 32;
constexpr std::chrono::minutes kPatience{2};

// Kinds tell whose identifiers are: their values are sealed.
std::string SideOf(int pair, char side) { return fmt::format("p{:02}{}", pair, side); }
std::string KindOf(int pair, char side, int number) {
  return fmt::format("{}:k{:02}", SideOf(pair, side), number / kOfAKind);
}

std::string ValueOf(int number) { return "v" + std::to_string(number); }

profile::v1::ProfileRef HeadOf(int pair, char side) {
  return ByIdentifier(KindOf(pair, side, 0), ValueOf(0));
}

// Records that all name the first identifier, and each some of the others.
std::vector<ingest::v1::Event> EventsOf(int pair, char side) {
  std::vector<ingest::v1::Event> events;
  for (int number = 1; number < kIdentifiers;) {
    EventBuilder event(fmt::format("{}-{}", SideOf(pair, side), number));
    event.With(KindOf(pair, side, 0), ValueOf(0));
    for (int i = 1; i < kInARecord && number < kIdentifiers; ++i, ++number) {
      event.With(KindOf(pair, side, number), ValueOf(number));
    }
    events.push_back(event.Build());
  }
  return events;
}

class MergeCrashTest : public testing::Test {
 protected:
  void SetUp() override {
    IngestClient client(server_->grpc_address(), tenant_.api_key);
    for (int pair = 0; pair < kPairs; ++pair) {
      for (const char side : {'a', 'b'}) {
        const Outcomes outcomes =
            SendUntilSettled(client, Events(EventsOf(pair, side)), Deadline::After(kPatience));
        for (const auto& outcome : outcomes) {
          ASSERT_EQ(outcome.outcome(), ingest::v1::OUTCOME_ACCEPTED) << outcome.DebugString();
        }
      }
    }
    for (int pair = 0; pair < kPairs; ++pair) {
      for (const char side : {'a', 'b'}) {
        const std::vector<Row> profiles = ProfilesOf(pair, side);
        ASSERT_EQ(profiles.size(), 1u);
        ASSERT_EQ(profiles[0][1], std::to_string(kIdentifiers));
        births_.push_back(profiles[0][0]);
      }
    }
  }

  // The profiles that a side's identifiers are in, with how many of them.
  std::vector<Row> ProfilesOf(int pair, char side) {
    return Rows(*database_, fmt::format("SELECT profile_id, count(*) FROM identifiers "
                                        "WHERE kind LIKE '{}:%' GROUP BY 1",
                                        SideOf(pair, side)));
  }

  // Merges the pairs of one parity one after the other, each until the server says that it is done.
  void MergeAll(int parity) {
    IngestClient client(server_->grpc_address(), tenant_.api_key);
    for (int pair = parity; pair < kPairs && !HasFailure(); pair += 2) {
      ++begun_;
      parity == 0 ? MergeByRecord(client, pair) : MergeByHand(client, pair);
    }
  }

  static void MergeByRecord(IngestClient& client, int pair) {
    const auto event = EventBuilder(fmt::format("link-{}", pair))
                           .With(KindOf(pair, 'a', 0), ValueOf(0))
                           .With(KindOf(pair, 'b', 0), ValueOf(0))
                           .Build();
    SendUntilSettled(client, Events({event}), Deadline::After(kPatience));
  }

  static void MergeByHand(IngestClient& client, int pair) {
    identity::v1::MergeProfilesRequest request;
    *request.mutable_profile() = HeadOf(pair, 'a');
    *request.mutable_other() = HeadOf(pair, 'b');
    request.mutable_decision()->set_actor("ann");
    request.mutable_decision()->set_reason("said so");
    const Deadline deadline = Deadline::After(kPatience);
    for (;;) {
      const auto reply = client.MergeProfiles(request);
      if (reply.ok()) return;
      if (!IsWorthRetrying(reply.status) || deadline.Expired()) {
        ADD_FAILURE() << "not merged: " << reply.status.reason << " " << reply.status.message;
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  // That each pair is as before or as after, wholly, and that the history says so; how many are
  // merged.
  int CheckPairs() {
    int merged = 0;
    int merged_by_hand = 0;
    for (int pair = 0; pair < kPairs; ++pair) {
      const std::vector<Row> a = ProfilesOf(pair, 'a');
      const std::vector<Row> b = ProfilesOf(pair, 'b');
      EXPECT_EQ(a.size(), 1u) << "pair " << pair;
      EXPECT_EQ(b.size(), 1u) << "pair " << pair;
      const bool is_merged = a == b;
      const auto told =
          Number(*database_, fmt::format("SELECT count(*) FROM merge_history WHERE action = 1 AND "
                                         "before_ids @> ARRAY['{}', '{}']::uuid[] AND after_ids = "
                                         "ARRAY['{}']::uuid[]",
                                         births_[2 * pair], births_[2 * pair + 1], a[0][0]));
      EXPECT_EQ(told, is_merged ? 1 : 0) << "pair " << pair;
      merged += is_merged ? 1 : 0;
      merged_by_hand += is_merged && pair % 2 == 1 ? 1 : 0;
    }
    EXPECT_EQ(CountOf(*database_, "operations"), merged_by_hand);
    EXPECT_EQ(CountOf(*database_, "profiles"), 2 * kPairs - merged);
    EXPECT_THAT(BrokenInvariants(*database_), IsEmpty());
    return merged;
  }

  // PostgreSQL finishes what it had been told to, such as a COMMIT, before it notices.
  void AwaitDisconnected() {
    const Deadline deadline = Deadline::After(kPatience);
    while (Number(*database_,
                  "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                  "AND pid <> pg_backend_pid() AND backend_type = 'client backend'") > 0) {
      ASSERT_FALSE(deadline.Expired()) << "the server's sessions do not end";
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  void AwaitBegun(int count) {
    const Deadline deadline = Deadline::After(kPatience);
    while (begun_ < count) {
      ASSERT_FALSE(deadline.Expired()) << begun_ << " merges begun";
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  }

  const std::unique_ptr<TestDatabase> database_ = TestDatabase::Create();
  const SeededTenant tenant_ = database_->SeedTenant("acme");
  const std::unique_ptr<ServerProcess> server_ = ServerProcess::Start(*database_);
  std::vector<std::string> births_;  // The profile ids before any merge: a and b of each pair.
  std::atomic<int> begun_{0};
};

TEST_F(MergeCrashTest, AMergeHasHappenedOrItHasNotAndAskingAgainCompletesIt) {
  std::mt19937_64 random(Seed());
  int unfinished = 0;
  {
    std::vector<std::jthread> mergers;
    for (const int parity : {0, 1}) mergers.emplace_back([this, parity] { MergeAll(parity); });
    for (int kill = 1; kill <= kKills; ++kill) {
      AwaitBegun(kill * kPairs / (kKills + 1) + 1);
      if (HasFatalFailure()) break;
      // Some time into a merge: they take some ten milliseconds.
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 40'000));
      const int begun = begun_;
      server_->Kill9();
      AwaitDisconnected();
      unfinished += begun - CheckPairs();
      server_->Restart();
    }
  }
  fmt::print("{} merges were under way when the server was killed\n", unfinished);
  EXPECT_EQ(CheckPairs(), kPairs);
  EXPECT_EQ(DeadlocksOf(*database_), 0);
}

}  // namespace
}  // namespace selfsame::test
