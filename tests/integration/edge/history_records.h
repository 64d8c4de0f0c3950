// Records of random histories: sent to the server, and told to the model.
// Many histories at once, which meet nowhere.
#ifndef SELFSAME_TESTS_INTEGRATION_EDGE_HISTORY_RECORDS_H_
#define SELFSAME_TESTS_INTEGRATION_EDGE_HISTORY_RECORDS_H_

#include <algorithm>
#include <map>
#include <random>
#include <thread>

#include "base/uuid.h"
#include "identity/node_id.h"
#include "storage/tenants.h"
#include "tests/integration/edge/in_process.h"
#include "tests/integration/edge/plain_people.h"
#include "tests/support/records.h"

namespace selfsame::test {

inline constexpr int kThreads = 4;

struct Name {
  std::string kind;
  std::string value;
  std::string node;

  ingest::v1::Identifier Identifier() const {
    ingest::v1::Identifier identifier;
    identifier.set_kind(kind);
    identifier.set_value(value);
    return identifier;
  }
  profile::v1::ProfileRef Ref() const { return ByIdentifier(kind, value); }
};

// One history: what was done, who should be who, and what went wrong.
struct History {
  History(int number, std::uint64_t seed, const PlainRules& rules)
      : mark("h" + std::to_string(number)), random(seed), people(rules) {}

  std::size_t Any(std::size_t below) { return random() % below; }
  void Note(std::string step) { steps.push_back(std::move(step)); }
  void Fail(const std::string& what) {
    if (wrong.empty()) wrong = what;
  }

  const std::string mark;
  std::mt19937_64 random;
  PlainPeople people;
  std::map<std::string, Name> names;              // By node id; of what was sent.
  std::map<std::string, std::string> record_ids;  // By key.
  std::vector<std::string> steps;
  std::string wrong;
  int keys = 0;
};

struct Source {
  std::string name;
  int trust = 0;
  std::unique_ptr<IngestClient> client;
};

// What one request of a source's holds.
struct Batch {
  std::vector<ingest::v1::Event> events;
  std::vector<ingest::v1::ProfileUpdate> updates;
};

class HistoryRecords : public InProcessTest {
 protected:
  // A tenant of its own, with three sources, for each round: what was before is not looked at
  // again.
  void NewTenant(const std::string& name) {
    seeded_ = database_->SeedTenant(name);
    sources_.clear();
    for (const auto& [source, trust] : {std::pair{"crm", 10}, std::pair{"pos", 100}}) {
      Must(storage::CreateSource(
          database_->owner(), name,
          {.name = source, .owner = "tests", .purpose = "testing", .trust_priority = trust},
          Now()));
    }
    const auto directory =
        Must(storage::LoadDirectory(database_->owner(), database_->master_key()));
    AddSource("web", directory.FindSource(seeded_.source)->trust_priority);
    AddSource("crm", 10);
    AddSource("pos", 100);
    node_key_ = directory.FindTenant(seeded_.tenant)->node_key.reveal();
  }

  void AddSource(const std::string& name, int trust) {
    const auto key = Must(storage::CreateApiKey(database_->owner(), seeded_.name, name,
                                                {"ingest", "read", "admin"}, Now()));
    sources_.push_back(
        {name, trust, std::make_unique<IngestClient>(grpc_address_, std::string(key.reveal()))});
    const Deadline deadline = Deadline::After(kPatience);
    while (!sources_.back().client->GetLimits().ok() && !deadline.Expired()) {
      std::this_thread::yield();
    }
  }

  IngestClient& client() { return *sources_.front().client; }

  Name NameOf(const std::string& kind, const std::string& value) const {
    return {kind, value, FormatUuid(identity::NodeIdOf(node_key_, kind, value))};
  }

  // Few of each kind, so that they meet, are too many, and are shared.
  Name AnyName(History& history) const {
    static const std::vector<std::pair<std::string, std::size_t>> kPools = {
        {"customer_id", 4}, {"email", 4}, {"device_id", 3}, {"anonymous_id", 4}};
    const auto& [kind, size] = kPools[history.Any(kPools.size())];
    const std::string value = kind.substr(0, 1) + std::to_string(history.Any(size)) + history.mark;
    return NameOf(kind, kind == "email" ? value + "@x.io" : value);
  }

  template <typename Builder>
  auto Named(Builder builder, const std::vector<Name>& names, std::int64_t second) const {
    for (const Name& name : names) builder.With(name.kind, name.value);
    return builder.At(TimeUs{second * 1'000'000}).Build();
  }

  // One record, told to the model. What it says of "city" is in the model as well; other attributes
  // are compared by what the server itself folds from all claims.
  void AddRecord(History& history, std::size_t source, std::vector<Name> names, Batch& batch) {
    std::sort(names.begin(), names.end(), [](auto& x, auto& y) { return x.node < y.node; });
    names.erase(std::unique(names.begin(), names.end(),
                            [](const auto& x, const auto& y) { return x.node == y.node; }),
                names.end());
    const std::int64_t second = 1'600'000'000 + static_cast<std::int64_t>(history.Any(40));
    const std::string key = history.mark + "-" + std::to_string(history.keys++);
    std::map<std::string, std::string> kinds;
    std::string step = key + " at " + std::to_string(second % 100) + ":";
    for (const Name& name : names) {
      kinds[name.node] = name.kind;
      history.names[name.node] = name;
      step += " " + name.value;
    }
    const std::string anchor = history.people.See(kinds, second);
    const std::size_t says = history.Any(6);
    if (says > 3) {
      history.Note(step);
      batch.events.push_back(Named(EventBuilder(key), names, second));
      return;
    }
    const std::string number = std::to_string(history.Any(3));
    const std::string json = says < 2    ? R"({"city":"c)" + number + R"("})"
                             : says == 2 ? R"({"interests":["i)" + number + R"("]})"
                                         : R"({"loyalty_points":)" + number + "}";
    auto update = Named(UpdateBuilder(key).Json(json), names, second);
    if (says < 2) {
      history.people.Claim({.anchor = anchor,
                            .trust = sources_[source].trust,
                            .time = second,
                            .value = "c" + number,
                            .source = static_cast<int>(source),
                            .key = key});
    } else if (says == 2) {
      (*update.mutable_operations())["interests"] = history.Any(3) == 0
                                                        ? ingest::v1::ATTRIBUTE_OPERATION_REMOVE
                                                        : ingest::v1::ATTRIBUTE_OPERATION_APPEND;
    } else {
      (*update.mutable_operations())["loyalty_points"] = ingest::v1::ATTRIBUTE_OPERATION_ADD;
    }
    history.Note(step + " " + json + " by " + sources_[source].name);
    batch.updates.push_back(std::move(update));
  }

  template <typename Reply>
  void Accepted(History& history, const Reply& reply, const std::vector<std::string>& keys) {
    if (!reply.ok()) return history.Fail("not accepted: " + reply.status.message);
    for (int i = 0; i < reply.response.outcomes_size(); ++i) {
      const auto& outcome = reply.response.outcomes(i);
      if (outcome.outcome() != ingest::v1::OUTCOME_ACCEPTED) {
        history.Fail("not accepted: " + outcome.ShortDebugString());
      }
      history.record_ids[keys[static_cast<std::size_t>(i)]] = outcome.record_id();
    }
  }

  // Waits out changes of rules: a call that began by other rules is to be sent again.
  template <typename Call>
  static auto Insist(Call call) {
    const Deadline deadline = Deadline::After(kPatience);
    auto reply = call();
    while (reply.status.retry_after && !deadline.Expired()) reply = call();
    return reply;
  }

  void Send(History& history, std::size_t source, const Batch& batch) {
    IngestClient& client = *sources_[source].client;
    const auto keys_of = [](const auto& records) {
      std::vector<std::string> keys;
      for (const auto& record : records) keys.push_back(record.key());
      return keys;
    };
    if (!batch.events.empty()) {
      Accepted(history, Insist([&] { return client.Track(Events(batch.events)); }),
               keys_of(batch.events));
    }
    if (!batch.updates.empty()) {
      Accepted(history, Insist([&] { return client.Update(Updates(batch.updates)); }),
               keys_of(batch.updates));
    }
  }

  void SendSome(History& history) {
    const std::size_t source = history.Any(sources_.size());
    Batch batch;
    for (std::size_t i = 1 + history.Any(4); i > 0; --i) {
      std::vector<Name> names;
      for (std::size_t j = 1 + history.Any(3); j > 0; --j) names.push_back(AnyName(history));
      AddRecord(history, source, names, batch);
    }
    Send(history, source, batch);
  }

  template <typename Body>
  void ForAll(std::vector<History>& histories, Body body) {
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (std::size_t i = static_cast<std::size_t>(thread); i < histories.size();
             i += kThreads) {
          body(histories[i]);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  SeededTenant seeded_;
  std::vector<Source> sources_;
  std::string node_key_;
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_INTEGRATION_EDGE_HISTORY_RECORDS_H_
