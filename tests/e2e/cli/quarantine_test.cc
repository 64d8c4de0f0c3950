// Quarantine as operators work it: found, read, corrected, replayed, discarded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/e2e/cli/shop_site.h"

namespace selfsame::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kNowhere = "01890a5d-ac96-774b-bcce-b302099a8057";

// Its id, as the client was told.
std::string Quarantine(ShopSite& site, const std::string& key, const std::string& json) {
  const auto outcome = site.Send(key, json);
  EXPECT_EQ(outcome.outcome(), ingest::v1::OUTCOME_QUARANTINED) << key;
  return outcome.record_id();
}

TEST(CliQuarantineTest, RecordsAreFoundCountedAndShown) {
  ShopSite site;
  site.RegisterOrder();
  const std::string id = Quarantine(site, "k-1", R"({"order_id":"1"})");
  Quarantine(site, "k-2", R"({"order_id":"2","total":1,"country":"Atlantis"})");

  const ToolResult counted = site.RunJson({"quarantine", "count"});
  EXPECT_EQ(counted.Json()["records"], "2");
  EXPECT_EQ(counted.Json()["groups"].size(), 2u);
  const auto lines = site.RunJson({"quarantine", "list", "--reason", "FIELD_REQUIRED"}).JsonLines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0]["quarantine_id"], id);
  EXPECT_EQ(site.RunJson({"quarantine", "list", "--to", "2020-01-01"}).JsonLines().size(), 0u);
  const ToolResult first = site.RunJson({"quarantine", "list", "--limit", "1"});
  EXPECT_EQ(first.JsonLines().size(), 1u);
  EXPECT_THAT(first.errors, HasSubstr("more"));

  const ToolResult shown = site.RunJson({"quarantine", "get", id});
  ASSERT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_EQ(shown.Json()["record"]["payload"]["order_id"], "1");
  EXPECT_EQ(shown.Json()["quarantined"]["violations"][0]["field"], "payload.total");
  EXPECT_THAT(site.Run({"quarantine", "get", id}).output,
              HasSubstr("payload.total  FIELD_REQUIRED"));
  EXPECT_EQ(site.Run({"quarantine", "get", kNowhere}).exit_code, 3);
  EXPECT_EQ(site.Run({"quarantine", "list", "--source", "nobody"}).exit_code, 2);
}

TEST(CliQuarantineTest, AProtobufPayloadIsReadAndItsBytesAreKept) {
  ShopSite site;
  site.RegisterOrder();
  auto event = OrderEvent("k-1", "");
  event.set_protobuf(
      "\x0a\x02"
      "77");  // order_id, and no total.
  const std::string id = site.Send(event).record_id();
  const std::string raw = site.folder() + "/body.bin";
  const ToolResult shown = site.RunJson({"quarantine", "get", id, "--raw", raw});
  ASSERT_EQ(shown.exit_code, 0) << shown.errors;
  EXPECT_EQ(shown.Json()["record"]["payload"]["order_id"], "77");
  EXPECT_EQ(ReadWholeFile(raw), event.SerializeAsString());
  struct stat file {};
  ASSERT_EQ(::stat(raw.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
}

TEST(CliQuarantineTest, ACorrectedCopyIsAcceptedWithItsKey) {
  ShopSite site;
  site.RegisterOrder();
  const std::string id = Quarantine(site, "k-1", R"({"order_id":"1"})");
  const ToolResult half = site.RunJson({"quarantine", "patch", id, "--set", "payload.total=-1"});
  EXPECT_EQ(half.exit_code, 6) << half.errors;
  EXPECT_EQ(half.Json()["violations"][0]["reason"], "OUT_OF_RANGE");

  const ToolResult patched = site.RunJson(
      {"quarantine", "patch", id, "--set", "payload.total=5", "--comment", "asked the shop"});
  ASSERT_EQ(patched.exit_code, 0) << patched.output << patched.errors;
  EXPECT_EQ(patched.Json()["patch_number"], 2);
  EXPECT_THAT(site.Run({"quarantine", "get", id}).output, HasSubstr("asked the shop"));
  EXPECT_EQ(
      site.RunJson({"quarantine", "get", id, "--copy", "2"}).Json()["record"]["payload"]["total"],
      5);
  EXPECT_EQ(site.Run({"quarantine", "get", id, "--copy", "9"}).exit_code, 3);

  const ToolResult replayed = site.RunJson({"quarantine", "replay", "--id", id});
  EXPECT_EQ(replayed.exit_code, 0) << replayed.output << replayed.errors;
  EXPECT_EQ(replayed.Json()["accepted"], 1);
  EXPECT_EQ(site.RunJson({"quarantine", "count"}).Json()["records"], "0");
  const ToolResult profile =
      site.RunJson({"profile", "events", "--identifier", "customer_id=C-k-1"});
  ASSERT_EQ(profile.JsonLines().size(), 1u) << profile.errors;
  EXPECT_EQ(profile.JsonLines()[0]["key"], "k-1");
}

TEST(CliQuarantineTest, AFileThatGetBeganIsTakenByPatch) {
  ShopSite site;
  site.RegisterOrder();
  const std::string id = Quarantine(site, "k-1", R"({"order_id":"1"})");
  auto record =
      nlohmann::ordered_json::parse(site.Run({"quarantine", "get", id, "--record"}).output);
  record["payload"]["total"] = 7;
  const std::string file = site.Write("r.json", record.dump());
  EXPECT_EQ(site.Run({"quarantine", "patch", id, "--file", file}).exit_code, 0);
  record["key"] = "another";
  site.Write("r.json", record.dump());
  const ToolResult other = site.Run({"quarantine", "patch", id, "--file", file});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.errors, HasSubstr("KEY_CHANGED"));
  EXPECT_EQ(site.Run({"quarantine", "patch", id, "--file", site.Write("x.json", "{")}).exit_code,
            2);
}

TEST(CliQuarantineTest, AReplayThatLeavesSomeSaysSoAndGoesThroughAllPages) {
  ShopSite site;
  site.RegisterOrder();
  for (int i = 0; i < 7; ++i) {
    Quarantine(site, "k-" + std::to_string(i), R"({"order_id":"1"})");
  }
  Quarantine(site, "k-7", R"({"total":1})");
  // The next version asks for no total.
  std::string proto = kOrderProto;
  const std::string rule = "class: DATA_CLASS_INTERNAL, required: true, range";
  proto.replace(proto.find(rule), rule.size(), "class: DATA_CLASS_INTERNAL, range");
  site.RegisterOrder(proto);

  const std::vector<std::string> replay = {
      "quarantine", "replay", "--schema", "shop.v1.Order", "--schema-version", "2", "--batch", "3"};
  std::vector<std::string> dry = replay;
  dry.push_back("--dry-run");
  const ToolResult would = site.RunJson(dry);
  EXPECT_EQ(would.exit_code, 6) << would.errors;
  EXPECT_EQ(would.Json()["accepted"], 7);
  EXPECT_EQ(site.RunJson({"quarantine", "count"}).Json()["records"], "8");

  const ToolResult replayed = site.RunJson(replay);
  EXPECT_EQ(replayed.exit_code, 6) << replayed.errors;
  EXPECT_EQ(replayed.Json()["finished"], true);
  EXPECT_EQ(replayed.Json()["accepted"], 7);
  EXPECT_EQ(replayed.Json()["quarantined"], 1);
  EXPECT_EQ(replayed.Json()["reasons"]["FIELD_REQUIRED"], 1);
  EXPECT_EQ(site.RunJson(replay).Json()["records"], 1);  // Only what stayed.
}

TEST(CliQuarantineTest, DiscardedRecordsAreGoneAndAllAreNeverMeantByMistake) {
  ShopSite site;
  site.RegisterOrder();
  Quarantine(site, "k-1", R"({"order_id":"canary-1"})");
  Quarantine(site, "k-2", R"({"order_id":"canary-2"})");
  EXPECT_EQ(site.Run({"quarantine", "discard", "--reason-text", "test"}).exit_code, 2);
  const std::vector<std::string> discard = {"quarantine", "discard",       "--source",
                                            "web",        "--reason-text", "load test"};
  std::vector<std::string> dry = discard;
  dry.push_back("--dry-run");
  EXPECT_EQ(site.RunJson(dry).Json()["discarded"], 2);
  EXPECT_EQ(site.RunJson({"quarantine", "count"}).Json()["records"], "2");
  const ToolResult discarded = site.RunJson(discard);
  EXPECT_EQ(discarded.exit_code, 0) << discarded.errors;
  EXPECT_EQ(discarded.Json()["discarded"], 2);
  EXPECT_EQ(site.RunJson({"quarantine", "count"}).Json()["records"], "0");
  EXPECT_EQ(site.Run({"quarantine", "replay"}).exit_code, 0);  // Nothing to do is no failure.
}

}  // namespace
}  // namespace selfsame::test
