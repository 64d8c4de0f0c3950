// Decisions of random histories: foreseen by the model, or racing records.
#ifndef SELFSAME_TESTS_INTEGRATION_EDGE_HISTORY_DECISIONS_H_
#define SELFSAME_TESTS_INTEGRATION_EDGE_HISTORY_DECISIONS_H_

#include <map>
#include <set>
#include <thread>

#include "tests/e2e/rows.h"
#include "tests/integration/edge/history_records.h"

namespace selfsame::test {

class HistoryDecisions : public HistoryRecords {
 protected:
  template <typename Request>
  static Request Decided() {
    Request request;
    request.mutable_decision()->set_actor("ann");
    request.mutable_decision()->set_reason("said so");
    return request;
  }

  // The decision, sometimes after a dry run: both say whether it is refused. True: it was made, or
  // held.
  template <typename Request, typename Call>
  bool Decide(History& history, Request request, Call call) {
    const bool is_tried = history.Any(3) == 0;
    request.set_dry_run(is_tried);
    const auto dry = Insist([&] { return call(request); });
    request.set_dry_run(false);
    const auto real = is_tried ? Insist([&] { return call(request); }) : dry;
    const bool is_refused = !dry.ok() || !dry.response.refused().empty();
    if (is_refused == real.ok()) {
      history.Fail("dry run: '" + dry.response.refused() + dry.status.message + "', then: '" +
                   real.status.message + "'");
    }
    history.steps.back() += real.ok() ? " -> made" : " -> " + real.status.message;
    return real.ok();
  }

  struct Decision {
    std::size_t kind = 0;  // Merge, pin, un-merge, cannot-link, its clearing.
    Name one;
    Name other;
    PlainOverrides overrides;
    std::vector<Name> leavers;
  };

  static Name AnyKnown(History& history) {
    auto found = history.names.begin();
    std::advance(found, static_cast<std::ptrdiff_t>(history.Any(history.names.size())));
    return found->second;
  }

  static Decision AnyDecision(History& history) {
    Decision made{.kind = history.Any(5),
                  .one = AnyKnown(history),
                  .other = AnyKnown(history),
                  .overrides = {.limits = history.Any(3) == 0, .cannot_links = history.Any(3) == 0},
                  .leavers = {}};
    for (const std::string& node : history.people.PersonOf(made.one.node)) {
      if (node == made.one.node || history.Any(3) == 0) {
        made.leavers.push_back(history.names.at(node));
      }
    }
    static const char* kNames[] = {"merge", "pin", "unmerge", "cannot-link", "clear cannot-link"};
    std::string step = std::string(kNames[made.kind]);
    if (made.kind == 2) {
      for (const Name& leaver : made.leavers) step += " " + leaver.value;
    } else {
      step += " " + made.one.value + " " + made.other.value;
    }
    if (made.kind < 2 && made.overrides.limits) step += " --override-limits";
    if (made.kind < 2 && made.overrides.cannot_links) step += " --override-cannot-links";
    history.Note(step);
    return made;
  }

  template <typename Request>
  static void Override(const PlainOverrides& overrides, Request& request) {
    request.set_override_limits(overrides.limits);
    request.set_override_cannot_links(overrides.cannot_links);
  }

  // Gives `carry` the request and the call of the decision.
  template <typename Carry>
  auto Ask(const Decision& made, Carry carry) {
    IngestClient& client = this->client();
    if (made.kind == 0) {
      auto request = Decided<identity::v1::MergeProfilesRequest>();
      *request.mutable_profile() = made.one.Ref();
      *request.mutable_other() = made.other.Ref();
      Override(made.overrides, request);
      return carry(request, [&](const auto& asked) { return client.MergeProfiles(asked); });
    }
    if (made.kind == 1) {
      auto request = Decided<identity::v1::PinRequest>();
      *request.mutable_identifier() = made.one.Identifier();
      *request.mutable_profile() = made.other.Ref();
      Override(made.overrides, request);
      return carry(request, [&](const auto& asked) { return client.Pin(asked); });
    }
    if (made.kind == 2) {
      auto request = Decided<identity::v1::UnmergeProfilesRequest>();
      for (const Name& leaver : made.leavers) {
        *request.mutable_identifiers()->add_identifiers() = leaver.Identifier();
      }
      return carry(request, [&](const auto& asked) { return client.UnmergeProfiles(asked); });
    }
    auto request = Decided<identity::v1::CannotLinkRequest>();
    *request.mutable_identifier() = made.one.Identifier();
    *request.mutable_other() = made.other.Identifier();
    request.set_clear(made.kind == 4);
    return carry(request, [&](const auto& asked) { return client.CannotLink(asked); });
  }

  static bool InModel(PlainPeople& people, const Decision& made) {
    switch (made.kind) {
      case 0: return people.Merge(made.one.node, made.other.node, made.overrides);
      case 1: return people.Pin(made.one.node, made.other.node, made.overrides);
      case 2: {
        Person leavers;
        for (const Name& leaver : made.leavers) leavers.insert(leaver.node);
        return people.Unmerge(leavers);
      }
      case 3: people.CannotLink(made.one.node, made.other.node); return true;
      default: people.ClearCannotLink(made.one.node, made.other.node); return true;
    }
  }

  // Decisions that the model foresees, refusals included.
  void DecideSome(History& history) {
    const Decision made = AnyDecision(history);
    if (made.one.node == made.other.node) return;
    const bool is_made =
        Ask(made, [&](const auto& request, auto call) { return Decide(history, request, call); });
    if (InModel(history.people, made) != is_made) {
      history.Fail("the model disagrees whether this is refused");
    }
  }

  // One thread sends while another decides. Refused or not: the facts are in the database.
  void Race(History& history) {
    std::vector<std::pair<std::size_t, Batch>> batches;
    std::vector<Decision> decisions;
    for (int i = 0; i < 3; ++i) {
      const Decision made = AnyDecision(history);
      if (made.one.node != made.other.node) decisions.push_back(made);
    }
    for (int i = 0; i < 3; ++i) {
      auto& [source, batch] = batches.emplace_back(history.Any(sources_.size()), Batch());
      for (int j = 0; j < 2; ++j) {
        AddRecord(history, source, {AnyName(history), AnyName(history)}, batch);
      }
    }
    history.Note("(these decisions and records at once)");
    std::thread deciding([&] {
      for (const Decision& made : decisions) {
        Ask(made, [&](const auto& request, auto call) {
          return Insist([&] { return call(request); }).ok();
        });
      }
    });
    for (const auto& [source, batch] : batches) Send(history, source, batch);
    deciding.join();
  }

  // Gives the models what was decided while others wrote.
  void TakeDecisions(std::vector<History>& histories) {
    std::map<std::string, std::vector<PlainEvidence>> decided;
    for (const Row& row : Rows(*database_, fmt::format(R"(
             SELECT node_a, node_b, strength, refusal,
                    (extract(epoch FROM first_evidence_at) * 1000000)::bigint
             FROM edges WHERE tenant_id = {} AND (strength >= 3 OR refusal = 7))",
                                                       seeded_.tenant.value))) {
      decided[row[0]].push_back({.a = row[0],
                                 .b = row[1],
                                 .strength = std::stoi(row[2]),
                                 .time = std::stoll(row[4]),
                                 .is_revoked = row[3] == "7"});
      if (decided[row[0]].back().strength == PlainEvidence::kSeen) {
        decided[row[0]].back().time /= 1'000'000;
      }
    }
    std::map<std::string, PlainGroups> groups;
    for (const Row& row : Rows(*database_, fmt::format(R"(
             SELECT cannot_link_id, side, node_id FROM cannot_link_members
             WHERE tenant_id = {} AND cleared_at IS NULL)",
                                                       seeded_.tenant.value))) {
      PlainGroups& group = groups[row[0]];
      (row[1] == "1" ? group.one : group.other).insert(row[2]);
    }
    std::map<std::string, std::vector<PlainGroups>> by_member;
    for (const auto& [id, group] : groups) {
      by_member[*(group.one.empty() ? group.other : group.one).begin()].push_back(group);
    }
    ForAll(histories, [&](History& history) {
      std::vector<PlainEvidence> theirs;
      std::vector<PlainGroups> apart;
      for (const auto& [node, name] : history.names) {
        if (const auto found = decided.find(node); found != decided.end()) {
          theirs.insert(theirs.end(), found->second.begin(), found->second.end());
        }
        if (const auto found = by_member.find(node); found != by_member.end()) {
          apart.insert(apart.end(), found->second.begin(), found->second.end());
        }
      }
      history.people.TakeDecisions(theirs, apart);
    });
  }
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_INTEGRATION_EDGE_HISTORY_DECISIONS_H_
