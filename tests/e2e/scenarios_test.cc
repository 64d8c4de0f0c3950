// The identity scenarios that other systems document (vectors/graph/scenarios.json), through the
// real server: what is sent, and who is whom afterwards. Where Selfsame chooses otherwise than the
// scenario says, the row says so, and the README says why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "identity/ruleset.h"
#include "storage/rulesets.h"
#include "tests/e2e/installation.h"
#include "tests/e2e/invariants.h"
#include "tests/e2e/rows.h"
#include "tests/support/data_dir.h"

namespace selfsame::test {
namespace {

using People = std::set<std::string>;  // Each "kind=value kind=value", sorted.

// One scenario. A step is "identifiers [@second] [traits]", an event without traits; "merge a b" is
// the administrator's. Identifiers are "cust=1,anon=a".
struct Scenario {
  const char* id;
  std::vector<const char*> steps;
  People people;
  std::int64_t merges = 0;
  std::map<std::string, std::string> traits = {};  // Of the person of the last step.
  const char* rules = nullptr;                     // "from -> to" in the ruleset that ships.
};

std::string Times(int count, const char* pattern, const char* separator = ";") {
  std::string all;
  for (int i = 1; i <= count; ++i) {
    std::string one = pattern;
    for (std::size_t at; (at = one.find('#')) != std::string::npos;) {
      one.replace(at, 1, std::to_string(i));
    }
    all += (i == 1 ? "" : separator) + one;
  }
  return all;
}

People Kiosk() {
  People people = {"device_id=KIOSK"};
  for (int i = 1; i <= 50; ++i) {
    const std::string n = std::to_string(i);
    people.insert("customer_id=c_" + n + " email=e_" + n + "@x.com");
  }
  return people;
}

std::string FiveEmails() {
  std::string person = "customer_id=u1";
  for (int i = 1; i <= 5; ++i) person += " email=e" + std::to_string(i) + "@x.com";
  return person;
}

std::string FiftyMerged() {
  std::vector<std::string> ids = {"customer_id=u1"};
  for (int i = 1; i <= 100; ++i) ids.push_back("anonymous_id=a" + std::to_string(i) + "x");
  std::sort(ids.begin(), ids.end());
  std::string person;
  for (const std::string& id : ids) person += (person.empty() ? "" : " ") + id;
  return person;
}

std::vector<Scenario> FirstMeetings() {
  return {
      {"G01",
       {"anon=anon_123", "cust=use_123,anon=anon_123"},
       {"anonymous_id=anon_123 customer_id=use_123"}},
      {"G02",
       {"anon=anon_123,device=ios_abc123", "anon=anon_123,device=ios_abc123",
        "cust=abc123def,anon=anon_123,device=ios_abc123,email=janedoe@example.com",
        "cust=abc123def,anon=anon_456,device=and_1a2b3c4d",
        "cust=abc123def,anon=anon_789,device=and_1a2b3c4d"},
       {"anonymous_id=anon_123 anonymous_id=anon_456 anonymous_id=anon_789 customer_id=abc123def "
        "device_id=and_1a2b3c4d device_id=ios_abc123 email=janedoe@example.com"}},
      {"G03",
       {"anon=5285 @1", "anon=5285,email=jane.kim@segment.com @47", "anon=b50e @100",
        "anon=b50e,email=jane.kim@segment.com @145"},
       {"anonymous_id=5285 anonymous_id=b50e email=jane.kim@segment.com"},
       1},
      {"G04",
       {"anon=zero @0", "anon=5285 @1", "anon=5285,email=jane.kim@segment.com @47",
        "anon=b50e @100", "anon=b50e,email=jane.kim@segment.com @145",
        "anon=zero,email=jane.kim@segment.com @200"},
       {"anonymous_id=5285 anonymous_id=b50e anonymous_id=zero email=jane.kim@segment.com"},
       2},
      {"G05",
       {"cust=abc123,email=jane@example1.com @1", "cust=abc456,email=jane@example1.com @2"},
       {"customer_id=abc123 email=jane@example1.com", "customer_id=abc456"},
       0,
       {},
       // The value is one that the ruleset that ships blocks.
       R"("abc123", "anonymous" -> "anonymous")"},
      {"G06",
       {"cust=u1,anon=a1 @1", "cust=u2,anon=a1 @2"},
       {"anonymous_id=a1 customer_id=u1", "customer_id=u2"}}};
}

std::vector<Scenario> KiosksAndLimits() {
  static const std::string kKiosk = Times(50, "cust=c_#,email=e_#@x.com,device=KIOSK");
  static const std::string kSessions = Times(20, "device=KIOSK,anon=s#x @#");
  static const std::string kEmails = Times(6, "cust=u1,email=e#@x.com @#");
  static const std::string kAnonymous = Times(101, "anon=a#x @#");
  static const std::string kMerging = Times(101, "cust=u1,anon=a#x @20#");
  return {
      // At the third customer the device has left everybody, not only those after the first.
      {"G07", {kKiosk.c_str()}, Kiosk()},
      {"G08",
       {kSessions.c_str(), "cust=c1,device=KIOSK,anon=s20x @30", "cust=c2,device=KIOSK @40"},
       {[] {
          std::vector<std::string> ids = {"customer_id=c1", "device_id=KIOSK"};
          for (int i = 1; i <= 20; ++i) ids.push_back("anonymous_id=s" + std::to_string(i) + "x");
          std::sort(ids.begin(), ids.end());
          std::string person;
          for (const auto& id : ids) person += (person.empty() ? "" : " ") + id;
          return person;
        }(),
        "customer_id=c2"}},
      {"G09",
       {"cust=0000-0000,email=a@x.com", "cust=-1,email=b@x.com", "cust=null,email=c@x.com",
        "cust=anonymous,email=d@x.com"},
       {"email=a@x.com", "email=b@x.com", "email=c@x.com", "email=d@x.com"}},
      {"G10",
       {"cust=[object Object],email=u1@x.com", "cust={{user_id}},email=u2@x.com",
        "cust=0,email=u3@x.com", "cust=user_1,email=u4@x.com"},
       {"email=u1@x.com", "email=u2@x.com", "email=u3@x.com", "customer_id=user_1 email=u4@x.com"}},
      // Quarantined, so that it can be repaired, rather than accepted for nobody.
      {"G11", {"anon=00000000-0000-0000-0000-000000000000"}, {}},
      {"G12", {kEmails.c_str()}, {FiveEmails(), "email=e6@x.com"}},
      {"G13",
       {"cust=u,anon=a1 @0", "cust=u,anon=a2 @1", "cust=u,anon=a3 @2", "cust=u,anon=a4 @3",
        "cust=u,anon=a5 @4", "cust=u,anon=a6 @259200", "cust=u,anon=a7 @691200"},
       {"anonymous_id=a1 anonymous_id=a2 anonymous_id=a3 anonymous_id=a4 anonymous_id=a5 "
        "anonymous_id=a7 customer_id=u",
        "anonymous_id=a6"},
       0,
       {},
       "limit = 50\nshared_above = 5 -> limit = 5\nper = \"7d\"\nshared_above = 5"},
      // A limit on how many there are, not on how often they merged: the first hundred stay.
      {"G14",
       {kAnonymous.c_str(), kMerging.c_str()},
       {FiftyMerged(), "anonymous_id=a101x"},
       99,
       {},
       "limit = 50\nshared_above = 5 -> limit = 100\nshared_above = 5"}};
}

std::vector<Scenario> Traits() {
  return {{"G15",
           {R"(anon=a1 @1 {"plan":"free"})", R"(anon=a1 @3 {"city":"Rome"})",
            R"(email=e@x.com @2 {"plan":"pro"})", "anon=a1,email=e@x.com @4"},
           {"anonymous_id=a1 email=e@x.com"},
           1,
           {{"plan", "pro"}, {"city", "Rome"}}},
          {"G16",
           {R"(cust=u1 @1 {"plan":"1"})", R"(cust=u1 @2 {} plan:UNSET)",
            R"(cust=u1 @3 {"city":""})", R"(cust=u1 @0 {"plan":"5"})"},
           {"customer_id=u1"},
           0,
           {{"city", ""}}}};
}

std::vector<Scenario> MergesAndRaces() {
  return {
      {"G20", {"cust=new,anon=old"}, {"anonymous_id=old customer_id=new"}},
      {"G21", {"anon=old", "cust=new,anon=old"}, {"anonymous_id=old customer_id=new"}},
      {"G22",
       {"anon=old @1", "cust=new @2", "cust=new,anon=old @3"},
       {"anonymous_id=old customer_id=new"},
       1},
      {"G23",
       {"cust=old", "cust=new", "cust=new,cust=old"},
       {"customer_id=new", "customer_id=old"}},
      {"G24", {"cust=A", "cust=B", "cust=B,cust=A"}, {"customer_id=A", "customer_id=B"}},
      {"G25",
       {"cust=A", "cust=B", "merge customer_id=B customer_id=A", "cust=A,email=e@x.com"},
       {"customer_id=A customer_id=B email=e@x.com"},
       1},
      {"G26",
       {R"(anon=old @1 {"plan":"1","city":"2"})", R"(cust=new @2 {"city":"3","last_name":"Four"})",
        R"(cust=new,anon=old @3 {"first_name":"Six","plan":"8"} plan:SET_ONCE)"},
       {"anonymous_id=old customer_id=new"},
       1,
       {{"plan", "1"}, {"city", "3"}, {"last_name", "Four"}, {"first_name", "Six"}}},
      {"G27",
       {"cust=,anon=x", "cust=   ,anon=x", "cust=null,anon=x", "cust=undefined,anon=x",
        "cust=\"undefined\",anon=x", "cust=[object Object],anon=x", "cust=false,anon=x",
        "cust=ok,anon=null", "cust=ok,anon=[object Object]"},
       {"anonymous_id=x", "customer_id=ok"}},
      {"G28",
       {"anon=A", "anon=B", "merge anonymous_id=A anonymous_id=B",
        "merge anonymous_id=A anonymous_id=B", "merge anonymous_id=B anonymous_id=A"},
       {"anonymous_id=A anonymous_id=B"},
       1},
      {"G29", {"anon=new", "cust=old,anon=new"}, {"anonymous_id=new customer_id=old"}},
      {"G30",
       {"cust=P1", "anon=P2", "anon=P2,cust=P1", R"(cust=P1 @5 {"plan":"7"})"},
       {"anonymous_id=P2 customer_id=P1"},
       1,
       {{"plan", "7"}}},
      // What hangs on identifiers is found through them: nothing is moved, so nothing conflicts.
      {"G31",
       {R"(anon=P1 @1 {"city":"York"})", R"(cust=P2 @2 {"city":"Hull"})", "cust=P2,anon=P1 @3"},
       {"anonymous_id=P1 customer_id=P2"},
       1,
       {{"city", "Hull"}}}};
}

const std::vector<Scenario>& Scenarios() {
  static const std::vector<Scenario> kScenarios = [] {
    std::vector<Scenario> all;
    for (const auto& part : {FirstMeetings(), KiosksAndLimits(), Traits(), MergesAndRaces()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return kScenarios;
}

class ScenarioTest : public InstallationTest {
 protected:
  static std::string KindOf(const std::string& name) {
    static const std::map<std::string, std::string> kKinds = {{"cust", "customer_id"},
                                                              {"anon", "anonymous_id"},
                                                              {"device", "device_id"},
                                                              {"email", "email"}};
    return kKinds.at(name);
  }

  template <typename Builder>
  void Identify(Builder& record, const std::string& identifiers) {
    std::stringstream list(identifiers);
    for (std::string one; std::getline(list, one, ',');) {
      const std::size_t equals = one.find('=');
      const std::string kind = KindOf(one.substr(0, equals));
      record.With(kind, one.substr(equals + 1));
      if (last_.empty()) last_ = kind + "=" + one.substr(equals + 1);
    }
  }

  void Merge(const std::string& names) {
    const std::size_t space = names.find(' ');
    const auto ref = [](const std::string& name) {
      return ByIdentifier(name.substr(0, name.find('=')), name.substr(name.find('=') + 1));
    };
    identity::v1::MergeProfilesRequest request;
    *request.mutable_profile() = ref(names.substr(0, space));
    *request.mutable_other() = ref(names.substr(space + 1));
    request.mutable_decision()->set_actor("ann");
    request.mutable_decision()->set_reason("the scenario says so");
    request.set_override_limits(true);
    EXPECT_TRUE(client_.MergeProfiles(request).ok());
  }

  void Step(const std::string& step) {
    if (step.rfind("merge ", 0) == 0) return Merge(step.substr(6));
    const std::size_t brace = step.find(" {\"");
    const std::size_t empty = step.find(" {} ");
    const std::size_t json = std::min(brace, empty);
    std::string head = step.substr(0, json);
    std::int64_t second = ++seconds_;
    if (const std::size_t at = head.find(" @"); at != std::string::npos) {
      second = std::stoll(head.substr(at + 2));
      head = head.substr(0, at);
    }
    last_.clear();
    const std::string key = "k" + std::to_string(++keys_);
    const TimeUs time = kSomeTime + std::chrono::seconds(second);
    if (json == std::string::npos) {
      EventBuilder event(key);
      event.At(time);
      Identify(event, head);
      Track(event);
      return;
    }
    Send(key, time, head, step.substr(json + 1));
  }

  // "{json} field:OPERATION".
  void Send(const std::string& key, TimeUs time, const std::string& head, const std::string& rest) {
    const std::size_t end = rest.rfind('}') + 1;
    UpdateBuilder update(key);
    update.At(time).Json(rest.substr(0, end));
    Identify(update, head);
    auto built = update.Build();
    if (end < rest.size()) {
      const std::string operation = rest.substr(end + 1);
      const std::size_t colon = operation.find(':');
      auto value = ingest::v1::ATTRIBUTE_OPERATION_UNSPECIFIED;
      ASSERT_TRUE(ingest::v1::AttributeOperation_Parse(
          "ATTRIBUTE_OPERATION_" + operation.substr(colon + 1), &value));
      (*built.mutable_operations())[operation.substr(0, colon)] = value;
    }
    const auto outcome =
        SendUntilSettled(client_, Updates({built}), Deadline::After(kPatience)).at(0);
    EXPECT_EQ(outcome.outcome(), ingest::v1::OUTCOME_ACCEPTED) << outcome.DebugString();
  }

  void UseRules(const std::string& change) {
    const std::size_t arrow = change.find(" -> ");
    const std::string from = change.substr(0, arrow);
    std::string rules(identity::DefaultRulesetToml());
    const std::size_t at = rules.find("[kinds.anonymous_id]");
    rules.replace(rules.find(from, at), from.size(), change.substr(arrow + 4));
    Must(storage::ActivateRuleset(database_->owner(), "acme", rules,
                                  {.actor = "ann", .reason = "the scenario's"}));
    // Every server goes by it within a second: two of its looks at the directory.
    const Deadline deadline = Deadline::After(std::chrono::seconds(2));
    while (!deadline.Expired()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }

  // Every person that exists, as storage has them, by the names that clients gave.
  People Stored(const Scenario& scenario) {
    std::set<std::string> names;
    for (const std::string& person : scenario.people) {
      std::stringstream list(person);
      for (std::string name; list >> name;) names.insert(name);
    }
    People people;
    for (const std::string& name : names) {
      auto members = MembersOf(name.substr(0, name.find('=')), name.substr(name.find('=') + 1));
      std::sort(members.begin(), members.end());
      std::string person;
      for (const auto& member : members) person += (person.empty() ? "" : " ") + member;
      people.insert(person);
    }
    return people;
  }

  void Run(const Scenario& scenario) {
    if (scenario.rules != nullptr) UseRules(scenario.rules);
    for (const std::string steps : scenario.steps) {
      std::stringstream list(steps);
      for (std::string step; std::getline(list, step, ';');) Step(step);
    }
    EXPECT_EQ(Stored(scenario), scenario.people);
    EXPECT_EQ(CountOf(*database_, "profiles"), static_cast<std::int64_t>(scenario.people.size()));
    EXPECT_EQ(CountOf(*database_, "merge_history WHERE action = 1"), scenario.merges);
    if (!scenario.traits.empty()) {
      const auto profile = GetProfile(
          ByIdentifier(last_.substr(0, last_.find('=')), last_.substr(last_.find('=') + 1)));
      std::map<std::string, std::string> traits;
      for (const auto& [name, attribute] : profile.attributes())
        traits[name] = attribute.value().string_value();
      EXPECT_EQ(traits, scenario.traits);
    }
  }

  std::int64_t seconds_ = 0;
  int keys_ = 0;
  std::string last_;  // The strongest-named identifier of the last record.
};

class EachScenario : public ScenarioTest, public testing::WithParamInterface<Scenario> {};

TEST_P(EachScenario, MakesThesePeople) { Run(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Graph, EachScenario, testing::ValuesIn(Scenarios()),
                         [](const auto& info) { return std::string(info.param.id); });

TEST(ScenarioTable, HasEveryScenarioOfTheVectors) {
  const auto path = DataFile("vectors/graph/scenarios.json");
  if (!path) GTEST_SKIP() << "no data folder: set SELFSAME_DATA_DIR";
  std::ifstream in(*path);
  const nlohmann::json file = nlohmann::json::parse(in);
  std::set<std::string> expected, ours;
  for (const auto& scenario : file["scenarios"]) expected.insert(scenario["id"]);
  for (const Scenario& scenario : Scenarios()) ours.insert(scenario.id);
  EXPECT_EQ(ours, expected);
}

}  // namespace
}  // namespace selfsame::test
