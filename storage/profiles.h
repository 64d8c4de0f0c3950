// Profiles and the claims they fold from, as the commit path writes them. Reading a profile for a
// client is storage/profile_reader.h.
#ifndef SELFSAME_STORAGE_PROFILES_H_
#define SELFSAME_STORAGE_PROFILES_H_

#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "identity/fold.h"
#include "storage/pg/bulk.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

// A claim and where it hangs.
struct AnchoredClaim {
  NodeId anchor;
  std::string attribute;
  identity::Claim claim;
};

struct StoredProfile {
  ProfileId profile_id;
  TimeUs created_at;  // Written at creation only.
  std::int64_t revision = 0;
  identity::Attributes attributes;
};

// Requires: claims of records this transaction accepted; they are new by their keys.
Status InsertClaims(pg::BulkConnection& connection, const TenantShard& where,
                    std::span<const AnchoredClaim> claims);

// All claims that hang on these nodes. Their trust_priority is not stored: it comes back as 0.
Result<std::vector<AnchoredClaim>> LoadClaims(pg::BulkConnection& connection,
                                              const TenantShard& where,
                                              std::span<const NodeId> nodes);

// Event times, both ends included; all of them unless told.
struct TimeSpan {
  TimeUs since{-62'135'596'800'000'000};  // 0001-01-01.
  TimeUs until{253'402'300'799'000'000};  // 9999-12-31.
};

// Which claims of an anchor are asked for.
struct WantedClaims {
  NodeId anchor;
  std::string attribute;
  TimeSpan span = {};
};
// Likewise, of some attributes within some times.
Result<std::vector<AnchoredClaim>> LoadClaimsSince(pg::BulkConnection& connection,
                                                   const TenantShard& where,
                                                   std::span<const WantedClaims> wanted);

// Likewise, the newest one of each anchor and attribute: the last by (event_time, source, key),
// which is the order of the primary key and not that of identity::IsLater. `span` is not looked at.
Result<std::vector<AnchoredClaim>> LoadNewestClaims(pg::BulkConnection& connection,
                                                    const TenantShard& where,
                                                    std::span<const WantedClaims> wanted);

struct Membership {
  ProfileId profile_id;
  NodeId node;
};
// All members of profiles. Requires: their components are locked or new.
Result<std::vector<Membership>> LoadMembers(pg::BulkConnection& connection,
                                            const TenantShard& where,
                                            std::span<const ProfileId> profile_ids);

// Profiles by id, in no order; created_at is not read. Requires: their components are locked.
Result<std::vector<StoredProfile>> LoadProfiles(pg::BulkConnection& connection,
                                                const TenantShard& where,
                                                std::span<const ProfileId> profile_ids);

// Writes whole rows, new or not. Requires: their components are locked or new.
Status UpsertProfiles(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                      std::span<const StoredProfile> profiles);

Status DeleteProfiles(pg::BulkConnection& connection, const TenantShard& where,
                      std::span<const ProfileId> profile_ids);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_PROFILES_H_
