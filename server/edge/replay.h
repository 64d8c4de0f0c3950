// Replay: quarantined records sent once more along the normal path, under their own keys.
#ifndef SELFSAME_SERVER_EDGE_REPLAY_H_
#define SELFSAME_SERVER_EDGE_REPLAY_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "selfsame/wire/v1/wire.pb.h"
#include "server/edge/pool_call.h"
#include "server/ingest/record.h"
#include "storage/quarantine_desk.h"

namespace selfsame::edge {

// What AEAD binds a body to: it opens only as the record, or the copy, that it is.
std::string QuarantineSealContext(RecordId id, int patch_number);

// The record's own bytes, or its newest copy's. Errors: kInternal when it does not open.
struct OpenedRecord {
  const storage::Quarantined* row = nullptr;
  std::string body;
};
Result<std::vector<OpenedRecord>> OpenBodies(pg::Session& session, const Caller& caller,
                                             std::span<const storage::Quarantined> rows);

// Bodies, decoded and prepared as if they came now. Keeps what the records point into.
struct ReplayBatch {
  std::vector<OpenedRecord> opened;
  std::deque<wire::v1::Record> scratch;
  std::vector<ingest::PreparedRecord> prepared;  // One a record of `opened`.
};

// `schema_version` as in ReplayRequest. What is wrong with a record is in it.
// Errors: kUnavailable NOT_READY when a source is newer than the caller's directory.
Result<std::shared_ptr<ReplayBatch>> PrepareReplay(const EdgeContext& edge, const Caller& caller,
                                                   std::vector<OpenedRecord> opened,
                                                   std::uint32_t schema_version);

// Commits those of the records that are valid now, and waits for it. Returns them with their
// outcomes. May be retried: what was settled is a duplicate then.
// Errors: as Lanes::Submit, and of the commit.
Result<std::vector<ingest::PreparedRecord>> CommitReplay(const EdgeContext& edge,
                                                         const Caller& caller,
                                                         std::shared_ptr<ReplayBatch> batch);

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_REPLAY_H_
