// Random histories of records and decisions through the whole server, against a plain model of who
// is one person, and its replies against each other (INV-4, INV-5): the present, the explanation
// and the past of this moment are one. Many histories at once, which meet nowhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "storage/rulesets.h"
#include "tests/e2e/fold_invariant.h"
#include "tests/e2e/rows.h"
#include "tests/integration/edge/history_decisions.h"
#include "tests/support/seed.h"

namespace selfsame::test {
namespace {

constexpr int kHistoriesARound = 100;
constexpr int kAskedOfAll = 8;  // The replies of one history of so many are compared.

// How many histories are tried: $SELFSAME_HISTORIES, or few enough for every run of the tests.
int RoundCount() {
  const char* given = std::getenv("SELFSAME_HISTORIES");
  return std::max(1, (given == nullptr ? 100 : std::atoi(given)) / kHistoriesARound);
}

class DecidedHistory : public HistoryDecisions {
 protected:
  // The people that are stored, by any of their nodes.
  std::map<std::string, Person> Stored() {
    std::map<std::string, Person> by_profile;
    for (const Row& row :
         Rows(*database_,
              fmt::format("SELECT profile_id, node_id FROM identifiers WHERE tenant_id = {}",
                          seeded_.tenant.value))) {
      by_profile[row[0]].insert(row[1]);
    }
    std::map<std::string, Person> by_node;
    for (const auto& [profile, person] : by_profile) {
      for (const std::string& node : person) by_node[node] = person;
    }
    return by_node;
  }

  static std::string Written(const History& history, const std::set<Person>& people) {
    std::string text;
    for (const Person& person : people) {
      text += " {";
      for (const std::string& node : person) {
        const auto found = history.names.find(node);
        text += " " + (found == history.names.end() ? node : found->second.value);
      }
      text += " }";
    }
    return text;
  }

  void ComparePeople(std::vector<History>& histories, const char* when) {
    const std::map<std::string, Person> stored = Stored();
    ForAll(histories, [&](History& history) {
      std::set<Person> people;
      for (const auto& [node, name] : history.names) {
        const auto found = stored.find(node);
        people.insert(found == stored.end() ? Person() : found->second);
      }
      const std::set<Person> expected = history.people.People();
      if (people == expected) return;
      history.Fail(fmt::format("people {}:\n  expected{}\n  stored  {}", when,
                               Written(history, expected), Written(history, people)));
    });
  }

  static PlainRules AnyRules(std::mt19937_64& random) {
    const auto any = [&](int least, int most) {
      return least + static_cast<int>(random() % static_cast<unsigned>(most - least + 1));
    };
    return {{"customer_id", {.priority = 1, .limit = 1}},
            {"email", {.priority = 2, .limit = any(2, 5), .shared_above = any(1, 3)}},
            {"device_id", {.priority = 4, .limit = any(2, 4), .shared_above = any(1, 3)}},
            {"anonymous_id", {.priority = 5, .limit = any(2, 5), .shared_above = any(1, 3)}}};
  }

  // Puts them in force, since long ago, and waits until the server goes by them.
  void Activate(const PlainRules& rules) {
    std::string toml(identity::DefaultRulesetToml());
    for (const auto& [kind, rule] : rules) {
      if (kind == "customer_id") continue;
      const std::size_t begin = toml.find("[kinds." + kind + "]");
      const std::size_t end = toml.find("\n[", begin + 1);
      toml.replace(begin, end - begin,
                   fmt::format("[kinds.{}]\npriority = {}\nlimit = {}\nshared_above = {}\n{}", kind,
                               rule.priority, rule.limit, rule.shared_above,
                               kind == "email" ? "canonical = \"email\"\n" : ""));
    }
    toml += fmt::format("\n# {}\n", ++activations_);
    version_ = Must(storage::ActivateRuleset(database_->owner(), seeded_.name, toml,
                                             {.actor = "ann", .reason = "a test"}));
    Rows(*database_,
         "UPDATE ruleset_activations SET activated_at = activated_at - interval '1 hour' "
         "RETURNING 1");
    // What commits was resolved by them: so is all that comes after it.
    const std::string probe = fmt::format("probe{}", activations_);
    const auto reply = Insist([&] {
      return client().Track(Events(
          {EventBuilder(probe).With("customer_id", probe).With("device_id", probe).Build()}));
    });
    EXPECT_TRUE(reply.ok()) << reply.status.message;
  }

  identity::v1::ReresolveRequest ReresolveRequest() const {
    auto request = Decided<identity::v1::ReresolveRequest>();
    request.set_ruleset_version(version_);
    return request;
  }

  // All pages; false where it failed.
  bool Reresolve(bool is_dry) {
    auto request = ReresolveRequest();
    request.set_dry_run(is_dry);
    do {
      const auto reply = Insist([&] { return client().Reresolve(request); });
      if (!reply.ok()) return false;
      request.set_batch_id(is_dry ? "" : reply.response.batch_id());
      request.set_page_token(reply.response.next_page_token());
    } while (!request.page_token().empty());
    return true;
  }

  // Twelve updates of one customer in few seconds, so that they tie, by any source; first to last,
  // and shuffled under the other mark.
  void SendInTwoOrders(History& history) {
    std::vector<std::pair<std::size_t, ingest::v1::ProfileUpdate>> updates;
    for (int i = 0; i < 12; ++i) {
      const std::string number = std::to_string(history.Any(3));
      const bool is_city = history.Any(3) != 0;
      UpdateBuilder update(fmt::format("{}.{}", history.mark, i));
      update.Json(is_city ? R"({"city":"c)" + number + R"("})"
                          : R"({"interests":["i)" + number + R"("]})");
      update.At(TimeUs{(1'600'000'000 + static_cast<std::int64_t>(history.Any(6))) * 1'000'000});
      auto built = update.With("customer_id", history.mark + ".").Build();
      if (!is_city) {
        (*built.mutable_operations())["interests"] = ingest::v1::ATTRIBUTE_OPERATION_APPEND;
      } else if (history.Any(5) == 0) {
        (*built.mutable_operations())["city"] = ingest::v1::ATTRIBUTE_OPERATION_SET_ONCE;
      }
      updates.emplace_back(history.Any(sources_.size()), std::move(built));
    }
    const auto send_all = [&] {
      for (const auto& [source, update] : updates) Send(history, source, {{}, {update}});
    };
    send_all();
    for (auto& [source, update] : updates) {
      update.mutable_key()->front() = 'r';
      update.mutable_identifiers(0)->mutable_value()->front() = 'r';
    }
    std::shuffle(updates.begin(), updates.end(), history.random);
    send_all();
  }

  // What is stored of each customer, as it is written, by the customer's mark. Ids of records, of
  // which each record has another, are replaced by the number in the record's key.
  std::map<std::string, std::string> BytesByMark() {
    std::map<std::string, std::string> bytes;
    std::map<std::string, std::string> numbers;
    std::map<std::string, std::string> profiles;
    for (const Row& row : Rows(*database_, R"(
             SELECT r.record_id, r.key, i.profile_id, p.attributes::text || p.provenance::text
             FROM records AS r
             JOIN identifiers AS i ON i.tenant_id = r.tenant_id AND i.node_id = r.anchor
             JOIN profiles AS p ON p.tenant_id = i.tenant_id AND p.profile_id = i.profile_id)")) {
      const std::size_t dot = row[1].find('.') + 1;
      numbers[row[0]] = row[1].substr(dot);
      profiles[row[1].substr(0, dot)] = row[3];
    }
    for (const auto& [mark, text] : profiles) {
      std::string written = text;
      std::string own_key = mark;
      for (std::size_t at = 0; (at = written.find(own_key, at)) != std::string::npos; ++at) {
        written[at] = '_';
      }
      for (const auto& [record, number] : numbers) {
        const std::size_t at = written.find(record);
        if (at != std::string::npos) written.replace(at, record.size(), "record " + number);
      }
      bytes[mark] = written;
    }
    return bytes;
  }

  // The same people by the explanation, as of this moment, and as known at this moment; what the
  // model knows of the city.
  void AskAll(History& history) {
    for (const Person& person : history.people.People()) {
      const Name& any = history.names.at(*person.begin());
      profile::v1::GetProfileRequest get;
      *get.mutable_profile() = any.Ref();
      const auto now = client().GetProfile(get);
      if (!now.ok()) return history.Fail("GetProfile: " + now.status.message);
      const profile::v1::Profile& profile = now.response.profile();
      auto at = get;
      SetNow(*at.mutable_at());
      ComparePast(history, profile, client().GetProfile(at), "at");
      auto known_at = get;
      SetNow(*known_at.mutable_known_at());
      ComparePast(history, profile, client().GetProfile(known_at), "known_at");
      for (const auto& [attribute, value] : profile.attributes()) {
        CompareExplained(history, any, attribute, value);
      }
      CompareCity(history, person, profile);
    }
  }

  static void SetNow(google::protobuf::Timestamp& time) {
    const TimeUs now = Now();
    time.set_seconds(now.us / 1'000'000);
    time.set_nanos(static_cast<int>(now.us % 1'000'000 * 1000));
  }

  // What a reply says that another says as well.
  static std::string Said(const profile::v1::Profile& profile) {
    std::set<std::string> lines = {profile.profile_id()};
    for (const auto& one : profile.identifiers()) {
      lines.insert(one.kind() + "=" + one.value() + (one.shared() ? " shared" : ""));
    }
    for (const auto& [name, attribute] : profile.attributes()) {
      lines.insert(name + ": " + attribute.ShortDebugString());
    }
    std::string text;
    for (const std::string& line : lines) text += "    " + line + "\n";
    return text;
  }

  static void ComparePast(History& history, const profile::v1::Profile& present,
                          const Reply<profile::v1::GetProfileResponse>& past, const char* how) {
    if (!past.ok()) return history.Fail(std::string(how) + ": " + past.status.message);
    if (Said(past.response.profile()) == Said(present)) return;
    history.Fail(fmt::format("the present:\n{}  {} now:\n{}", Said(present), how,
                             Said(past.response.profile())));
  }

  void CompareExplained(History& history, const Name& any, const std::string& name,
                        const profile::v1::Attribute& attribute) {
    identity::v1::ExplainAttributeRequest request;
    *request.mutable_profile() = any.Ref();
    request.set_attribute(name);
    const auto reply = client().ExplainAttribute(request);
    if (!reply.ok() || reply.response.claims().empty()) {
      return history.Fail("ExplainAttribute " + name + ": " + reply.status.message);
    }
    const auto text = [](const auto& value, const auto& from) {
      return fmt::format("{} of {} at {}, record {}", value.ShortDebugString(), from.source(),
                         from.event_time().ShortDebugString(), from.record_id());
    };
    const auto& first = reply.response.claims(0);
    const std::string got = text(attribute.value(), attribute);
    const std::string explained = text(reply.response.value(), first);
    if (got == explained && first.verdict() == "WINS") return;
    history.Fail(
        fmt::format("{} is {}\n  explained: {} {}", name, got, first.verdict(), explained));
  }

  void CompareCity(History& history, const Person& person, const profile::v1::Profile& profile) {
    const PlainClaim* claim = history.people.Latest(person);
    const auto found = profile.attributes().find("city");
    if (claim == nullptr && found == profile.attributes().end()) return;
    const std::string got =
        found == profile.attributes().end()
            ? "nothing"
            : fmt::format("{} {} {} {}", found->second.value().string_value(),
                          found->second.source(), found->second.event_time().seconds(),
                          found->second.record_id());
    const std::string expected =
        claim == nullptr ? "nothing"
                         : fmt::format("{} {} {} {}", claim->value,
                                       sources_[static_cast<std::size_t>(claim->source)].name,
                                       claim->time, history.record_ids[claim->key]);
    if (got != expected) history.Fail("city is " + got + ", expected " + expected);
  }

  // Limits alone, lower ones, once evidence has come that they judge: nobody is parted.
  void Tighten(std::vector<History>& histories, PlainRules& rules) {
    for (auto& [kind, rule] : rules) rule.limit = std::min(rule.limit, 2);
    Activate(rules);
    std::vector<std::set<Person>> before(histories.size());
    ForAll(histories, [&](History& history) {
      before[static_cast<std::size_t>(&history - histories.data())] = history.people.People();
      Batch batch;
      for (int i = 0; i < 2; ++i) {
        const Name fresh = NameOf("anonymous_id", fmt::format("fresh{}{}", i, history.mark));
        AddRecord(history, 0, {AnyKnown(history), fresh}, batch);
      }
      Send(history, 0, batch);
    });
    const std::map<std::string, Person> stored = Stored();
    ForAll(histories, [&](History& history) {
      for (const Person& person : before[static_cast<std::size_t>(&history - histories.data())]) {
        const Person& now = stored.at(*person.begin());
        if (std::includes(now.begin(), now.end(), person.begin(), person.end())) continue;
        history.Fail("lower limits parted" + Written(history, {person}) + " to" +
                     Written(history, {now}));
      }
    });
  }

  void ReresolveBy(std::vector<History>& histories, const PlainRules& rules) {
    const auto all = [&] {
      std::string sums;
      for (const char* table : {"identifiers", "profiles", "edges", "merge_history", "outbox"}) {
        sums += ChecksumOf(*database_, table) + " ";
      }
      return sums;
    };
    const std::string before = all();
    EXPECT_TRUE(Reresolve(true));
    EXPECT_EQ(all(), before) << "a dry run changed something";
    EXPECT_TRUE(Reresolve(false));
    for (History& history : histories) history.people.SetRules(rules);
  }

  // The shortest of the histories that went wrong, if any.
  static std::string Story(const std::vector<History>& histories) {
    const History* shortest = nullptr;
    int wrong = 0;
    for (const History& history : histories) {
      if (history.wrong.empty()) continue;
      ++wrong;
      if (shortest == nullptr || history.steps.size() < shortest->steps.size()) {
        shortest = &history;
      }
    }
    if (shortest == nullptr) return "";
    std::string text =
        fmt::format("{} of {} histories; history {}:\n", wrong, histories.size(), shortest->mark);
    for (const std::string& step : shortest->steps) text += "  " + step + "\n";
    return text + shortest->wrong;
  }

  int activations_ = 0;
  int version_ = 0;
};

TEST_F(DecidedHistory, PeopleAndRepliesAreWhatAPlainModelSays) {
  std::mt19937_64 random(Seed());
  std::vector<History> histories;
  for (int round = 0; round < RoundCount() && Story(histories).empty(); ++round) {
    NewTenant(fmt::format("t{}", round));
    PlainRules rules = AnyRules(random);
    Activate(rules);
    histories.clear();
    histories.reserve(kHistoriesARound);
    for (int i = 0; i < kHistoriesARound; ++i) {
      histories.emplace_back(round * kHistoriesARound + i, random(), rules);
    }
    ForAll(histories, [&](History& history) {
      for (int step = 0; step < 8; ++step) {
        const bool decides = !history.names.empty() && history.Any(5) < 3;
        if (decides) {
          DecideSome(history);
        } else {
          SendSome(history);
        }
      }
    });
    ComparePeople(histories, "after decisions one by one");
    ForAll(histories, [&](History& history) { Race(history); });
    TakeDecisions(histories);
    ComparePeople(histories, "after decisions that raced records");
    Tighten(histories, rules);
    ReresolveBy(histories, rules);
    ComparePeople(histories, "after a reresolve by lower limits");
    rules = AnyRules(random);
    Activate(rules);
    ReresolveBy(histories, rules);
    ComparePeople(histories, "after a reresolve by other rules");
    ForAll(histories, [&](History& history) {
      if (history.Any(kAskedOfAll) == 0) AskAll(history);
    });
    EXPECT_EQ(Story(histories), "") << "round " << round;
  }
  EXPECT_EQ(ProfilesThatAreNoFold(*database_), 0);
  EXPECT_EQ(DeadlocksOf(*database_), 0);  // INV-6
}

TEST_F(DecidedHistory, ProvenanceIsTheSameByteForByteInAnyOrder) {
  std::mt19937_64 random(Seed());
  NewTenant("bytes");
  std::vector<History> histories;
  histories.reserve(kHistoriesARound);
  for (int i = 0; i < kHistoriesARound; ++i) histories.emplace_back(i, random(), AnyRules(random));
  // Each in two orders, as histories of two marks: "h12" and "r12".
  ForAll(histories, [&](History& history) { SendInTwoOrders(history); });
  const std::map<std::string, std::string> bytes = BytesByMark();
  for (const History& history : histories) {
    const std::string mark = history.mark.substr(1) + ".";
    if (bytes.at("h" + mark) != bytes.at("r" + mark)) {
      ADD_FAILURE() << mark << ": " << history.wrong << "\n  " << bytes.at("h" + mark) << "\n  "
                    << bytes.at("r" + mark);
      break;
    }
  }
}

}  // namespace
}  // namespace selfsame::test
