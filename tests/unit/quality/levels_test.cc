// Levels: which audit tells how right a field is, what is shown of what is not known, and what goes
// first where there is no room for all.
#include "server/quality/levels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace selfsame::quality {
namespace {

using storage::AuditRow;
using storage::FieldMeasure;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimeUs kNow{1'700'000'000'000'000};

AuditRow Audit(std::int64_t samples, std::int64_t right, std::int64_t wrong, std::int64_t unknown) {
  return {.attribute = "email",
          .drawn_at = kNow,
          .samples = samples,
          .right = right,
          .wrong = wrong,
          .unknown = unknown};
}

class LevelsTest : public testing::Test {
 protected:
  LevelsTest() {
    directory_.tenants.emplace(TenantId{1}, storage::Tenant{.id = TenantId{1},
                                                            .name = "acme",
                                                            .node_key = storage::Secret(""),
                                                            .seal_key = storage::Secret("")});
  }

  void AddSource(int id) {
    directory_.sources.emplace(SourceId{id}, storage::Source{.id = SourceId{id},
                                                             .tenant = TenantId{1},
                                                             .name = "s" + std::to_string(id)});
  }

  TenantState& state() { return tenants_[TenantId{1}]; }

  LevelsShown Show() {
    return LevelsOf({.directory = directory_,
                     .tenants = tenants_,
                     .around = {},
                     .complete_at = kNow,
                     .now = kNow});
  }

  // "label label value" of each level of a family.
  static std::vector<std::string> Of(const LevelsShown& shown, std::string_view name) {
    std::vector<std::string> rows;
    for (const observe::LevelFamily& family : shown.levels) {
      if (family.name != name) continue;
      for (const observe::Level& level : family.levels) {
        std::string row;
        for (const auto& [label, value] : level.labels) row += value + " ";
        rows.push_back(row + std::to_string(static_cast<std::int64_t>(level.value)));
      }
    }
    return rows;
  }

  storage::Directory directory_;
  std::map<TenantId, TenantState> tenants_;
};

TEST_F(LevelsTest, AHalfJudgedAuditDoesNotReplaceAFinishedOne) {
  state().audits = {Audit(100, 3, 1, 0), Audit(50, 40, 8, 2)};
  const LevelsShown shown = Show();
  EXPECT_THAT(Of(shown, observe::kAuditVerdictsName),
              ElementsAre("acme email right 40", "acme email wrong 8", "acme email unknown 2"));
  EXPECT_THAT(Of(shown, observe::kAuditWaitingName), ElementsAre("acme email 96"));
}

TEST_F(LevelsTest, WhereNoneIsFinishedTheNewestWithAVerdictTells) {
  state().audits = {Audit(10, 0, 0, 0), Audit(10, 5, 1, 0), Audit(10, 9, 0, 0)};
  const LevelsShown shown = Show();
  EXPECT_THAT(Of(shown, observe::kAuditVerdictsName),
              ElementsAre("acme email right 5", "acme email wrong 1", "acme email unknown 0"));
  EXPECT_THAT(Of(shown, observe::kAuditWaitingName), ElementsAre("acme email 15"));
}

TEST_F(LevelsTest, AnAgeThatIsNotKnownIsNotShown) {
  AddSource(1);
  state().counts = {{.count = 3}, {.attribute = "city", .source = {1}, .count = 2}};
  const LevelsShown shown = Show();
  EXPECT_THAT(Of(shown, observe::kProfileFieldName), ElementsAre("acme s1 city 2"));
  EXPECT_THAT(Of(shown, observe::kFieldAgeName), IsEmpty());
  EXPECT_THAT(Of(shown, observe::kSourceFieldAgeName), IsEmpty());
  EXPECT_THAT(Of(shown, observe::kQuarantineName), IsEmpty());
  EXPECT_THAT(Of(shown, observe::kSuspectedName), IsEmpty());
  EXPECT_THAT(Of(shown, observe::kLevelsTimeName), ElementsAre("1700000000"));
}

TEST_F(LevelsTest, SizesAreNoField) {
  state().counts = {{.count = 3},
                    {.measure = FieldMeasure::kSize, .attribute = "1", .count = 1},
                    {.measure = FieldMeasure::kSize, .attribute = "4-5", .count = 2}};
  const LevelsShown shown = Show();
  EXPECT_THAT(Of(shown, observe::kProfilesName), ElementsAre("acme 3"));
  EXPECT_THAT(Of(shown, observe::kProfileFieldName), IsEmpty());
  EXPECT_THAT(
      Of(shown, observe::kProfilesBySizeName),
      ElementsAre("acme 1 1", "acme 2 0", "acme 3 0", "acme 4-5 2", "acme 6-10 0", "acme 11-20 0",
                  "acme 21-50 0", "acme 51-100 0", "acme 101-1000 0", "acme 1001+ 0"));
}

// Sources that are not known, however many, are one row: two of the same labels would spoil the
// page.
TEST_F(LevelsTest, SourcesThatAreNotKnownAreToldTogether) {
  state().counts = {{.attribute = "city", .source = {8}, .count = 2},
                    {.attribute = "city", .source = {9}, .count = 3}};
  EXPECT_THAT(Of(Show(), observe::kProfileFieldName), ElementsAre("acme OTHER city 5"));
}

TEST_F(LevelsTest, WithoutRoomForAllSourcesFieldsAreStillToldWhole) {
  constexpr int kSources = 300;
  constexpr int kFields = 50;
  for (int source = 1; source <= kSources; ++source) AddSource(source);
  for (int field = 0; field < kFields; ++field) {
    const std::string name = "f" + std::to_string(100 + field);
    for (int source = 1; source <= kSources; ++source) {
      state().counts.push_back({.attribute = name, .source = {source}, .count = 1});
    }
    for (int source = 1; source <= kSources; ++source) {
      state().counts.push_back({.measure = FieldMeasure::kSaid,
                                .attribute = name,
                                .source = {source},
                                .day = 19'000,
                                .count = 1,
                                .seconds = 19'000LL * 86'400});
    }
  }
  const LevelsShown shown = Show();
  std::size_t all = 0;
  std::map<std::string, double> filled;
  for (const observe::LevelFamily& family : shown.levels) {
    all += family.levels.size();
    if (family.name != observe::kProfileFieldName) continue;
    for (const observe::Level& level : family.levels) filled[level.labels[2].second] += level.value;
  }
  EXPECT_LE(all, observe::kLevelsMax);
  EXPECT_GT(all, observe::kLevelsMax - 10);
  EXPECT_EQ(Of(shown, observe::kFieldAgeName).size(), 4u * kFields);
  ASSERT_EQ(filled.size(), static_cast<std::size_t>(kFields));
  for (const auto& [field, profiles] : filled) EXPECT_EQ(profiles, kSources) << field;
  EXPECT_GT(shown.left_out, 1'000u);
}

}  // namespace
}  // namespace selfsame::quality
