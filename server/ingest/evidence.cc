#include "server/ingest/evidence.h"

#include <algorithm>

namespace selfsame::ingest {
namespace {

bool KnowsLink(const KnownAnchor& anchor, NodeId other, TimeUs event_time) {
  return std::any_of(anchor.links.begin(), anchor.links.end(), [&](const auto& link) {
    return link.first == other && link.second <= event_time;
  });
}

void AddEdge(const PreparedRecord& record, NodeId other, Evidence* evidence) {
  const auto [a, b] = std::minmax({record.anchor(), other});  // By value: one is a temporary.
  const EdgeEvidence seen{record.event_time, record.record_id};
  const auto [at, inserted] = evidence->edges.try_emplace({a, b}, seen);
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
    const NodeId other = record.mentions[i].node;
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
      if (known != nullptr && KnowsLink(*known, other.node, record->event_time)) continue;
      is_known = false;
      evidence.nodes.emplace(record->anchor(), &record->mentions.front());
      evidence.nodes.emplace(other.node, &other);
      AddEdge(*record, other.node, &evidence);
    }
    if (AddNames(*record, cache, generation, &evidence)) is_known = false;
    if (!record->attributes.empty() || record->if_revision) evidence.updates.push_back(record);
    if (is_known) ++evidence.known_records;
  }
  return evidence;
}

}  // namespace selfsame::ingest
