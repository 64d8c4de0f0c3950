#include "storage/operations.h"

#include <map>
#include <pqxx/result>
#include <string>

#include "base/uuid.h"
#include "storage/graph_reader.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

// "{uuid,uuid}", as PostgreSQL reads uuid[].
template <typename Id>
std::string ArrayText(const std::vector<Id>& ids) {
  std::string text = "{";
  for (const Id& id : ids) {
    if (text.size() > 1) text.push_back(',');
    text += FormatUuid(id);
  }
  return text + "}";
}

Result<pqxx::result> FindOperations(pqxx::work& tx, const TenantShard& where,
                                    const std::optional<ProfileKey>& key, EventUuid before,
                                    int limit) {
  if (!key) return pg::Exec(tx, sql::kListOperations, where.shard, where.tenant, before, limit);
  SELFSAME_ASSIGN_OR_RETURN(const NodeId node, FindNode(tx, where, *key));
  const std::vector<NodeId> members = FindMembers(tx, where, node);
  std::vector<ProfileId> births;
  for (const GraphNode& member : ReadNodes(tx, where, members)) {
    births.push_back(member.node.birth_id);
  }
  return pg::Exec(tx, sql::kListOperationsOfProfile, where.shard, where.tenant, before, limit,
                  ArrayText(members), ArrayText(births));
}

void ReadSubjects(pqxx::work& tx, const TenantShard& where,
                  std::vector<StoredOperation>& operations) {
  std::map<EventUuid, StoredOperation*> by_id;
  std::vector<EventUuid> ids;
  for (StoredOperation& one : operations) {
    by_id[one.operation.id] = &one;
    ids.push_back(one.operation.id);
  }
  for (const auto& row :
       pg::Exec(tx, sql::kListOperationSubjects, where.shard, where.tenant, ArrayText(ids))) {
    const auto operation = by_id.find(row[0].as<EventUuid>());
    if (operation == by_id.end()) continue;
    operation->second->subjects.push_back({.node = row[1].as<NodeId>(),
                                           .kind = row[2].as<std::string>(),
                                           .value_sealed = row[3].as<pg::Bytea>().bytes});
  }
}

}  // namespace

Status InsertOperationSubjects(pg::BulkConnection& connection, const TenantShard& where,
                               EventUuid operation, std::span<const NodeId> nodes) {
  pg::Params params = KeyParams(where);
  params.Uuid(operation.view()).Add(UuidArray(nodes));
  return ToStatus(connection.Execute(sql::kInsertOperationSubjects, params));
}

EventUuid AfterAllOperations() {
  EventUuid id;
  id.bytes.fill(0xff);
  return id;
}

Result<std::vector<StoredOperation>> ListOperations(pg::Session& session, const TenantShard& where,
                                                    const std::optional<ProfileKey>& key,
                                                    EventUuid before, int limit) {
  using Operations = std::vector<StoredOperation>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Operations> {
    SELFSAME_ASSIGN_OR_RETURN(const pqxx::result rows,
                              FindOperations(tx, where, key, before, limit));
    Operations operations;
    for (const auto& row : rows) {
      const auto kind = static_cast<OperationKind>(row[2].as<int>());
      operations.push_back(
          {.operation = {.id = row[0].as<EventUuid>(),
                         .kind = kind,
                         .decision = {row[3].as<std::string>(), row[4].as<std::string>()},
                         .from_version = row[5].as<int>(),
                         .to_version = row[6].as<int>()},
           .at = row[1].as<TimeUs>(),
           .is_cleared = kind == OperationKind::kCannotLink && !row[7].as<bool>(),
           .subjects = {}});
    }
    ReadSubjects(tx, where, operations);
    return operations;
  });
}

}  // namespace selfsame::storage
