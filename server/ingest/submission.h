// A submission: the records of one request on their way through the lanes, and what is to happen
// when the last of them is settled.
#ifndef SELFSAME_SERVER_INGEST_SUBMISSION_H_
#define SELFSAME_SERVER_INGEST_SUBMISSION_H_

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/call_life.h"
#include "base/error.h"
#include "base/mutex.h"
#include "server/ingest/record.h"
#include "storage/directory.h"

namespace selfsame::ingest {

// Made by a gRPC thread, then shared with the lanes until they are done with it. Each lane writes
// only the outcomes of its own records; the last one to finish runs `on_done`, once.
class Submission {
 public:
  // `bytes` keeps alive what the records' views point into; `directory` the tenant. Of a submission
  // that `is_abandoned` says nobody waits for, what no lane has begun is failed instead.
  Submission(std::shared_ptr<const storage::Directory> directory, const storage::Tenant& tenant,
             std::vector<PreparedRecord> records, std::shared_ptr<const void> bytes,
             std::function<void(Submission&)> on_done, selfsame::IsAbandoned is_abandoned = {});

  const storage::Tenant& tenant() const { return tenant_; }
  const storage::Directory& directory() const { return *directory_; }
  std::vector<PreparedRecord>& records() { return records_; }
  const std::vector<PreparedRecord>& records() const { return records_; }

  // Requires: not finished yet.
  bool IsAbandoned() const { return is_abandoned_ && is_abandoned_(); }

  // Says that `count` more records are settled, or failed. Runs on_done when none is left.
  void Finish(std::size_t count);
  // The request as a whole cannot be answered; the first error stays. Finish still has to be
  // called.
  void Fail(const Error& error);

  // Whether Fail was called, by whichever lane.
  bool HasFailed() const;

  // Only in and after on_done.
  const std::optional<Error>& error() const { return error_; }

 private:
  const std::shared_ptr<const storage::Directory> directory_;
  const storage::Tenant& tenant_;
  std::vector<PreparedRecord> records_;
  const std::shared_ptr<const void> bytes_;
  const std::function<void(Submission&)> on_done_;
  const selfsame::IsAbandoned is_abandoned_;
  std::atomic<std::size_t> unfinished_;
  mutable Mutex mutex_;
  std::optional<Error> error_;  // Guarded by mutex_ until the last Finish.
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_SUBMISSION_H_
