#include "storage/profile_reader.h"

#include <pqxx/result>

#include "storage/attributes_json.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

Error NotFound() {
  return {.code = ErrorCode::kNotFound,
          .reason = "PROFILE_NOT_FOUND",
          .message = "no profile has this identifier or id"};
}

// Runs the statement of the two that fits the key.
pqxx::result ExecByKey(pqxx::work& tx, const TenantShard& where, const ProfileKey& key,
                       const pg::Statement& by_node, const pg::Statement& by_birth) {
  if (const auto* node = std::get_if<NodeId>(&key)) {
    return pg::Exec(tx, by_node, where.shard, where.tenant, *node);
  }
  return pg::Exec(tx, by_birth, where.shard, where.tenant, std::get<ProfileId>(key));
}

// "{uuid,uuid}", as PostgreSQL prints uuid[].
template <typename Id>
std::string UuidArrayText(const std::vector<Id>& ids) {
  std::string text = "{";
  for (const Id& id : ids) {
    if (text.size() > 1) text.push_back(',');
    text += FormatUuid(id);
  }
  return text + "}";
}

std::vector<ProfileId> ParseUuidArray(std::string_view text) {
  std::vector<ProfileId> ids;
  for (std::size_t at = 1; at + 36 < text.size(); at += 37) {
    const auto bytes = ParseUuid(text.substr(at, 36));
    if (bytes) ids.push_back(ProfileId{*bytes});
  }
  return ids;
}

Result<Profile> ProfileOf(const pqxx::result& rows) {
  if (rows.empty()) return NotFound();
  const auto first = rows[0];
  Profile profile{.profile_id = first[0].as<ProfileId>(),
                  .revision = first[1].as<std::int64_t>(),
                  .created_at = first[2].as<TimeUs>(),
                  .updated_at = first[3].as<TimeUs>(),
                  .attributes = {},
                  .members = {}};
  SELFSAME_ASSIGN_OR_RETURN(
      profile.attributes, ParseAttributes(first[4].as<std::string>(), first[5].as<std::string>()));
  for (const auto& row : rows) {
    profile.members.push_back({.node = row[6].as<NodeId>(),
                               .kind = row[7].as<std::string>(),
                               .value_sealed = row[8].as<pg::Bytea>().bytes,
                               .first_seen_at = row[9].as<TimeUs>(),
                               .exclusion = static_cast<identity::Exclusion>(row[10].as<int>())});
  }
  return profile;
}

struct Members {
  std::vector<NodeId> nodes;
  std::vector<ProfileId> births;
};

Result<Members> FindMembers(pqxx::work& tx, const TenantShard& where, const ProfileKey& key) {
  const pqxx::result rows =
      ExecByKey(tx, where, key, sql::kFindMembersByNode, sql::kFindMembersByBirth);
  if (rows.empty()) return NotFound();
  Members members;
  for (const auto& row : rows) {
    members.nodes.push_back(row[0].as<NodeId>());
    members.births.push_back(row[1].as<ProfileId>());
  }
  return members;
}

}  // namespace

Result<Profile> ReadProfile(pg::Session& session, const TenantShard& where, const ProfileKey& key) {
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Profile> {
    SELFSAME_ASSIGN_OR_RETURN(
        Profile profile,
        ProfileOf(ExecByKey(tx, where, key, sql::kReadProfileByNode, sql::kReadProfileByBirth)));
    std::vector<NodeId> members;
    for (const ProfileMember& member : profile.members) members.push_back(member.node);
    profile.activity = ReadActivity(tx, where, members, {});
    return profile;
  });
}

Result<std::vector<StoredEvent>> ListEvents(pg::Session& session, const TenantShard& where,
                                            const ProfileKey& key, const Cursor& after, int limit) {
  using Events = std::vector<StoredEvent>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<Events> {
    SELFSAME_ASSIGN_OR_RETURN(const Members members, FindMembers(tx, where, key));
    return ReadEvents(tx, where, members.nodes, after, limit);
  });
}

Result<std::vector<StoredHistory>> ListMergeHistory(pg::Session& session, const TenantShard& where,
                                                    const ProfileKey& key, const Cursor& after,
                                                    int limit) {
  using History = std::vector<StoredHistory>;
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<History> {
    SELFSAME_ASSIGN_OR_RETURN(const Members members, FindMembers(tx, where, key));
    History history;
    for (const auto& row : pg::Exec(tx, sql::kListMergeHistory, where.shard, where.tenant,
                                    UuidArrayText(members.births), after.time, after.id, limit)) {
      history.push_back({.at = row[0].as<TimeUs>(),
                         .history_id = row[1].as<EventUuid>(),
                         .action = static_cast<identity::Action>(row[2].as<int>()),
                         .rule = row[3].as<std::string>(),
                         .record_id = row[4].as<RecordId>(),
                         .before = ParseUuidArray(row[5].as<std::string>()),
                         .after = ParseUuidArray(row[6].as<std::string>()),
                         .kind_a = row[7].as<std::string>(),
                         .kind_b = row[8].as<std::string>(),
                         .operation = row[9].is_null() ? EventUuid{} : row[9].as<EventUuid>(),
                         .actor = row[10].as<std::string>(),
                         .reason = row[11].as<std::string>()});
    }
    return history;
  });
}

}  // namespace selfsame::storage
