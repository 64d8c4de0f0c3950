// Prepare: everything about a record that needs no database: checks, canonical identifiers, node
// ids, fingerprint. Runs on gRPC threads, so it never blocks.
#ifndef SELFSAME_SERVER_INGEST_PREPARE_H_
#define SELFSAME_SERVER_INGEST_PREPARE_H_

#include <string_view>

#include "base/ids.h"
#include "base/time.h"
#include "identity/ruleset.h"
#include "server/ingest/limits.h"
#include "server/ingest/record.h"
#include "server/schema/catalog.h"
#include "storage/tenants.h"

namespace selfsame::ingest {

// Whose record it is and what it is held to. Refers to snapshots the caller keeps alive.
struct PrepareContext {
  std::string_view node_key;  // The tenant's.
  TenantId tenant;
  SourceId source;
  int trust_priority = 0;
  const schema::Catalog& catalog;
  schema::Customs customs;  // Of the source.
  // Anonymous ids belong to one customer at most (after_logout of the source).
  bool has_new_person_after_logout = false;
  const identity::Ruleset& rules;
  TimeUs now;
  TimeUs event_time_min = kEventTimeMin;  // The source's.
  // Held to this version of its schema instead of the one it names; 0: to that.
  std::uint32_t schema_version = 0;
};

// What a record of this source and tenant is held to beside its schema.
schema::Customs CustomsOf(const storage::Tenant& tenant, const storage::Source& source,
                          const schema::Catalog& catalog);
TimeUs EventTimeMinOf(const storage::Source& source);

// Never fails: what is wrong with a record is in its outcome (REJECTED: nothing can be kept) or its
// violations (QUARANTINED: it is kept whole). Thread-safe.
PreparedRecord Prepare(const IncomingRecord& incoming, const PrepareContext& context);

// The same for a record whose check threw: nothing of what it says is looked at. REJECTED as above,
// or quarantined whole with CHECK_FAILED.
PreparedRecord PrepareUnchecked(const IncomingRecord& incoming, const PrepareContext& context);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_PREPARE_H_
