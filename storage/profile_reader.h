// Reading profiles for clients: the profile, its events and its history. Sealed values come back
// sealed; the caller opens them.
#ifndef SELFSAME_STORAGE_PROFILE_READER_H_
#define SELFSAME_STORAGE_PROFILE_READER_H_

#include <string>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "identity/fold.h"
#include "identity/plan.h"
#include "storage/pg/session.h"
#include "storage/tenant_shard.h"
#include "storage/timeline.h"

namespace selfsame::storage {

// A profile by any of its nodes, or by any profile id it or a part of it ever had.
using ProfileKey = std::variant<NodeId, ProfileId>;

struct ProfileMember {
  NodeId node;
  std::string kind;
  std::string value_sealed;
  TimeUs first_seen_at;
  identity::Exclusion exclusion = identity::Exclusion::kNone;
};

struct Profile {
  ProfileId profile_id;
  std::int64_t revision = 0;
  TimeUs created_at;
  TimeUs updated_at;
  identity::Attributes attributes;
  std::vector<ProfileMember> members;  // By when they were first seen.
  Activity activity;
};

struct StoredHistory {
  TimeUs at;
  EventUuid history_id;
  identity::Action action = identity::Action::kMerged;
  std::string rule;
  RecordId record_id;
  std::vector<ProfileId> before;
  std::vector<ProfileId> after;
  std::string kind_a;
  std::string kind_b;
  // Where somebody decided so; otherwise nil and empty.
  EventUuid operation;
  std::string actor;
  std::string reason;
};

// Errors of all three: kNotFound PROFILE_NOT_FOUND; as Session::InTransaction. May be retried.
Result<Profile> ReadProfile(pg::Session& session, const TenantShard& where, const ProfileKey& key);

// At most `limit` events of all members after the cursor, by (event_time, record_id).
Result<std::vector<StoredEvent>> ListEvents(pg::Session& session, const TenantShard& where,
                                            const ProfileKey& key, const Cursor& after, int limit);

// At most `limit` entries after the cursor, by (at, history_id).
Result<std::vector<StoredHistory>> ListMergeHistory(pg::Session& session, const TenantShard& where,
                                                    const ProfileKey& key, const Cursor& after,
                                                    int limit);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_PROFILE_READER_H_
