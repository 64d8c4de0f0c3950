#include "server/ingest/evidence.h"

#include <algorithm>

namespace selfsame::ingest {
namespace {

identity::Strength StrengthOf(const PreparedRecord& record, const Mention& other) {
  return record.mentions.front().is_of_one_customer || other.is_of_one_customer
             ? identity::Strength::kOneCustomer
             : identity::Strength::kDeterministic;
}

// Names a link of an anchor: node ids are hashes, so that another one names another strength.
// Without this, a link seen before its source was set to one customer would hide the one seen
// after.
NodeId LinkIdOf(const PreparedRecord& record, const Mention& other) {
  NodeId id = other.node;
  if (StrengthOf(record, other) == identity::Strength::kOneCustomer) id.bytes[0] ^= 0xFF;
  return id;
}

bool KnowsLink(const KnownAnchor& anchor, NodeId link_id, TimeUs event_time) {
  return std::any_of(anchor.links.begin(), anchor.links.end(), [&](const auto& link) {
    return link.first == link_id && link.second <= event_time;
  });
}

void AddEdge(const PreparedRecord& record, const Mention& other, Evidence* evidence) {
  const auto [a, b] = std::minmax({record.anchor(), other.node});  // By value: one is a temporary.
  const EdgeEvidence seen{record.event_time, record.record_id};
  const auto [at, inserted] =
      evidence->edges.try_emplace({{a, b}, StrengthOf(record, other)}, seen);
  if (!inserted && seen.first_evidence < at->second.first_evidence) at->second = seen;
}

// True where it adds something.
bool AddNames(const PreparedRecord& record, const IdentityCache& cache, std::int64_t generation,
              Evidence* evidence) {
  if (record.name.IsNil()) return false;
  bool is_new = false;
  for (const Mention& mention : record.mentions) {
    if (mention.rule->names_above == 0 || mention.links_nobody) continue;
    if (cache.KnowsName(mention.node, record.name, generation)) continue;
    evidence->nodes.emplace(mention.node, &mention);
    evidence->names[mention.node].insert(record.name);
    is_new = true;
  }
  return is_new;
}

}  // namespace

NodeId IdentityCache::NameKey(NodeId node, NodeId name, std::int64_t generation) {
  for (std::size_t i = 0; i < node.bytes.size(); ++i) node.bytes[i] ^= name.bytes[i];
  for (std::size_t i = 0; i < sizeof(generation); ++i) {
    node.bytes[i] ^= static_cast<std::uint8_t>(static_cast<std::uint64_t>(generation) >> (8 * i));
  }
  return node;
}

KnownAnchor& IdentityCache::AnchorOf(const PreparedRecord& record, std::int64_t generation) {
  KnownAnchor& anchor = anchors_.Put(record.anchor());
  if (anchor.generation != generation) anchor = KnownAnchor{.generation = generation};
  return anchor;
}

void IdentityCache::Learn(const PreparedRecord& record, ProfileId profile_id,
                          std::int64_t generation) {
  KnownAnchor& anchor = AnchorOf(record, generation);
  anchor.profile_id = profile_id;
  LearnNames(record, generation);
  for (std::size_t i = 1; i < record.mentions.size(); ++i) {
    const NodeId other = LinkIdOf(record, record.mentions[i]);
    const auto link = std::find_if(anchor.links.begin(), anchor.links.end(),
                                   [&](const auto& known) { return known.first == other; });
    if (link != anchor.links.end()) {
      link->second = std::min(link->second, record.event_time);
    } else if (anchor.links.size() < kKnownLinksMax) {
      anchor.links.emplace_back(other, record.event_time);
    }
  }
}

void IdentityCache::LearnNames(const PreparedRecord& record, std::int64_t generation) {
  if (record.name.IsNil()) return;
  for (const Mention& mention : record.mentions) {
    if (mention.rule->names_above > 0) names_.Put(NameKey(mention.node, record.name, generation));
  }
}

void IdentityCache::LearnAnchor(const PreparedRecord& record, ProfileId profile_id,
                                std::int64_t generation) {
  AnchorOf(record, generation).profile_id = profile_id;
}

Evidence Gather(std::span<const PreparedRecord* const> accepted, const IdentityCache& cache,
                std::int64_t generation) {
  Evidence evidence;
  for (const PreparedRecord* record : accepted) {
    const KnownAnchor* known = cache.Find(record->anchor(), generation);
    bool is_known = known != nullptr;
    if (!is_known) evidence.nodes.emplace(record->anchor(), &record->mentions.front());
    for (std::size_t i = 1; i < record->mentions.size(); ++i) {
      const Mention& other = record->mentions[i];
      if (known != nullptr && KnowsLink(*known, LinkIdOf(*record, other), record->event_time))
        continue;
      is_known = false;
      evidence.nodes.emplace(record->anchor(), &record->mentions.front());
      evidence.nodes.emplace(other.node, &other);
      AddEdge(*record, other, &evidence);
    }
    if (AddNames(*record, cache, generation, &evidence)) is_known = false;
    if (!record->attributes.empty() || record->if_revision) evidence.updates.push_back(record);
    if (is_known) ++evidence.known_records;
  }
  return evidence;
}

}  // namespace selfsame::ingest
