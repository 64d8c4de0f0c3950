#include "storage/decisions.h"

#include <utility>

#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

using pg::Array;
using pg::Oid;

// Stored in the place of "any strength".
constexpr std::int16_t kAnyStrength = 0;

}  // namespace

Status InsertOperation(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                       const Operation& operation) {
  pg::Params params = KeyParams(where);
  params.Time(now).SmallInt(static_cast<std::int16_t>(operation.kind)).Uuid(operation.id.view());
  params.Text(operation.decision.actor).Text(operation.decision.reason);
  params.Int(operation.from_version).Int(operation.to_version);
  return ToStatus(connection.Execute(sql::kInsertOperation, params));
}

Result<std::optional<Operation>> FindOperation(pg::BulkConnection& connection,
                                               const TenantShard& where, EventUuid id) {
  pg::Params params = KeyParams(where);
  params.Uuid(id.view());
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Execute(sql::kFindOperation, params));
  if (rows.size() == 0) return std::optional<Operation>();
  return std::optional(Operation{.id = id,
                                 .kind = static_cast<OperationKind>(rows.SmallInt(0, 0)),
                                 .decision = {},
                                 .from_version = rows.Int(0, 1),
                                 .to_version = rows.Int(0, 2)});
}

Result<std::optional<HistoryCause>> FindHistoryCause(pg::BulkConnection& connection,
                                                     const TenantShard& where, EventUuid history) {
  pg::Params params = KeyParams(where);
  params.Uuid(history.view());
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows,
                            connection.Execute(sql::kFindHistoryCause, params));
  if (rows.size() == 0) return std::optional<HistoryCause>();
  return std::optional(HistoryCause{.action = static_cast<identity::Action>(rows.SmallInt(0, 2)),
                                    .a = rows.Uuid<NodeId>(0, 0),
                                    .b = rows.Uuid<NodeId>(0, 1)});
}

Result<std::optional<NodeId>> FindNodeByBirth(pg::BulkConnection& connection,
                                              const TenantShard& where, ProfileId birth) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(std::span(&birth, 1)));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows,
                            connection.Execute(sql::kFindNodesByBirth, params));
  if (rows.size() == 0) return std::optional<NodeId>();
  return std::optional(rows.Uuid<NodeId>(0, 0));
}

Result<std::vector<SealedIdentifier>> ReadSealedValues(pg::BulkConnection& connection,
                                                       const TenantShard& where,
                                                       std::span<const NodeId> nodes) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(nodes));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows,
                            connection.Execute(sql::kReadSealedValues, params));
  std::vector<SealedIdentifier> values;
  for (int row = 0; row < rows.size(); ++row) {
    values.push_back({.node = rows.Uuid<NodeId>(row, 0),
                      .kind = std::string(rows.Bytes(row, 1)),
                      .value_sealed = std::string(rows.Bytes(row, 2))});
  }
  return values;
}

Status InsertCannotLink(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                        EventUuid operation, const identity::CannotLink& link) {
  const std::size_t count = link.one.size() + link.other.size();
  Array sides(Oid::kInt2, count);
  Array nodes(Oid::kUuid, count);
  for (const auto& [side, members] : {std::pair(1, &link.one), std::pair(2, &link.other)}) {
    for (const NodeId& member : *members) {
      sides.SmallInt(static_cast<std::int16_t>(side));
      nodes.Bytes(member.view());
    }
  }
  pg::Params params = KeyParams(where);
  params.Time(now).Uuid(link.id.view()).Uuid(operation.view());
  params.Add(std::move(sides)).Add(std::move(nodes));
  return ToStatus(connection.Execute(sql::kInsertCannotLink, params));
}

Result<std::vector<NodeId>> ClearCannotLinks(pg::BulkConnection& connection,
                                             const TenantShard& where, TimeUs now,
                                             std::span<const EventUuid> links) {
  pg::Params params = KeyParams(where);
  params.Time(now).Add(UuidArray(links));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows,
                            connection.Execute(sql::kClearCannotLinks, params));
  std::vector<NodeId> members;
  for (int row = 0; row < rows.size(); ++row) members.push_back(rows.Uuid<NodeId>(row, 0));
  return members;
}

Status RevokeEdges(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                   EventUuid operation, std::span<const RevokedEvidence> revoked) {
  Array chosen(Oid::kInt2, revoked.size());
  Array chosen_a(Oid::kUuid, revoked.size());
  Array chosen_b(Oid::kUuid, revoked.size());
  for (const RevokedEvidence& one : revoked) {
    chosen.SmallInt(one.strength ? static_cast<std::int16_t>(*one.strength) : kAnyStrength);
    chosen_a.Bytes(one.ends.a.view());
    chosen_b.Bytes(one.ends.b.view());
  }
  pg::Params params = KeyParams(where);
  params.Add(std::move(chosen_a)).Add(std::move(chosen_b)).Add(std::move(chosen));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Execute(sql::kRevokeEdges, params));
  const auto count = static_cast<std::size_t>(rows.size());
  Array strengths(Oid::kInt2, count);
  Array a(Oid::kUuid, count);
  Array b(Oid::kUuid, count);
  for (int row = 0; row < rows.size(); ++row) {
    a.Bytes(rows.Bytes(row, 0));
    b.Bytes(rows.Bytes(row, 1));
    strengths.SmallInt(rows.SmallInt(row, 2));
  }
  pg::Params written = KeyParams(where);
  written.Time(now).Uuid(operation.view());
  written.Add(std::move(strengths)).Add(std::move(a)).Add(std::move(b));
  return ToStatus(connection.Execute(sql::kInsertRevocations, written));
}

Status RestoreEdges(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                    int activation, std::span<const identity::Edge> edges) {
  Array a(Oid::kUuid, edges.size());
  Array b(Oid::kUuid, edges.size());
  Array strengths(Oid::kInt2, edges.size());
  Array records(Oid::kUuid, edges.size());
  for (const identity::Edge& edge : edges) {
    a.Bytes(edge.a.view());
    b.Bytes(edge.b.view());
    strengths.SmallInt(static_cast<std::int16_t>(edge.strength));
    records.Bytes(edge.record_id.view());
  }
  pg::Params params = KeyParams(where);
  params.Time(now).Add(std::move(a)).Add(std::move(b));
  params.Add(std::move(strengths)).Add(std::move(records)).Int(activation);
  return ToStatus(connection.Execute(sql::kRestoreEdges, params));
}

Result<std::vector<OutsideNeighbour>> ListOutsideNeighbours(pg::BulkConnection& connection,
                                                            const TenantShard& where,
                                                            std::span<const NodeId> nodes,
                                                            int limit) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(nodes)).Int(limit);
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows,
                            connection.Execute(sql::kListOutsideNeighbours, params));
  std::vector<OutsideNeighbour> neighbours;
  for (int row = 0; row < rows.size(); ++row) {
    neighbours.push_back(
        {.node = rows.Uuid<NodeId>(row, 0),
         .other = {.node = rows.Uuid<NodeId>(row, 1),
                   .kind = std::string(rows.Bytes(row, 2)),
                   .value_sealed = std::string(rows.Bytes(row, 7))},
         .other_standing = {.profile_id = rows.Uuid<ProfileId>(row, 4),
                            .component_id = rows.Uuid<ComponentId>(row, 3)},
         .other_exclusion = static_cast<identity::Exclusion>(rows.SmallInt(row, 5)),
         .strength = static_cast<identity::Strength>(rows.SmallInt(row, 6))});
  }
  return neighbours;
}

Status ReturnEdges(pg::BulkConnection& connection, const TenantShard& where, int activation,
                   std::span<const NodeId> nodes, std::span<const NodeId> locked) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(nodes)).Add(UuidArray(locked)).Int(activation);
  return ToStatus(connection.Execute(sql::kReturnEdges, params));
}

Status RefuseAsShared(pg::BulkConnection& connection, const TenantShard& where,
                      std::span<const NodeId> nodes) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(nodes));
  return ToStatus(connection.Execute(sql::kRefuseAsShared, params));
}

Result<std::vector<ComponentId>> ListComponents(pg::BulkConnection& connection,
                                                const TenantShard& where, ComponentId after,
                                                int limit) {
  pg::Params params = KeyParams(where);
  params.Uuid(after.view()).Int(limit);
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Execute(sql::kListComponents, params));
  std::vector<ComponentId> components;
  for (int row = 0; row < rows.size(); ++row) components.push_back(rows.Uuid<ComponentId>(row, 0));
  return components;
}

Result<std::vector<ComponentMember>> ListComponentMembers(pg::BulkConnection& connection,
                                                          const TenantShard& where,
                                                          std::span<const ComponentId> components) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(components));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows,
                            connection.Execute(sql::kListComponentMembers, params));
  std::vector<ComponentMember> members;
  for (int row = 0; row < rows.size(); ++row) {
    members.push_back({.identifier = {.node = rows.Uuid<NodeId>(row, 0),
                                      .kind = std::string(rows.Bytes(row, 1)),
                                      .value_sealed = std::string(rows.Bytes(row, 2))},
                       .standing = {.profile_id = rows.Uuid<ProfileId>(row, 4),
                                    .component_id = rows.Uuid<ComponentId>(row, 3)},
                       .exclusion = static_cast<identity::Exclusion>(rows.SmallInt(row, 5))});
  }
  return members;
}

Result<InForce> FindInForce(pg::BulkConnection& connection, const TenantShard& where) {
  pg::Params params;
  params.Int(where.tenant.value);
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Execute(sql::kReadActivation, params));
  if (rows.size() == 0) return InForce{};
  return InForce{.version = rows.Int(0, 0),
                 .activation = rows.Int(0, 2),
                 .age = std::chrono::microseconds(rows.BigInt(0, 1))};
}

Result<std::shared_ptr<const identity::Ruleset>> LoadRuleset(pg::BulkConnection& connection,
                                                             const TenantShard& where,
                                                             int version) {
  SELFSAME_ASSIGN_OR_RETURN(const InForce active, FindInForce(connection, where));
  const int activation = active.version == version ? active.activation : 0;
  if (version == 0) {
    return ParseStoredRuleset(identity::DefaultRulesetToml(), where.tenant, 0, activation);
  }
  pg::Params params;
  params.Int(where.tenant.value).Int(version);
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Execute(sql::kReadRulesetBody, params));
  if (rows.size() == 0) {
    return Error{.code = ErrorCode::kNotFound,
                 .reason = "RULESET_UNKNOWN",
                 .message = "no ruleset " + std::to_string(version)};
  }
  return ParseStoredRuleset(rows.Bytes(0, 0), where.tenant, version, activation);
}

Result<int> FindVersionBefore(pg::BulkConnection& connection, const TenantShard& where) {
  pg::Params params;
  params.Int(where.tenant.value);
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows,
                            connection.Execute(sql::kFindVersionBefore, params));
  return rows.Int(0, 0);
}

Status ActivateWithin(pg::BulkConnection& connection, const TenantShard& where, int version,
                      const Decision& decision) {
  pg::Params params;
  params.Int(where.tenant.value).Int(version);
  params.Text(decision.actor).Text(decision.reason);
  return ToStatus(connection.Execute(sql::kInsertActivation, params));
}

}  // namespace selfsame::storage
