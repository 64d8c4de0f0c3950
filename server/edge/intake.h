// Intake: what unary calls and streams share on the way from a decoded request to the lanes.
#ifndef SELFSAME_SERVER_EDGE_INTAKE_H_
#define SELFSAME_SERVER_EDGE_INTAKE_H_

#include <chrono>
#include <functional>
#include <memory>
#include <span>

#include "base/result.h"
#include "base/snapshot.h"
#include "server/edge/auth.h"
#include "server/edge/decode.h"
#include "server/edge/gate.h"
#include "server/ingest/lanes.h"
#include "server/ingest/prepare.h"
#include "server/observe/barrier.h"
#include "server/observe/log.h"
#include "server/observe/metrics.h"
#include "server/observe/readiness.h"
#include "server/quality/quality_meter.h"
#include "server/registry/quarantine_keeper.h"
#include "server/registry/usage_meter.h"
#include "server/schema/catalog.h"

namespace selfsame::edge {

// What the services need. Everything outlives them; all of it is thread-safe.
struct EdgeContext {
  const Snapshot<storage::Directory>& directory;
  const Snapshot<schema::Catalog>& catalog;
  registry::UsageMeter& usage;
  quality::QualityMeter* quality = nullptr;  // Null: not measured.
  const registry::QuarantineDays& quarantine_days;
  ingest::Lanes& lanes;
  observe::Metrics& metrics;
  const observe::Logger& log;
  Gate& gate;
  observe::Barrier barrier{metrics, log};
  const observe::Readiness* readiness = nullptr;  // Null: callers are not told why not.
};

// Prepares a record; one whose check throws is kept in quarantine with CHECK_FAILED, so that its
// neighbours are not lost and nobody sends it for ever.
ingest::PreparedRecord PrepareOrKeep(const EdgeContext& edge,
                                     const ingest::IncomingRecord& incoming,
                                     const ingest::PrepareContext& context);

// Prepares the records of a request, counts them as received, and hands them to the lanes;
// `on_done` runs once, on any thread, when all are settled or the request failed
// (Submission::error). Never blocks. Errors (on_done will not run, and the records count as
// unsettled): as Lanes::Submit. `is_abandoned` as of a Submission.
Status Submit(const EdgeContext& edge, const Caller& caller,
              std::shared_ptr<const DecodedRequest> request, IsAbandoned is_abandoned,
              std::function<void(ingest::Submission&)> on_done);

// Counts what the settled ones of the records said, for catalog and drift.
void CountUsage(const EdgeContext& edge, const storage::Tenant& tenant,
                const storage::Source& source, std::span<const ingest::PreparedRecord> records);

// Counts quarantined records of one source that were sent once more and did not fail as a whole.
void CountReplayed(const EdgeContext& edge, const storage::Tenant& tenant,
                   const storage::Source& source, std::span<const ingest::PreparedRecord> records);

// Counts the outcomes of a submission, its usage and its quality. Of one that failed as a whole,
// some lanes may have settled their records: these count, and the others as unsettled (INV-7).
void CountOutcomes(const EdgeContext& edge, const Caller& caller,
                   const ingest::Submission& submission);

// Counts and, where someone should look, logs how a request ended.
class RequestWatch {
 public:
  RequestWatch(const EdgeContext& edge, observe::Method method);

  const std::string& request_id() const { return request_id_; }
  void Succeeded() const;
  void Failed(const Error& error) const;

 private:
  double Seconds() const;

  const EdgeContext& edge_;
  const observe::Method method_;
  const std::string request_id_;
  const std::chrono::steady_clock::time_point started_;
};

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_INTAKE_H_
