// Audits: what is drawn, from which strata, and what verdicts come to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/uuid.h"
#include "storage/audits.h"
#include "tests/integration/ingest/lanes_harness.h"

namespace selfsame::storage {
namespace {

constexpr int kPeople = 60;
constexpr TimeUs kNow{1'700'000'000'000'000};

class AuditTest : public testing::Test {
 protected:
  // Two thirds of the people live in Ulm, one third in Jena; nobody else says where.
  void SetUp() override {
    ingest::LanesHarness lanes(*database_, tenant_, 1);
    std::vector<ingest::TestRecord> records;
    for (int i = 0; i < kPeople; ++i) {
      records.push_back({.key = "k" + std::to_string(i),
                         .at_seconds = 1'600'000'000,
                         .identifiers = {{"customer_id", "c" + std::to_string(i)}},
                         .traits = i % 3 == 0 ? R"({"city":"Jena","plan":"free"})"
                                              : R"({"city":"Ulm","plan":"free"})"});
    }
    records.push_back({.key = "none",
                       .at_seconds = 1'600'000'000,
                       .identifiers = {{"customer_id", "none"}},
                       .traits = {}});
    lanes.Send(records);
  }

  NewAudit Audit(const std::string& stratify_by, std::int64_t seed) {
    return {.id = NewUuidV7<EventUuid>(kNow),
            .attribute = "plan",
            .size = 12,
            .stratify_by = stratify_by,
            .seed = seed,
            .drawn_by = "web"};
  }
  std::vector<AuditSample> Draw(const NewAudit& audit) {
    test::Must(DrawAudit(*session_, where_, audit, kNow));
    return test::Must(ReadAuditSamples(*session_, where_, audit.id));
  }
  static std::set<ProfileId> ProfilesOf(const std::vector<AuditSample>& samples) {
    std::set<ProfileId> profiles;
    for (const AuditSample& sample : samples) profiles.insert(sample.profile_id);
    return profiles;
  }

  const std::unique_ptr<test::TestDatabase> database_ = test::TestDatabase::Create();
  const test::SeededTenant tenant_ = database_->SeedTenant("acme");
  const TenantShard where_{tenant_.shard, tenant_.tenant};
  const std::unique_ptr<pg::Session> session_ = database_->NewSession("selfsame_app");
};

TEST_F(AuditTest, TheSameSeedDrawsTheSameProfilesAndAnotherOthers) {
  const auto first = Draw(Audit("", 7));
  EXPECT_EQ(first.size(), 12u);
  EXPECT_EQ(ProfilesOf(first).size(), 12u);
  EXPECT_EQ(ProfilesOf(Draw(Audit("", 7))), ProfilesOf(first));
  EXPECT_NE(ProfilesOf(Draw(Audit("", 8))), ProfilesOf(first));
  EXPECT_EQ(first[0].value, "\"free\"");
  EXPECT_FALSE(first[0].is_changed);
}

TEST_F(AuditTest, EachStratumGivesItsShare) {
  std::map<std::string, int> by_city;
  for (const AuditSample& sample : Draw(Audit("attribute:city", 1))) ++by_city[sample.stratum];
  EXPECT_EQ(by_city, (std::map<std::string, int>{{"Jena", 4}, {"Ulm", 8}}));
  for (const AuditSample& sample : Draw(Audit("source", 1))) {
    EXPECT_EQ(sample.source, tenant_.source);
  }
}

TEST_F(AuditTest, VerdictsAreCountedAndALaterOneReplacesAnEarlierOne) {
  const NewAudit audit = Audit("", 1);
  Draw(audit);
  const auto judge = [&](int number, Verdict verdict) {
    return JudgeAuditSample(*session_, where_.tenant,
                            {.audit = audit.id,
                             .number = number,
                             .verdict = verdict,
                             .judged_by = "web",
                             .comment = ""},
                            kNow);
  };
  test::Must(judge(1, Verdict::kWrong));
  test::Must(judge(1, Verdict::kRight));
  test::Must(judge(2, Verdict::kWrong));
  test::Must(judge(3, Verdict::kUnknown));
  const Status unknown = judge(13, Verdict::kRight);
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().reason, "SAMPLE_UNKNOWN");
  const auto audits = test::Must(ReadAudits(*session_, where_.tenant, 10));
  ASSERT_EQ(audits.size(), 1u);
  EXPECT_EQ(audits[0].population, kPeople);
  EXPECT_EQ(audits[0].samples, 12);
  EXPECT_EQ(audits[0].right, 1);
  EXPECT_EQ(audits[0].wrong, 1);
  EXPECT_EQ(audits[0].unknown, 1);
}

TEST_F(AuditTest, NothingIsDrawnOfWhatNobodyHas) {
  NewAudit audit = Audit("", 1);
  audit.attribute = "shoe_size";
  const Status drawn = DrawAudit(*session_, where_, audit, kNow);
  ASSERT_FALSE(drawn.ok());
  EXPECT_EQ(drawn.error().reason, "NOTHING_TO_DRAW");
}

}  // namespace
}  // namespace selfsame::storage
