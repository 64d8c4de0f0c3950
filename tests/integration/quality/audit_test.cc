// Audits: what is drawn, from which strata, and what verdicts come to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/uuid.h"
#include "storage/audits.h"
#include "storage/embedded_migrations.h"
#include "storage/migrations.h"
#include "tests/integration/ingest/lanes_harness.h"

namespace selfsame::storage {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int kPeople = 60;
constexpr TimeUs kNow{1'700'000'000'000'000};
constexpr std::string_view kNodeKey = "a key of thirty-two bytes, or so";

TEST(ShareOutSamplesTest, EachGivesItsShareAndAtLeastOneAndTheWholeIsWhatWasAskedFor) {
  const auto share = [](const std::vector<std::int64_t>& populations, std::int64_t size) {
    return ShareOutSamples(populations, size);
  };
  using Quotas = std::vector<std::int64_t>;
  EXPECT_EQ(share({20, 40}, 12), (Quotas{4, 8}));
  EXPECT_EQ(share({1'000'000, 1, 1}, 10), (Quotas{8, 1, 1}));
  EXPECT_EQ(share({3, 5}, 100), (Quotas{3, 5}));  // All there are.
  EXPECT_EQ(share({7, 7, 7}, 3), (Quotas{1, 1, 1}));
  EXPECT_EQ(share({2, 900}, 100), (Quotas{1, 99}));
}

class AuditTest : public testing::Test {
 protected:
  // Two thirds of the people live in Ulm, one third in Jena; nobody else says where.
  void SetUp() override {
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
    Send(records);
  }

  void Send(const std::vector<ingest::TestRecord>& records) {
    ingest::LanesHarness(*database_, tenant_, 1).Send(records);
  }
  // Says something else of one of the people, later.
  void Update(int person, const std::string& traits,
              std::vector<std::pair<std::string, identity::ClaimOperation>> operations = {}) {
    Send({{.key = "later" + std::to_string(person),
           .at_seconds = 1'650'000'000,
           .identifiers = {{"customer_id", "c" + std::to_string(person)}},
           .traits = traits,
           .operations = std::move(operations)}});
  }
  void Judge(const NewAudit& audit, int number, Verdict verdict) {
    test::Must(JudgeAuditSample(*session_, where_.tenant,
                                {.audit = audit.id,
                                 .number = number,
                                 .verdict = verdict,
                                 .judged_by = "web",
                                 .comment = ""},
                                kNow));
  }
  // All that is stored of audits, as text.
  std::string StoredOfAudits() {
    return test::Must(
        database_->owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Result<std::string> {
          return tx
              .exec(
                  "SELECT (SELECT string_agg(s::text, ' ') FROM audit_samples s)"
                  " || (SELECT string_agg(s::text, ' ') FROM audit_strata s)"
                  " || (SELECT string_agg(a::text, ' ') FROM audits a)")[0][0]
              .as<std::string>();
        }));
  }

  static NewAudit Audit(const std::string& stratify_by, std::int64_t seed) {
    return {.id = NewUuidV7<EventUuid>(kNow),
            .attribute = "plan",
            .size = 12,
            .stratify_by = stratify_by,
            .seed = seed,
            .drawn_by = "web"};
  }
  std::vector<AuditSample> Draw(const NewAudit& audit) {
    test::Must(DrawAudit(*session_, where_, kNodeKey, audit, kNow));
    return test::Must(ReadAuditSamples(*session_, where_, kNodeKey, audit.id));
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

TEST_F(AuditTest, SamplesAreNumberedFromOneOn) {
  int number = 0;
  for (const AuditSample& sample : Draw(Audit("attribute:city", 5))) {
    EXPECT_EQ(sample.number, ++number);
  }
  EXPECT_EQ(number, 12);
}

// Only profiles of small hashes are looked at first: here nobody has one.
TEST_F(AuditTest, WhereTooFewTurnUpMoreAreLookedAt) {
  test::Must(database_->owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
    tx.exec(R"(
      UPDATE profiles SET profile_id = new.id
      FROM (SELECT profile_id AS old, row_number() OVER () AS number FROM profiles) AS old,
           (SELECT id, row_number() OVER () AS number
            FROM (SELECT to_char(n, 'FM00000000')||'-0000-7000-8000-000000000000' AS text,
                         (to_char(n, 'FM00000000')||'-0000-7000-8000-000000000000')::uuid AS id
                  FROM generate_series(1, 2000) AS n) AS tried
            WHERE md5('7'||text) > 'd') AS new
      WHERE profiles.profile_id = old.old AND old.number = new.number)");
    return {};
  }));
  NewAudit audit = Audit("", 7);
  audit.size = 1;
  EXPECT_EQ(Draw(audit).size(), 1u);
}

// One sample a stratum would be everybody.
TEST_F(AuditTest, MoreStrataThanSamplesAreRefused) {
  std::vector<ingest::TestRecord> records;
  for (int i = 0; i < 5; ++i) {
    const std::string n = std::to_string(i);
    records.push_back({.key = "e" + n,
                       .at_seconds = 1'600'000'000,
                       .identifiers = {{"customer_id", "c" + n}},
                       .traits = R"({"email":"e)" + n + R"(@x.io"})"});
  }
  Send(records);
  NewAudit audit = Audit("attribute:email", 1);
  audit.size = 5;  // Five addresses, and those who have none.
  const Status drawn = DrawAudit(*session_, where_, kNodeKey, audit, kNow);
  ASSERT_FALSE(drawn.ok());
  EXPECT_EQ(drawn.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(drawn.error().reason, "TOO_MANY_STRATA");
  EXPECT_EQ(drawn.error().message, "6 strata cannot each give one of 5 samples");
  EXPECT_TRUE(test::Must(ReadAudits(*session_, where_.tenant, 10)).empty());
  audit.size = 6;
  EXPECT_EQ(Draw(audit).size(), 6u);
}

TEST_F(AuditTest, WhatNamesAStratumIsNotStored) {
  const auto samples = Draw(Audit("attribute:city", 1));
  EXPECT_EQ(samples[0].stratum, "Jena");
  EXPECT_FALSE(samples[0].is_stratum_changed);
  EXPECT_THAT(StoredOfAudits(), Not(HasSubstr("Jena")));
  EXPECT_THAT(StoredOfAudits(), Not(HasSubstr("Ulm")));
  // Without the key nobody can tell by trying, and no two audits can be joined by it.
  const NewAudit again = Audit("attribute:city", 1);
  test::Must(DrawAudit(*session_, where_, "another key of thirty-two bytes.", again, kNow));
  for (const AuditSample& sample :
       test::Must(ReadAuditSamples(*session_, where_, kNodeKey, again.id))) {
    EXPECT_TRUE(sample.is_stratum_changed);
    EXPECT_EQ(sample.stratum, "");
  }
}

TEST_F(AuditTest, AProfileThatHasLeftItsStratumIsToldApart) {
  NewAudit audit = Audit("attribute:city", 1);
  audit.size = kPeople;
  Draw(audit);
  Update(0, R"({"city":"Ulm"})");  // Was of Jena.
  int changed = 0;
  for (const AuditSample& sample :
       test::Must(ReadAuditSamples(*session_, where_, kNodeKey, audit.id))) {
    changed += sample.is_stratum_changed ? 1 : 0;
    EXPECT_EQ(sample.stratum.empty(), sample.is_stratum_changed);
    EXPECT_EQ(sample.value, "\"free\"");
  }
  EXPECT_EQ(changed, 1);
}

TEST_F(AuditTest, ProfilesWhoseValueWasUnsetAreNotDrawn) {
  Update(7, "{}", {{"plan", identity::ClaimOperation::kUnset}});
  NewAudit audit = Audit("", 1);
  audit.size = kPeople;
  const auto samples = Draw(audit);
  EXPECT_EQ(samples.size(), kPeople - 1u);
  for (const AuditSample& sample : samples) EXPECT_EQ(sample.value, "\"free\"");
  EXPECT_EQ(test::Must(ReadAudits(*session_, where_.tenant, 1)).at(0).population, kPeople - 1);
}

// Of Jena 20 people, of Ulm 40; four and eight are drawn.
TEST_F(AuditTest, TheSumsOfStrataWeighThemByTheirPeople) {
  const NewAudit audit = Audit("attribute:city", 1);
  Draw(audit);
  for (const int right : {1, 2, 3, 5}) Judge(audit, right, Verdict::kRight);
  for (const int wrong : {4, 6}) Judge(audit, wrong, Verdict::kWrong);
  Judge(audit, 7, Verdict::kUnknown);
  const StratumSums sums = test::Must(ReadAudits(*session_, where_.tenant, 1)).at(0).strata;
  EXPECT_EQ(sums.strata, 2);
  EXPECT_DOUBLE_EQ(sums.population, 60);
  EXPECT_DOUBLE_EQ(sums.right, 20 * 0.75 + 40 * 0.5);
  EXPECT_DOUBLE_EQ(sums.spread, 400 * 0.75 * 0.25 / 4 + 1'600 * 0.25 / 2);
  EXPECT_DOUBLE_EQ(sums.square, 400.0 / 4 + 1'600.0 / 2);
}

TEST_F(AuditTest, AStratumWithoutVerdictsIsLeftOut) {
  const NewAudit audit = Audit("attribute:city", 1);
  Draw(audit);
  Judge(audit, 1, Verdict::kRight);
  Judge(audit, 12, Verdict::kUnknown);
  const StratumSums sums = test::Must(ReadAudits(*session_, where_.tenant, 1)).at(0).strata;
  EXPECT_EQ(sums.strata, 2);
  EXPECT_DOUBLE_EQ(sums.population, 20);
  EXPECT_DOUBLE_EQ(sums.right, 20);
}

// As drawn by a server of before strata were kept, and after the migration.
TEST_F(AuditTest, AnOlderAuditIsReadAsOneWithoutStrata) {
  const NewAudit audit = Audit("attribute:city", 1);
  Draw(audit);
  Judge(audit, 1, Verdict::kRight);
  test::Must(database_->owner().InTransaction(TenantId{}, [](pqxx::work& tx) -> Status {
    tx.exec("UPDATE audit_samples SET stratum_hash = NULL; DELETE FROM audit_strata");
    return {};
  }));
  const AuditRow row = test::Must(ReadAudits(*session_, where_.tenant, 1)).at(0);
  EXPECT_EQ(row.samples, 12);
  EXPECT_EQ(row.right, 1);
  EXPECT_EQ(row.strata.strata, 0);
  for (const AuditSample& sample :
       test::Must(ReadAuditSamples(*session_, where_, kNodeKey, audit.id))) {
    EXPECT_TRUE(sample.is_stratum_changed);
  }
}

TEST_F(AuditTest, NothingIsDrawnOfWhatNobodyHas) {
  NewAudit audit = Audit("", 1);
  audit.attribute = "shoe_size";
  const Status drawn = DrawAudit(*session_, where_, kNodeKey, audit, kNow);
  ASSERT_FALSE(drawn.ok());
  EXPECT_EQ(drawn.error().reason, "NOTHING_TO_DRAW");
}

// What an older server wrote in the clear does not stay, and its audits do.
TEST(AuditMigrationTest, ValuesThatNameStrataAreTakenOut) {
  const auto database = test::TestDatabase::CreateEmpty();
  std::vector<EmbeddedFile> before;
  for (const EmbeddedFile& file : EmbeddedMigrations()) {
    if (file.name < "0024") before.push_back(file);
  }
  test::Must(MigrateUp(database->owner(), before));
  const auto execute = [&](const std::string& sql) {
    return test::Must(database->owner().InTransaction(
        TenantId{}, [&](pqxx::work& tx) -> Result<pqxx::result> { return tx.exec(sql); }));
  };
  execute(
      "INSERT INTO audits (drawn_at, seed, population, tenant_id, audit_id, attribute, stratify_by,"
      " drawn_by) VALUES (now(), 1, 9, 1, '01890a5d-ac96-774b-bcce-b302099a8057', 'plan',"
      " 'attribute:email', 'web');"
      "INSERT INTO audit_samples (tenant_id, number, audit_id, profile_id, record_id, stratum,"
      " verdict) VALUES (1, 1, '01890a5d-ac96-774b-bcce-b302099a8057', gen_random_uuid(),"
      " gen_random_uuid(), 'canary@x.io', 1)");
  test::Must(MigrateUp(database->owner(), EmbeddedMigrations()));
  const auto left = execute("SELECT s::text FROM audit_samples AS s");
  ASSERT_EQ(left.size(), 1u);
  EXPECT_THAT(left[0][0].as<std::string>(), Not(HasSubstr("canary")));
  const AuditRow row = test::Must(ReadAudits(database->owner(), TenantId{1}, 10)).at(0);
  EXPECT_EQ(row.right, 1);
  EXPECT_EQ(row.strata.strata, 0);
}

}  // namespace
}  // namespace selfsame::storage
