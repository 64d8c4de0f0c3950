#include "storage/graph_reader.h"

#include <algorithm>
#include <map>
#include <pqxx/result>
#include <variant>

#include "base/uuid.h"
#include "storage/pg/session.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

// "{uuid,uuid}", as PostgreSQL reads uuid[].
std::string ArrayText(const std::vector<NodeId>& nodes) {
  std::string text = "{";
  for (const NodeId& node : nodes) {
    if (text.size() > 1) text.push_back(',');
    text += FormatUuid(node);
  }
  return text + "}";
}

std::optional<TimeUs> TimeOrNone(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return field.as<TimeUs>();
}

std::vector<FoundEdge> FoundEdges(const pqxx::result& rows) {
  std::vector<FoundEdge> edges;
  for (const auto& row : rows) {
    edges.push_back(
        {.of = row[0].as<NodeId>(),
         .stored = {.edge = {.a = row[1].as<NodeId>(),
                             .b = row[2].as<NodeId>(),
                             .strength = static_cast<identity::Strength>(row[3].as<int>()),
                             .first_evidence = row[5].as<TimeUs>(),
                             .record_id = row[6].as<RecordId>()},
                    .refusal = static_cast<identity::Refusal>(row[4].as<int>()),
                    .judged_in = row[7].as<int>()}});
  }
  return edges;
}

std::vector<StoredEdge> StoredEdges(const pqxx::result& rows) {
  std::vector<StoredEdge> edges;
  for (FoundEdge& found : FoundEdges(rows)) edges.push_back(found.stored);
  return edges;
}

}  // namespace

Result<NodeId> FindNode(pqxx::work& tx, const TenantShard& where, const ProfileKey& key) {
  const auto* node = std::get_if<NodeId>(&key);
  const pqxx::result rows =
      node != nullptr
          ? pg::Exec(tx, sql::kFindReadNode, where.shard, where.tenant, *node)
          : pg::Exec(tx, sql::kFindReadBirth, where.shard, where.tenant, std::get<ProfileId>(key));
  if (!rows.empty()) return rows[0][0].as<NodeId>();
  return Error{.code = ErrorCode::kNotFound,
               .reason = "PROFILE_NOT_FOUND",
               .message = "no profile has this identifier or id"};
}

std::vector<NodeId> FindMembers(pqxx::work& tx, const TenantShard& where, NodeId node) {
  std::vector<NodeId> members;
  for (const auto& row : pg::Exec(tx, sql::kFindMembersByNode, where.shard, where.tenant, node)) {
    members.push_back(row[0].as<NodeId>());
  }
  return members;
}

std::vector<GraphNode> ReadNodes(pqxx::work& tx, const TenantShard& where,
                                 const std::vector<NodeId>& nodes) {
  std::vector<GraphNode> read;
  for (const auto& row :
       pg::Exec(tx, sql::kReadGraphNodes, where.shard, where.tenant, ArrayText(nodes))) {
    read.push_back({.node = {.id = row[0].as<NodeId>(),
                             .kind = row[1].as<std::string>(),
                             .birth_id = row[2].as<ProfileId>(),
                             .exclusion = static_cast<identity::Exclusion>(row[4].as<int>())},
                    .profile_id = row[3].as<ProfileId>(),
                    .value_sealed = row[5].as<pg::Bytea>().bytes,
                    .first_seen_at = row[6].as<TimeUs>()});
  }
  return read;
}

std::vector<FoundEdge> ReadEdges(pqxx::work& tx, const TenantShard& where,
                                 const std::vector<NodeId>& nodes, const EdgeLimits& limits) {
  return FoundEdges(pg::Exec(tx, sql::kReadGraphEdges, where.shard, where.tenant, ArrayText(nodes),
                             limits.of_end_max, limits.all_max, limits.evidence_until));
}

std::vector<FoundEdge> ReadManualEdges(pqxx::work& tx, const TenantShard& where,
                                       const std::vector<NodeId>& nodes, int limit) {
  return FoundEdges(
      pg::Exec(tx, sql::kReadManualEdges, where.shard, where.tenant, ArrayText(nodes), limit));
}

std::vector<StoredEdge> ReadSharers(pqxx::work& tx, const TenantShard& where, NodeId node,
                                    const SharerFilter& filter, int limit) {
  return StoredEdges(pg::Exec(tx, sql::kReadSharers, where.shard, where.tenant, node, filter.kinds,
                              filter.custom_kinds, filter.seen_until, filter.evidence_until,
                              limit));
}

std::vector<StoredEdge> ReadStandingEdges(pqxx::work& tx, const TenantShard& where,
                                          const std::vector<NodeId>& members, int limit) {
  return StoredEdges(
      pg::Exec(tx, sql::kReadStandingEdges, where.shard, where.tenant, ArrayText(members), limit));
}

std::vector<StoredEdge> ReadRefusedEdges(pqxx::work& tx, const TenantShard& where,
                                         const std::vector<NodeId>& nodes, identity::Refusal least,
                                         identity::Refusal most, int limit) {
  std::vector<StoredEdge> edges =
      StoredEdges(pg::Exec(tx, sql::kReadRefusedEdges, where.shard, where.tenant, ArrayText(nodes),
                           static_cast<int>(least), static_cast<int>(most), limit));
  std::erase_if(edges,
                [](const StoredEdge& stored) { return stored.edge.first_evidence == kNeverSeen; });
  return edges;
}

std::vector<DatedCannotLink> ReadCannotLinks(pqxx::work& tx, const TenantShard& where,
                                             const std::vector<NodeId>& nodes) {
  std::map<EventUuid, DatedCannotLink> by_id;
  for (const auto& row :
       pg::Exec(tx, sql::kReadGraphCannotLinks, where.shard, where.tenant, ArrayText(nodes))) {
    const auto id = row[0].as<EventUuid>();
    DatedCannotLink& dated = by_id[id];
    dated.link.id = id;
    dated.created_at = row[3].as<TimeUs>();
    dated.cleared_at = TimeOrNone(row[4]);
    (row[1].as<int>() == 1 ? dated.link.one : dated.link.other).push_back(row[2].as<NodeId>());
  }
  std::vector<DatedCannotLink> links;
  for (auto& [id, dated] : by_id) links.push_back(std::move(dated));
  return links;
}

std::vector<DatedRevocation> ReadRevocations(pqxx::work& tx, const TenantShard& where,
                                             const std::vector<NodeId>& nodes) {
  std::vector<DatedRevocation> revocations;
  for (const auto& row :
       pg::Exec(tx, sql::kReadGraphRevocations, where.shard, where.tenant, ArrayText(nodes))) {
    revocations.push_back({.ends = {row[0].as<NodeId>(), row[1].as<NodeId>()},
                           .strength = static_cast<identity::Strength>(row[2].as<int>()),
                           .revoked_at = row[3].as<TimeUs>(),
                           .restored_at = TimeOrNone(row[4])});
  }
  return revocations;
}

std::optional<TimeUs> ReadEvidenceKnownAt(pqxx::work& tx, const TenantShard& where,
                                          const identity::Ends& ends, TimeUs known_at) {
  std::optional<TimeUs> earliest;
  for (const auto& [anchor, other] : {std::pair(ends.a, ends.b), std::pair(ends.b, ends.a)}) {
    const auto time = ReadEvidence(tx, where, anchor, other, known_at);
    if (time && (!earliest || *time < *earliest)) earliest = time;
  }
  return earliest;
}

std::vector<NamedClaim> ReadClaims(pqxx::work& tx, const TenantShard& where,
                                   const std::vector<NodeId>& nodes, const std::string& attribute,
                                   int limit) {
  std::vector<NamedClaim> claims;
  for (const auto& row : pg::Exec(tx, sql::kReadClaims, where.shard, where.tenant, ArrayText(nodes),
                                  attribute, limit)) {
    claims.push_back(
        {.attribute = row[0].as<std::string>(),
         .claim = {.event_time = row[1].as<TimeUs>(),
                   .source = row[2].as<SourceId>(),
                   .key = row[3].as<std::string>(),
                   .record_id = row[4].as<RecordId>(),
                   .value = row[5].as<std::string>(),
                   .operation = static_cast<identity::ClaimOperation>(row[6].as<int>()),
                   .schema = row[7].as<SchemaId>(),
                   .derived = row[8].as<std::string>()}});
  }
  return claims;
}

}  // namespace selfsame::storage
