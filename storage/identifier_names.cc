#include "storage/identifier_names.h"

#include "storage/sql/statements.h"

namespace selfsame::storage {

Status InsertIdentifierNames(pg::BulkConnection& connection, const TenantShard& where,
                             std::span<const NameOfNode> names) {
  pg::Array nodes(pg::Oid::kUuid, names.size());
  pg::Array ids(pg::Oid::kUuid, names.size());
  for (const auto& [node, name] : names) {
    nodes.Bytes(node.view());
    ids.Bytes(name.view());
  }
  pg::Params params = KeyParams(where);
  params.Add(std::move(nodes)).Add(std::move(ids));
  return ToStatus(connection.Execute(sql::kInsertIdentifierNames, params));
}

Result<std::unordered_map<NodeId, int, Id128Hash>> CountIdentifierNames(
    pg::BulkConnection& connection, const TenantShard& where, std::span<const NodeId> nodes) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(nodes));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows,
                            connection.Execute(sql::kCountIdentifierNames, params));
  std::unordered_map<NodeId, int, Id128Hash> counts;
  for (int row = 0; row < rows.size(); ++row) {
    counts[rows.Uuid<NodeId>(row, 0)] = rows.Int(row, 1);
  }
  return counts;
}

}  // namespace selfsame::storage
