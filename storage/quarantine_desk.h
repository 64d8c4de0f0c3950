// The quarantine desk: what people look at, repair and throw away. Bodies come and go sealed. How
// records get into quarantine, and out by being accepted, is storage/quarantine.h.
#ifndef SELFSAME_STORAGE_QUARANTINE_DESK_H_
#define SELFSAME_STORAGE_QUARANTINE_DESK_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/pg/session.h"
#include "storage/records.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

// Which records; all conditions hold.
struct QuarantineSelector {
  SourceId source;          // 0: any.
  std::string schema_name;  // Empty: any.
  std::string reason;       // Of any of the violations; empty: any.
  TimeUs from{0};
  TimeUs to{253'402'300'799'000'000};  // 9999-12-31T23:59:59Z.
  std::vector<RecordId> ids;           // Empty: any.
};

struct Quarantined {
  RecordId id;
  SourceId source;
  RecordKind kind = RecordKind::kEvent;
  std::string key;
  std::string schema_name;
  std::uint32_t schema_version = 0;
  TimeUs received_at;
  std::string reason;
  std::vector<Violation> violations;
  int patch_number = 0;  // Of the newest copy; 0: none.
};

struct QuarantineGroup {
  SourceId source;
  std::string schema_name;
  std::string reason;
  std::int64_t records = 0;
  TimeUs oldest_at;
  TimeUs newest_at;
};

struct QuarantinePatch {
  RecordId id;
  int number = 0;
  TimeUs at;
  std::string actor;
  std::string comment;
  std::string body_sealed;
};

struct QuarantineBody {
  RecordId id;
  std::string body_sealed;
};

// All of these work within one tenant. Errors: as Session::InTransaction.

// At most `limit` records after an id, oldest first. May be retried, as all that read.
Result<std::vector<Quarantined>> ListQuarantine(pg::Session& session, const TenantShard& where,
                                                const QuarantineSelector& selector, RecordId after,
                                                int limit);

// Largest group first.
Result<std::vector<QuarantineGroup>> CountQuarantine(pg::Session& session, const TenantShard& where,
                                                     const QuarantineSelector& selector);

// Of those that exist, in no order.
Result<std::vector<QuarantineBody>> ReadQuarantineBodies(pg::Session& session,
                                                         const TenantShard& where,
                                                         std::span<const RecordId> ids);
Result<std::vector<QuarantinePatch>> ReadQuarantinePatches(pg::Session& session,
                                                           const TenantShard& where,
                                                           std::span<const RecordId> ids);

// Puts a copy beside a record, under the number it has.
// Errors: kNotFound QUARANTINE_UNKNOWN, kAborted PATCH_NUMBER_TAKEN.
Status InsertQuarantinePatch(pg::Session& session, const TenantShard& where,
                             const QuarantinePatch& patch);

// What is wrong with a record now, where that has changed. May be retried.
Status UpdateQuarantineViolations(pg::Session& session, const TenantShard& where, RecordId id,
                                  const std::vector<Violation>& violations);

// Values of quarantine_log.action.
enum class QuarantineEnd : std::int16_t { kSettled = 1, kDiscarded = 2, kExpired = 3 };

// Deletes records and their copies, each with a line in the log; returns how many. May be retried.
Result<int> DiscardQuarantine(pg::Session& session, const TenantShard& where,
                              std::span<const RecordId> ids, QuarantineEnd end,
                              const std::string& actor, const std::string& reason, TimeUs now);

// At most `limit` records received before a time: of one reason, or with an empty reason of all
// that `others` does not list.
Result<std::vector<RecordId>> FindExpired(pg::Session& session, const TenantShard& where,
                                          const std::string& reason,
                                          const std::vector<std::string>& others, TimeUs before,
                                          int limit);

// How violations are stored: [{"field", "reason", "message"}].
std::string ViolationsJson(const std::vector<Violation>& violations);
std::vector<Violation> ParseViolations(const std::string& json);

// Ids as a parameter of type uuid[].
std::string UuidArrayText(std::span<const RecordId> ids);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_QUARANTINE_DESK_H_
