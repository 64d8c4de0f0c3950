// Fields that were left out of accepted records: which they are, and the records as they were sent,
// sealed. Written with the records; read by people.
#ifndef SELFSAME_STORAGE_LEFT_OUT_H_
#define SELFSAME_STORAGE_LEFT_OUT_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/pg/bulk.h"
#include "storage/pg/session.h"
#include "storage/records.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

struct NewLeftOut {
  SourceId source;
  SchemaId schema;
  RecordKind kind = RecordKind::kEvent;
  RecordId record_id;
  std::string_view key;
  std::string fields_json;  // As ViolationsJson writes it (storage/quarantine_desk.h).
  std::string body_sealed;
};

// In the transaction of the records (INV-1). Errors: as TranslateSqlState.
Status InsertLeftOut(pg::BulkConnection& connection, const TenantShard& where, TimeUs received_at,
                     std::span<const NewLeftOut> rows);

// Which records; all conditions hold.
struct LeftOutSelector {
  SourceId source;  // 0: any.
  TimeUs from{0};   // When they were received: inside.
  TimeUs to{253'402'300'799'000'000};
  std::vector<RecordId> ids;  // Empty: any.
};

struct LeftOutRecord {
  RecordId id;
  SourceId source;
  SchemaId schema;
  RecordKind kind = RecordKind::kEvent;
  std::string key;
  TimeUs received_at;
  std::vector<Violation> fields;
  std::string body_sealed;
};

// At most `limit` records after an id, oldest first. May be retried. Errors: as
// Session::InTransaction.
Result<std::vector<LeftOutRecord>> ListLeftOut(pg::Session& session, const TenantShard& where,
                                               const LeftOutSelector& selector, RecordId after,
                                               int limit);

struct LeftOutGroup {
  SourceId source;
  SchemaId schema;
  std::string field;
  std::string reason;
  std::int64_t records = 0;
};

// Largest group first; the selector's ids are not looked at. May be retried. Errors: as
// Session::InTransaction.
Result<std::vector<LeftOutGroup>> CountLeftOut(pg::Session& session, const TenantShard& where,
                                               const LeftOutSelector& selector);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_LEFT_OUT_H_
