#include "cli/profile_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/proto_json.h"

namespace selfsame::cli {
namespace {

profile::v1::Profile Ada() {
  profile::v1::Profile profile;
  profile.set_profile_id("0190");
  profile.set_revision(4);
  profile.mutable_created_at()->set_seconds(0);
  profile.mutable_updated_at()->set_seconds(60);
  auto* email = profile.add_identifiers();
  email->set_kind("email");
  email->set_value("ada@example.com");
  email->mutable_first_seen_at()->set_seconds(0);
  auto& attributes = *profile.mutable_attributes();
  attributes["city"].mutable_value()->set_string_value("Leeds");
  attributes["city"].set_source("web");
  attributes["city"].mutable_event_time()->set_seconds(60);
  attributes["age"].mutable_value()->set_number_value(36);
  attributes["age"].set_source("crm");
  attributes["age"].mutable_event_time()->set_seconds(0);
  return profile;
}

TEST(ProfileTextTest, TheCardShowsWhereEveryValueComesFrom) {
  EXPECT_EQ(ProfileCard(Ada()),
            "profile   0190\n"
            "revision  4\n"
            "created   1970-01-01T00:00:00Z\n"
            "updated   1970-01-01T00:01:00Z\n"
            "\n"
            "IDENTIFIER  VALUE            FIRST SEEN\n"
            "email       ada@example.com  1970-01-01T00:00:00Z\n"
            "\n"
            "ATTRIBUTE  VALUE  SOURCE  AS OF\n"
            "age        36     crm     1970-01-01T00:00:00Z\n"
            "city       Leeds  web     1970-01-01T00:01:00Z\n");
}

TEST(ProfileTextTest, EventsAndHistoryAreOneLineEach) {
  profile::v1::ListEventsResponse events;
  auto* event = events.add_events();
  event->set_source("web");
  event->set_key("k1");
  event->set_schema("a.v1.B");
  event->set_schema_version(1);
  event->mutable_event_time()->set_seconds(0);
  (*event->mutable_payload()->mutable_fields())["url"].set_string_value("/");
  EXPECT_EQ(EventTable(events),
            "TIME                  SOURCE  SCHEMA     KEY  PAYLOAD\n"
            "1970-01-01T00:00:00Z  web     a.v1.B v1  k1   {\"url\":\"/\"}\n");

  profile::v1::GetMergeHistoryResponse history;
  auto* entry = history.add_entries();
  entry->mutable_at()->set_seconds(0);
  entry->set_action(profile::v1::MergeHistoryEntry::ACTION_MERGED);
  entry->add_before("p1");
  entry->add_before("p2");
  entry->add_after("p1");
  entry->set_rule("SEEN_TOGETHER");
  entry->set_kind_a("email");
  entry->set_kind_b("device_id");
  entry->set_history_id("h1");
  EXPECT_EQ(HistoryTable(history),
            "TIME                  ACTION  RULE           EVIDENCE           HISTORY ID  "
            "BEFORE -> AFTER\n"
            "1970-01-01T00:00:00Z  MERGED  SEEN_TOGETHER  email ~ device_id  h1          "
            "p1 + p2 -> p1\n");
  auto* decided = history.add_entries();
  *decided = *entry;
  decided->set_history_id("h2");
  decided->set_rule("MERGED_BY_HAND");
  decided->set_operation_id("o1");
  decided->set_actor("ann");
  decided->set_reason("called us");
  EXPECT_EQ(HistoryTable(history),
            "TIME                  ACTION  RULE            EVIDENCE           WHO  WHY        "
            "HISTORY ID  BEFORE -> AFTER\n"
            "1970-01-01T00:00:00Z  MERGED  SEEN_TOGETHER   email ~ device_id  -    -          "
            "h1          p1 + p2 -> p1\n"
            "1970-01-01T00:00:00Z  MERGED  MERGED_BY_HAND  email ~ device_id  ann  called us  "
            "h2          p1 + p2 -> p1\n");
}

TEST(ProfileTextTest, JsonIsTheSameForTheSameMessage) {
  const auto json = ProtoJson(Ada());
  EXPECT_EQ(json["revision"], "4");
  EXPECT_EQ(json["attributes"]["city"]["value"], "Leeds");
  std::vector<std::string> names;
  for (const auto& [name, value] : json["attributes"].items()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"age", "city"}));
  EXPECT_EQ(json.dump(), ProtoJson(Ada()).dump());
}

}  // namespace
}  // namespace selfsame::cli
