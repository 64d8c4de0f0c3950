#include "storage/graph.h"

#include <map>
#include <utility>

#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

using pg::Array;
using pg::Oid;

Status LoadNodes(pg::BulkConnection& connection, const TenantShard& where,
                 std::span<const ComponentId> components, Components* loaded) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(components));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows,
                            connection.Execute(sql::kLoadComponentNodes, params));
  for (int row = 0; row < rows.size(); ++row) {
    loaded->nodes.push_back({.id = rows.Uuid<NodeId>(row, 0),
                             .kind = std::string(rows.Bytes(row, 1)),
                             .birth_id = rows.Uuid<ProfileId>(row, 2),
                             .exclusion = static_cast<identity::Exclusion>(rows.SmallInt(row, 5))});
    loaded->standings.push_back({.profile_id = rows.Uuid<ProfileId>(row, 4),
                                 .component_id = rows.Uuid<ComponentId>(row, 3)});
  }
  return {};
}

Status LoadEdges(pg::BulkConnection& connection, const TenantShard& where, Components* loaded) {
  Array members(Oid::kUuid, loaded->nodes.size());
  for (const identity::Node& node : loaded->nodes) members.Bytes(node.id.view());
  pg::Params params = KeyParams(where);
  params.Add(std::move(members));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows,
                            connection.Execute(sql::kLoadComponentEdges, params));
  for (int row = 0; row < rows.size(); ++row) {
    loaded->edges.push_back(
        {.edge = {.a = rows.Uuid<NodeId>(row, 0),
                  .b = rows.Uuid<NodeId>(row, 1),
                  .strength = static_cast<identity::Strength>(rows.SmallInt(row, 2)),
                  .first_evidence = rows.Time(row, 4),
                  .record_id = rows.Uuid<RecordId>(row, 5)},
         .refusal = static_cast<identity::Refusal>(rows.SmallInt(row, 3)),
         .judged_in = rows.Int(row, 6)});
  }
  return {};
}

Status LoadCannotLinks(pg::BulkConnection& connection, const TenantShard& where,
                       Components* loaded) {
  Array members(Oid::kUuid, loaded->nodes.size());
  for (const identity::Node& node : loaded->nodes) members.Bytes(node.id.view());
  pg::Params params = KeyParams(where);
  params.Add(std::move(members));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Execute(sql::kLoadCannotLinks, params));
  std::map<EventUuid, identity::CannotLink> by_id;
  for (int row = 0; row < rows.size(); ++row) {
    identity::CannotLink& link = by_id[rows.Uuid<EventUuid>(row, 0)];
    (rows.SmallInt(row, 1) == 1 ? link.one : link.other).push_back(rows.Uuid<NodeId>(row, 2));
  }
  for (auto& [id, link] : by_id) {
    link.id = id;
    if (!link.one.empty() && !link.other.empty()) loaded->cannot_links.push_back(std::move(link));
  }
  return {};
}

// What is resolved speaks of loaded nodes only: evidence of an identifier that is not there any
// more connects nothing.
void DropLooseEnds(Components* loaded) {
  NodeIdSet nodes;
  for (const identity::Node& node : loaded->nodes) nodes.insert(node.id);
  const auto is_loose = [&](NodeId a, NodeId b) {
    return !nodes.contains(a) || !nodes.contains(b);
  };
  std::erase_if(loaded->edges,
                [&](const StoredEdge& one) { return is_loose(one.edge.a, one.edge.b); });
}

Result<std::vector<ComponentId>> LockBy(const pg::Statement& statement,
                                        pg::BulkConnection& connection, const TenantShard& where,
                                        std::span<const ComponentId> components) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(components));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Execute(statement, params));
  std::vector<ComponentId> locked;
  for (int row = 0; row < rows.size(); ++row) locked.push_back(rows.Uuid<ComponentId>(row, 0));
  return locked;
}

}  // namespace

identity::Edge StoredEdge::SeenBy(int activation) const {
  identity::Edge seen = edge;
  if (judged_in != activation) {
    seen.judged = refusal == identity::Refusal::kNone ? identity::Judged::kStands
                                                      : identity::Judged::kRefused;
  }
  return seen;
}

Result<std::vector<KnownIdentifier>> FindIdentifiers(pg::BulkConnection& connection,
                                                     const TenantShard& where,
                                                     std::span<const NodeId> nodes) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(nodes));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Execute(sql::kFindIdentifiers, params));
  std::vector<KnownIdentifier> known;
  known.reserve(rows.size());
  for (int row = 0; row < rows.size(); ++row) {
    known.push_back({.node = rows.Uuid<NodeId>(row, 0),
                     .birth_id = rows.Uuid<ProfileId>(row, 1),
                     .standing = {.profile_id = rows.Uuid<ProfileId>(row, 3),
                                  .component_id = rows.Uuid<ComponentId>(row, 2)},
                     .exclusion = static_cast<identity::Exclusion>(rows.SmallInt(row, 4))});
  }
  return known;
}

Result<NodeIdSet> InsertIdentifiers(pg::BulkConnection& connection, const TenantShard& where,
                                    TimeUs now, std::span<const NewIdentifier> identifiers) {
  Array nodes(Oid::kUuid, identifiers.size());
  Array births(Oid::kUuid, identifiers.size());
  Array components(Oid::kUuid, identifiers.size());
  Array profiles(Oid::kUuid, identifiers.size());
  Array kinds(Oid::kText, identifiers.size());
  Array values(Oid::kBytea, identifiers.size());
  Array exclusions(Oid::kInt2, identifiers.size());
  Array matches(Oid::kUuid, identifiers.size());
  for (const NewIdentifier& identifier : identifiers) {
    nodes.Bytes(identifier.node.view());
    births.Bytes(identifier.birth_id.view());
    components.Bytes(identifier.standing.component_id.view());
    profiles.Bytes(identifier.standing.profile_id.view());
    kinds.Bytes(identifier.kind);
    values.Bytes(identifier.value_sealed);
    exclusions.SmallInt(static_cast<std::int16_t>(identifier.exclusion));
    matches.Bytes(identifier.match.view());
  }
  pg::Params params = KeyParams(where);
  params.Time(now).Add(std::move(nodes)).Add(std::move(births)).Add(std::move(components));
  params.Add(std::move(profiles)).Add(std::move(kinds)).Add(std::move(values));
  params.Add(std::move(exclusions)).Add(std::move(matches));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows,
                            connection.Execute(sql::kInsertIdentifiers, params));
  NodeIdSet created;
  for (int row = 0; row < rows.size(); ++row) created.insert(rows.Uuid<NodeId>(row, 0));
  return created;
}

Status InsertComponents(pg::BulkConnection& connection, const TenantShard& where,
                        std::span<const ComponentId> components) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(components));
  return ToStatus(connection.Execute(sql::kInsertComponents, params));
}

Status DeleteComponents(pg::BulkConnection& connection, const TenantShard& where,
                        std::span<const ComponentId> components) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(components));
  return ToStatus(connection.Execute(sql::kDeleteComponents, params));
}

Result<std::vector<ComponentId>> LockComponents(pg::BulkConnection& connection,
                                                const TenantShard& where,
                                                std::span<const ComponentId> components) {
  return LockBy(sql::kLockComponents, connection, where, components);
}

Result<std::vector<ComponentId>> LockComponentsShared(pg::BulkConnection& connection,
                                                      const TenantShard& where,
                                                      std::span<const ComponentId> components) {
  return LockBy(sql::kLockComponentsShared, connection, where, components);
}

Result<std::vector<ChangedEdge>> InsertEdges(pg::BulkConnection& connection,
                                             const TenantShard& where, int activation,
                                             std::span<const StoredEdge> edges) {
  Array times(Oid::kTimestampTz, edges.size());
  Array strengths(Oid::kInt2, edges.size());
  Array refusals(Oid::kInt2, edges.size());
  Array a(Oid::kUuid, edges.size());
  Array b(Oid::kUuid, edges.size());
  Array records(Oid::kUuid, edges.size());
  std::map<std::pair<NodeId, NodeId>, std::size_t> index;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const StoredEdge& stored = edges[i];
    times.Time(stored.edge.first_evidence);
    strengths.SmallInt(static_cast<std::int16_t>(stored.edge.strength));
    refusals.SmallInt(static_cast<std::int16_t>(stored.refusal));
    a.Bytes(stored.edge.a.view());
    b.Bytes(stored.edge.b.view());
    records.Bytes(stored.edge.record_id.view());
    index.emplace(std::pair(stored.edge.a, stored.edge.b), i);
  }
  pg::Params params = KeyParams(where);
  params.Add(std::move(times)).Add(std::move(strengths)).Add(std::move(refusals));
  params.Add(std::move(a)).Add(std::move(b)).Add(std::move(records)).Int(activation);
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Execute(sql::kInsertEdges, params));
  std::vector<ChangedEdge> changed;
  for (int row = 0; row < rows.size(); ++row) {
    changed.push_back({.index = index.at({rows.Uuid<NodeId>(row, 0), rows.Uuid<NodeId>(row, 1)}),
                       .refusal = static_cast<identity::Refusal>(rows.SmallInt(row, 2))});
  }
  return changed;
}

Result<Components> LoadComponents(pg::BulkConnection& connection, const TenantShard& where,
                                  std::span<const ComponentId> components) {
  Components loaded;
  SELFSAME_RETURN_IF_ERROR(LoadNodes(connection, where, components, &loaded));
  SELFSAME_RETURN_IF_ERROR(LoadEdges(connection, where, &loaded));
  SELFSAME_RETURN_IF_ERROR(LoadCannotLinks(connection, where, &loaded));
  DropLooseEnds(&loaded);
  return loaded;
}

Status MoveIdentifiers(pg::BulkConnection& connection, const TenantShard& where,
                       std::span<const KnownIdentifier> moves) {
  Array nodes(Oid::kUuid, moves.size());
  Array components(Oid::kUuid, moves.size());
  Array profiles(Oid::kUuid, moves.size());
  for (const KnownIdentifier& move : moves) {
    nodes.Bytes(move.node.view());
    components.Bytes(move.standing.component_id.view());
    profiles.Bytes(move.standing.profile_id.view());
  }
  pg::Params params = KeyParams(where);
  params.Add(std::move(nodes)).Add(std::move(components)).Add(std::move(profiles));
  return ToStatus(connection.Execute(sql::kMoveIdentifiers, params));
}

Status SetRefusals(pg::BulkConnection& connection, const TenantShard& where, int activation,
                   std::span<const StoredEdge> edges) {
  Array a(Oid::kUuid, edges.size());
  Array b(Oid::kUuid, edges.size());
  Array strengths(Oid::kInt2, edges.size());
  Array refusals(Oid::kInt2, edges.size());
  for (const StoredEdge& stored : edges) {
    a.Bytes(stored.edge.a.view());
    b.Bytes(stored.edge.b.view());
    strengths.SmallInt(static_cast<std::int16_t>(stored.edge.strength));
    refusals.SmallInt(static_cast<std::int16_t>(stored.refusal));
  }
  pg::Params params = KeyParams(where);
  params.Add(std::move(a)).Add(std::move(b)).Add(std::move(strengths)).Add(std::move(refusals));
  params.Int(activation);
  return ToStatus(connection.Execute(sql::kSetRefusals, params));
}

Status SetJudged(pg::BulkConnection& connection, const TenantShard& where, int activation,
                 std::span<const identity::Node> nodes) {
  Array ids(Oid::kUuid, nodes.size());
  for (const identity::Node& node : nodes) ids.Bytes(node.id.view());
  pg::Params params = KeyParams(where);
  params.Add(std::move(ids)).Int(activation);
  return ToStatus(connection.Execute(sql::kSetJudged, params));
}

Status SetExclusions(pg::BulkConnection& connection, const TenantShard& where,
                     std::span<const NodeExclusion> exclusions) {
  Array nodes(Oid::kUuid, exclusions.size());
  Array values(Oid::kInt2, exclusions.size());
  for (const NodeExclusion& one : exclusions) {
    nodes.Bytes(one.node.view());
    values.SmallInt(static_cast<std::int16_t>(one.exclusion));
  }
  pg::Params params = KeyParams(where);
  params.Add(std::move(nodes)).Add(std::move(values));
  return ToStatus(connection.Execute(sql::kSetExclusions, params));
}

}  // namespace selfsame::storage
