#include "tests/integration/ingest/expectation.h"

#include <algorithm>
#include <tuple>

#include "base/uuid.h"
#include "identity/node_id.h"
#include "storage/attributes_json.h"

namespace selfsame::ingest {

std::string FirstDifference(const People& stored, const People& expected) {
  const auto only_in = [](const People& some, const People& others, const char* where) {
    for (const auto& [names, known] : some) {
      const auto found = others.find(names);
      if (found != others.end() && found->second == known) continue;
      std::string text = where;
      for (const std::string& name : names) text += " " + name;
      return text + " " + known.dump();
    }
    return std::string();
  };
  std::string difference = only_in(expected, stored, "expected:");
  const std::string other = only_in(stored, expected, "stored:");
  if (!difference.empty() && !other.empty()) difference += "\n";
  return difference + other;
}

nlohmann::json KnownOf(const std::string& attributes, const std::string& provenance) {
  nlohmann::json known = nlohmann::json::parse(provenance);
  for (auto& [name, entry] : known.items()) {
    for (const char* made : {"r", "v"}) {
      entry.erase(made);
      if (entry.contains("a") && entry["a"].contains("b")) entry["a"]["b"].erase(made);
    }
  }
  // What is added to is kept as it was claimed: 2 and 2.0 are one number.
  for (auto& [name, entry] : known.items()) {
    if (!entry.contains("a") || !entry["a"].contains("b")) continue;
    nlohmann::json& base = entry["a"]["b"]["x"];
    base = nlohmann::json::parse(base.get<std::string>());
  }
  const nlohmann::json values = nlohmann::json::parse(attributes);
  for (const auto& [name, value] : values.items()) known[name]["value"] = value;
  return known;
}

Expectation::Expectation(const std::vector<TestRecord>& history,
                         const storage::Directory& directory, TenantId tenant)
    : directory_(directory), tenant_(*directory.FindTenant(tenant)) {
  for (const TestRecord& record : history) Add(record);
}

People Expectation::Resolve(const Pairs& revoked, const Groups& parted,
                            const identity::Ruleset& rules) const {
  const std::set<identity::Ends> gone(revoked.begin(), revoked.end());
  std::vector<identity::Edge> edges;
  for (const auto& [key, edge] : edges_) {
    if (!gone.contains({edge.a, edge.b})) edges.push_back(edge);
  }
  const identity::Resolution resolution = identity::Resolve({nodes_, edges, parted}, rules);
  std::map<ProfileId, Names> names;
  std::map<ProfileId, std::map<std::string, std::vector<identity::Claim>>> said;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    names[resolution.profile_of[i]].insert(FormatUuid(nodes_[i].id));
    const auto claims = claims_.find(nodes_[i].id);
    if (claims == claims_.end()) continue;
    for (const auto& [name, claim] : claims->second) {
      said[resolution.profile_of[i]][name].push_back(claim);
    }
  }
  People people;
  for (const auto& [profile, members] : names) {
    identity::Attributes attributes;
    for (auto& [name, claims] : said[profile]) {
      for (identity::Claim& claim : claims) claim.trust_priority = TrustOf(claim.source, rules);
      attributes.emplace(name, *identity::FoldField(rules.SurvivorshipOf(name), claims));
    }
    people[members] =
        KnownOf(storage::AttributesJson(attributes), storage::ProvenanceJson(attributes));
  }
  return people;
}

int Expectation::TrustOf(SourceId source, const identity::Ruleset& rules) const {
  const auto found = rules.source_trust.find(directory_.FindSource(source)->name);
  return found == rules.source_trust.end() ? directory_.FindSource(source)->trust_priority
                                           : found->second;
}

void Expectation::Add(const TestRecord& record) {
  std::vector<std::tuple<int, std::string, NodeId>> mentions;
  for (const auto& [kind, value] : record.identifiers) {
    const NodeId node = identity::NodeIdOf(tenant_.node_key.reveal(), kind, value);
    if (known_.insert(node).second)
      nodes_.push_back({.id = node, .kind = kind, .birth_id = ProfileId{node.bytes}});
    mentions.emplace_back(identity::DefaultRuleset().Find(kind)->priority, kind, node);
  }
  std::sort(mentions.begin(), mentions.end());
  const NodeId anchor = std::get<2>(mentions[0]);
  const TimeUs at{record.at_seconds * 1'000'000};
  const bool allows_one = SourceOf(record).after_logout == storage::kNewPersonAfterLogout;
  for (const auto& [priority, kind, node] : mentions) {
    if (node == anchor) continue;
    const auto [a, b] = std::minmax(anchor, node);
    const bool is_anonymous =
        kind == identity::kAnonymousId || std::get<1>(mentions[0]) == identity::kAnonymousId;
    const auto strength = allows_one && is_anonymous ? identity::Strength::kOneCustomer
                                                     : identity::Strength::kDeterministic;
    auto& edge =
        edges_
            .try_emplace({a, b, strength},
                         identity::Edge{.a = a, .b = b, .strength = strength, .first_evidence = at})
            .first->second;
    edge.first_evidence = std::min(edge.first_evidence, at);
  }
  if (!record.traits.empty()) AddClaims(record, anchor);
}

const storage::Source& Expectation::SourceOf(const TestRecord& record) const {
  const auto source =
      std::find_if(directory_.sources.begin(), directory_.sources.end(), [&](const auto& one) {
        return one.second.tenant == tenant_.id &&
               one.second.name == (record.source.empty() ? "web" : record.source);
      });
  return source->second;
}

void Expectation::AddClaims(const TestRecord& record, NodeId anchor) {
  const TimeUs at{record.at_seconds * 1'000'000};
  const storage::Source& source = SourceOf(record);
  nlohmann::json traits = nlohmann::json::parse(record.traits);
  std::map<std::string, identity::ClaimOperation> operations(record.operations.begin(),
                                                             record.operations.end());
  for (const auto& [name, operation] : operations) {
    if (operation == identity::ClaimOperation::kUnset) traits[name] = nullptr;
  }
  for (const auto& [name, value] : traits.items()) {
    const auto operation = operations.find(name);
    claims_[anchor].emplace_back(
        name,
        identity::Claim{.trust_priority = source.trust_priority,
                        .event_time = at,
                        .source = source.id,
                        .key = record.key,
                        .record_id = {},
                        .value = value.dump(),
                        .operation = operation == operations.end() ? identity::ClaimOperation::kSet
                                                                   : operation->second});
  }
}

}  // namespace selfsame::ingest
