#include "cli/demo/story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "cli/demo/report.h"

namespace selfsame::cli {
namespace {

using ingest::v1::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr TimeUs kNow{1'709'208'000'000'000};
constexpr const char* kWeb = "profile-1";
constexpr const char* kPhone = "profile-2";

std::string KeyOf(const StoryStep& step) {
  return std::visit([](const auto& record) { return record.key(); }, step.record);
}

void AddAttribute(profile::v1::Profile& profile, const std::string& name,
                  const std::string& source) {
  (*profile.mutable_attributes())[name].set_source(source);
}

// What a server that does everything right makes of the story.
StoryEnd HappyEnd(const std::vector<StoryStep>& story) {
  StoryEnd end;
  for (const StoryStep& step : story) {
    ingest::v1::RecordOutcome outcome;
    outcome.set_outcome(step.expected);
    const bool before_the_merge = step.source == "ios" && end.outcomes.size() < 5;
    if (step.expected == Outcome::OUTCOME_ACCEPTED) {
      outcome.set_profile_id(before_the_merge ? kPhone : kWeb);
    }
    const bool is_event = std::holds_alternative<ingest::v1::Event>(step.record);
    if (is_event && step.expected == Outcome::OUTCOME_ACCEPTED) end.events.add_events();
    end.outcomes.push_back(outcome);
  }
  for (const char* kind : {"customer_id", "email", "device_id", "anonymous_id"}) {
    end.profile.add_identifiers()->set_kind(kind);
  }
  AddAttribute(end.profile, "city", "web");
  AddAttribute(end.profile, "phone", "crm");
  auto* merge = end.history.add_entries();
  merge->set_action(profile::v1::MergeHistoryEntry::ACTION_MERGED);
  merge->add_before(kWeb);
  merge->add_before(kPhone);
  merge->add_after(kWeb);
  return end;
}

const std::vector<StoryStep> kStory = Story(PersonOfRun(1), kNow);

TEST(StoryTest, WhatGoesAsItMustSurprisesNobody) {
  EXPECT_THAT(Surprises(kStory, HappyEnd(kStory)), IsEmpty());
}

TEST(StoryTest, EveryOtherOutcomeIsNoticed) {
  for (std::size_t i = 0; i < kStory.size(); ++i) {
    StoryEnd end = HappyEnd(kStory);
    end.outcomes[i].set_outcome(Outcome::OUTCOME_CONSENT_DENIED);
    EXPECT_THAT(Surprises(kStory, end), ElementsAre(HasSubstr("CONSENT_DENIED"))) << i;
  }
}

TEST(StoryTest, AMergeThatDidNotHappenIsNoticed) {
  StoryEnd end = HappyEnd(kStory);
  end.history.mutable_entries(0)->set_action(profile::v1::MergeHistoryEntry::ACTION_REFUSED);
  EXPECT_THAT(Surprises(kStory, end), ElementsAre(HasSubstr("history")));
  end = HappyEnd(kStory);
  end.outcomes[5].set_profile_id(kPhone);
  EXPECT_THAT(Surprises(kStory, end), ElementsAre(HasSubstr("older")));
}

TEST(StoryTest, AProfileThatLacksAnythingIsNoticed) {
  StoryEnd end = HappyEnd(kStory);
  AddAttribute(end.profile, "city", "crm");  // Older data has won.
  end.profile.mutable_attributes()->erase("phone");
  end.profile.mutable_identifiers()->RemoveLast();
  end.events.add_events();
  EXPECT_THAT(Surprises(kStory, end), ElementsAre(HasSubstr("anonymous_id"), HasSubstr("city"),
                                                  HasSubstr("phone"), HasSubstr("events")));
}

TEST(StoryTest, KeysAndPeopleOfTwoRunsHaveNothingInCommon) {
  std::set<std::string> keys;
  std::set<std::string> people;
  for (int run = 1; run <= 20; ++run) {
    const Person person = PersonOfRun(run);
    people.insert({person.customer_id, person.email, person.anonymous_id, person.device_id});
    for (const StoryStep& step : Story(person, kNow)) keys.insert(KeyOf(step));
  }
  // Eleven steps, of which three share a key on purpose.
  EXPECT_EQ(keys.size(), 20u * 9);
  EXPECT_EQ(people.size(), 20u * 4);
}

TEST(StoryTest, TheRetryIsTheVeryRecordAndTheReuseIsNot) {
  const auto bytes = [](const StoryStep& step) {
    return std::get<ingest::v1::Event>(step.record).SerializeAsString();
  };
  EXPECT_EQ(bytes(kStory[8]), bytes(kStory[1]));
  EXPECT_EQ(KeyOf(kStory[10]), KeyOf(kStory[1]));
  EXPECT_NE(bytes(kStory[10]), bytes(kStory[1]));
}

TEST(StoryTest, TheReportNamesEveryStepAndViolation) {
  StoryEnd end = HappyEnd(kStory);
  auto* violation = end.outcomes[9].add_violations();
  violation->set_field("event_time");
  violation->set_reason("EVENT_TIME_REQUIRED");
  violation->set_message("must be set");
  const std::string text = StoryText(kStory, end);
  for (const StoryStep& step : kStory) EXPECT_THAT(text, HasSubstr(step.what));
  EXPECT_THAT(text, HasSubstr("    10: event_time EVENT_TIME_REQUIRED: must be set\n"));
}

TEST(StoryTest, SampleMetricsAreOutcomesThatHappened) {
  EXPECT_EQ(SampleMetrics("# HELP selfsame_records_total outcome=\n"
                          "selfsame_x{outcome=\"rejected\"} 0\n"
                          "selfsame_x{outcome=\"accepted\"} 1\n"
                          "other_x{outcome=\"accepted\"} 1\n"
                          "selfsame_queue_rows 5\n"
                          "selfsame_x{outcome=\"duplicate\"} 10\n"
                          "selfsame_y{outcome=\"accepted\"} 3\n"
                          "selfsame_z{outcome=\"accepted\"} 4\n"),
            "  selfsame_x{outcome=\"accepted\"} 1\n"
            "  selfsame_x{outcome=\"duplicate\"} 10\n"
            "  selfsame_y{outcome=\"accepted\"} 3\n");
  EXPECT_EQ(SampleMetrics(""), "");
}

}  // namespace
}  // namespace selfsame::cli
