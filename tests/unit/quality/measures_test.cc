// The pure parts of the measures: intervals, ages, paths, and what is like what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/ingest/quality_deltas.h"
#include "server/quality/alike_window.h"
#include "server/quality/field_ages.h"
#include "server/quality/field_path.h"
#include "server/quality/wilson.h"

namespace selfsame::quality {
namespace {

using identity::ClaimOperation;
using storage::AnchoredClaim;
using storage::FieldMeasure;
using storage::QualityCount;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kDay = 86'400;

Fingerprint Print(std::uint8_t number) {
  Fingerprint print;
  print.bytes[15] = number;
  return print;
}

identity::Attributes Says(const std::string& name, int source, std::int64_t at_seconds) {
  return {{name,
           {.claim = {.event_time = TimeUs{at_seconds * 1'000'000},
                      .source = SourceId{source},
                      .key = "k",
                      .record_id = {},
                      .value = "1"}}}};
}

// Values as R's binom::binom.confint(method = "wilson") has them.
TEST(WilsonTest, AgreesWithPublishedIntervals) {
  const Interval most = WilsonInterval(95, 100);
  EXPECT_DOUBLE_EQ(most.estimate, 0.95);
  EXPECT_NEAR(most.low, 0.8882, 0.0001);
  EXPECT_NEAR(most.high, 0.9785, 0.0001);
  const Interval half = WilsonInterval(5, 10);
  EXPECT_NEAR(half.low, 0.2366, 0.0001);
  EXPECT_NEAR(half.high, 0.7634, 0.0001);
}

TEST(WilsonTest, StaysWithinNothingAndAll) {
  EXPECT_DOUBLE_EQ(WilsonInterval(0, 20).low, 0);
  EXPECT_NEAR(WilsonInterval(0, 20).high, 0.1611, 0.0001);
  EXPECT_DOUBLE_EQ(WilsonInterval(20, 20).high, 1);
  EXPECT_DOUBLE_EQ(WilsonInterval(0, 0).low, 0);
  EXPECT_DOUBLE_EQ(WilsonInterval(0, 0).high, 1);
}

TEST(FieldAgesTest, TheMeanIsExactAndQuantilesAreToTheDay) {
  // Ten profiles; of ten anchors nine said it on day 100 at noon, one on day 90.
  const std::vector<QualityCount> counts = {{.count = 20},
                                            {.attribute = "city", .source = {1}, .count = 7},
                                            {.attribute = "city", .source = {2}, .count = 3},
                                            {.measure = FieldMeasure::kSaid,
                                             .attribute = "city",
                                             .source = {1},
                                             .day = 100,
                                             .count = 9,
                                             .seconds = 9 * (100 * kDay + kDay / 2)},
                                            {.measure = FieldMeasure::kSaid,
                                             .attribute = "city",
                                             .source = {2},
                                             .day = 90,
                                             .count = 1,
                                             .seconds = 90 * kDay + kDay / 2}};
  const TimeUs now{(110 * kDay + kDay / 2) * 1'000'000};
  const ProfileStanding standing = StandingOf(counts, now);
  EXPECT_EQ(standing.profiles, 20);
  const FieldStanding& city = standing.fields.at("city");
  EXPECT_EQ(city.profiles, 10);
  ASSERT_TRUE(city.ages);
  EXPECT_DOUBLE_EQ(city.ages->mean, 11 * kDay);
  EXPECT_DOUBLE_EQ(city.ages->p50, 10 * kDay);
  EXPECT_DOUBLE_EQ(city.ages->p90, 10 * kDay);
  EXPECT_DOUBLE_EQ(city.ages->p99, 20 * kDay);
  EXPECT_DOUBLE_EQ(city.sources.at(SourceId{2}).mean_age.value_or(0), 20 * kDay);
  EXPECT_EQ(city.sources.at(SourceId{1}).profiles, 7);
}

AnchoredClaim Claims(int anchor, int source, std::int64_t at_seconds,
                     ClaimOperation operation = ClaimOperation::kSet) {
  AnchoredClaim claim{.attribute = "city",
                      .claim = {.event_time = TimeUs{at_seconds * 1'000'000},
                                .source = SourceId{source},
                                .key = "k",
                                .operation = operation}};
  claim.anchor.bytes[0] = static_cast<std::uint8_t>(anchor);
  return claim;
}

std::vector<QualityCount> Said(const std::vector<AnchoredClaim>& claims,
                               const std::vector<AnchoredClaim>& before) {
  ingest::QualityDeltas deltas;
  deltas.Say(claims, before);
  return deltas.Changes();
}

QualityCount SaidCity(int source, std::int32_t day, std::int64_t count, std::int64_t seconds) {
  return {FieldMeasure::kSaid, "city", {source}, day, count, seconds};
}

TEST(QualityDeltasTest, OnlyWhatIsDifferentIsWritten) {
  ingest::QualityDeltas same;
  same.Take(Says("city", 1, 5));
  same.Give(Says("city", 1, 65));
  EXPECT_THAT(same.Changes(), IsEmpty());
  ingest::QualityDeltas merge;
  merge.Take(Says("city", 1, 5));
  merge.Take(Says("city", 2, kDay + 7));
  merge.Give(Says("city", 2, kDay + 7));
  EXPECT_THAT(merge.Changes(),
              ElementsAre(QualityCount{FieldMeasure::kFilled, "", {}, 0, -1, 0},
                          QualityCount{FieldMeasure::kFilled, "city", {1}, 0, -1, 0}));
}

TEST(QualityDeltasTest, AnAttributeThatWasUnsetIsNotFilled) {
  ingest::QualityDeltas deltas;
  identity::Attributes unset = Says("city", 1, 5);
  unset.at("city").claim.operation = ClaimOperation::kUnset;
  deltas.Take(Says("city", 1, 5));
  deltas.Give(unset);
  EXPECT_THAT(deltas.Changes(),
              ElementsAre(QualityCount{FieldMeasure::kFilled, "city", {1}, 0, -1, 0}));
}

TEST(QualityDeltasTest, TheNewestClaimOfAnAnchorCountsWhateverItSays) {
  constexpr std::int32_t kFirst = storage::kSaidDayFloor;
  constexpr std::int64_t kBegin = kFirst * kDay;
  EXPECT_THAT(Said({Claims(1, 1, kBegin + 5), Claims(1, 2, kBegin + kDay + 7)}, {}),
              ElementsAre(SaidCity(2, kFirst + 1, 1, kBegin + kDay + 7)));
  EXPECT_THAT(Said({Claims(1, 1, kBegin + 65)}, {Claims(1, 1, kBegin + 5)}),
              ElementsAre(SaidCity(1, kFirst, 0, 60)));
  EXPECT_THAT(Said({Claims(1, 2, 4)}, {Claims(1, 1, 5)}), IsEmpty()) << "a stale import";
  EXPECT_THAT(Said({Claims(1, 1, kBegin + 8, ClaimOperation::kUnset)}, {Claims(1, 1, kBegin + 5)}),
              ElementsAre(SaidCity(1, kFirst, -1, -kBegin - 5)));
}

TEST(QualityDeltasTest, DaysLongAgoAreOneDayAndTheirTimesStayExact) {
  EXPECT_THAT(Said({Claims(2, 1, 8)}, {}), ElementsAre(SaidCity(1, storage::kSaidDayFloor, 1, 8)));
  EXPECT_THAT(Said({Claims(1, 1, -5)}, {}), ElementsAre(SaidCity(1, storage::kSaidDayFloor, 1, -5)))
      << "before 1970";
}

TEST(QualityDeltasTest, SizesAreToldByRange) {
  ingest::QualityDeltas deltas;
  deltas.CountSizes({{1, -2}, {4, 1}, {5, 1}, {6, -1}, {10, 1}, {5'000, 1}});
  const auto size = [](const char* label, std::int64_t count) {
    return QualityCount{FieldMeasure::kSize, label, {}, 0, count, 0};
  };
  EXPECT_THAT(deltas.Changes(), ElementsAre(size("1", -2), size("1001+", 1), size("4-5", 2)));
}

TEST(AlikeWindowTest, LooksBackOverAtLeastItsRecords) {
  AlikeWindow window({.records = 3, .sources = 10});
  EXPECT_FALSE(window.Add(SourceId{1}, Print(1)));
  EXPECT_TRUE(window.Add(SourceId{1}, Print(1)));
  EXPECT_FALSE(window.Add(SourceId{2}, Print(1))) << "of another source";
  for (std::uint8_t i = 2; i < 4; ++i) EXPECT_FALSE(window.Add(SourceId{1}, Print(i)));
  EXPECT_TRUE(window.Add(SourceId{1}, Print(1))) << "three records ago";
  for (std::uint8_t i = 10; i < 20; ++i) EXPECT_FALSE(window.Add(SourceId{1}, Print(i)));
  EXPECT_FALSE(window.Add(SourceId{1}, Print(1))) << "long ago";
}

TEST(AlikeWindowTest, ABusySourceDoesNotPushOutWhatAQuietOneSaid) {
  AlikeWindow window({.records = 3, .sources = 2});
  EXPECT_FALSE(window.Add(SourceId{2}, Print(1)));
  for (std::uint8_t i = 0; i < 100; ++i) window.Add(SourceId{1}, Print(i));
  EXPECT_TRUE(window.Add(SourceId{2}, Print(1)));
  EXPECT_FALSE(window.Add(SourceId{3}, Print(1))) << "of those that share a window";
  for (std::uint8_t i = 0; i < 100; ++i) window.Add(SourceId{4}, Print(i));
  EXPECT_FALSE(window.Add(SourceId{3}, Print(1)));
}

TEST(FieldPathTest, NothingThatAClientWroteIsLeft) {
  EXPECT_EQ(WithoutIndices("items[3].sku"), "items.sku");
  EXPECT_EQ(WithoutIndices("labels[a]b].x"), "labelsb].x");
  EXPECT_EQ(WithoutIndices("identifiers[0].value"), "identifiers.value");
  EXPECT_TRUE(IsRecordField("identifiers.value"));
  EXPECT_FALSE(IsRecordField("someone@example.com"));
}

}  // namespace
}  // namespace selfsame::quality
