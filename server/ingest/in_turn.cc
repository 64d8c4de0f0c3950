#include "server/ingest/in_turn.h"

#include <algorithm>
#include <optional>
#include <set>

#include "server/ingest/profile_limits.h"

namespace selfsame::ingest {
namespace {

using identity::Attributes;
using identity::Folded;
using Said = std::map<std::string, std::vector<identity::Claim>>;

// True when the claim changed the attribute. `said` has the claim.
bool FoldOne(identity::Survivorship rule, const identity::Claim& claim,
             const std::vector<identity::Claim>& said, const std::string& name,
             Attributes& attributes) {
  const auto found = attributes.find(name);
  std::optional<Folded> field;
  if (found != attributes.end()) field = found->second;
  const identity::Step step = identity::FoldClaim(rule, field, claim);
  if (step == identity::Step::kUnchanged) return false;
  if (step == identity::Step::kRefold) {
    field = identity::FoldField(rule, said);
    if (!field) return false;
    if (found != attributes.end() && identity::AreSameFields(found->second, *field)) return false;
  }
  attributes[name] = std::move(*field);
  return true;
}

bool Touches(const Linked& linked, const PreparedRecord& record, ProfileId profile) {
  return std::any_of(record.mentions.begin(), record.mentions.end(), [&](const Mention& mention) {
    const auto found = linked.profile_of.find(mention.node);
    return found != linked.profile_of.end() && found->second == profile;
  });
}

}  // namespace

bool TakeApart(const Linked& linked, ProfileId profile, const PreparedRecord& update,
               std::span<const PreparedRecord* const> accepted,
               std::vector<const PreparedRecord*>* later) {
  bool is_first = true;
  std::vector<const PreparedRecord*> after;
  for (const PreparedRecord* record : accepted) {
    if (record == &update || !Touches(linked, *record, profile)) continue;
    if (record->turn < update.turn) {
      is_first = false;
    } else {
      after.push_back(record);
    }
  }
  if (is_first && after.empty()) return false;
  if (!is_first) after.push_back(&update);
  later->insert(later->end(), after.begin(), after.end());
  return true;
}

InTurn FoldInTurn(const identity::Ruleset& rules, Attributes attributes, std::int64_t revision,
                  Said said, const std::vector<TurnUpdate>& updates) {
  InTurn done{.attributes = std::move(attributes), .revision = revision};
  for (const TurnUpdate& update : updates) {
    if (update.record->if_revision && *update.record->if_revision != done.revision) {
      done.stale.push_back(update.record);
      continue;
    }
    std::set<std::string> changed;
    Attributes after = done.attributes;
    for (const auto& [name, claim] : update.claims) {
      said[name].push_back(claim);
      if (FoldOne(rules.SurvivorshipOf(name), claim, said[name], name, after)) changed.insert(name);
    }
    if (changed.empty()) continue;
    if (auto excess = FindExcess(done.attributes, after, changed)) {
      for (const auto& [name, claim] : update.claims) said[name].pop_back();
      done.full.emplace_back(update.record, *std::move(excess));
      continue;
    }
    done.attributes = std::move(after);
    ++done.revision;
  }
  return done;
}

}  // namespace selfsame::ingest
