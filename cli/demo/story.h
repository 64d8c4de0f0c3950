// The story the demonstration tells: what one person does on a web site, in an app and in a shop's
// books, what must come of each record, and who the person turns out to be.
#ifndef SELFSAME_CLI_DEMO_STORY_H_
#define SELFSAME_CLI_DEMO_STORY_H_

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "selfsame/ingest/v1/ingest.pb.h"
#include "selfsame/profile/v1/profile.pb.h"

namespace selfsame::cli {

struct StoryStep {
  std::string source;
  std::string what;  // For people.
  std::variant<ingest::v1::Event, ingest::v1::ProfileUpdate> record;
  ingest::v1::Outcome expected = ingest::v1::OUTCOME_ACCEPTED;
};

// Who the story is about in one run; another run, another person.
struct Person {
  std::string run;
  std::string first_name;
  std::string last_name;
  std::string customer_id;
  std::string email;
  std::string anonymous_id;
  std::string device_id;
};

Person PersonOfRun(int run);

// The steps, in order. Keys and identifiers hold the run, so that every run is a new story.
std::vector<StoryStep> Story(const Person& person, TimeUs now);

// What the server made of the story.
struct StoryEnd {
  std::vector<ingest::v1::RecordOutcome> outcomes;  // One a step.
  profile::v1::Profile profile;
  profile::v1::ListEventsResponse events;
  profile::v1::GetMergeHistoryResponse history;
};

// Everything that is not as the story has it, in words; empty when all is well.
std::vector<std::string> Surprises(const std::vector<StoryStep>& story, const StoryEnd& end);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_DEMO_STORY_H_
