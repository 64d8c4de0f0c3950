#include "server/edge/intake.h"

#include <array>
#include <utility>

#include "base/time.h"
#include "server/edge/status.h"
#include "server/ingest/prepare.h"

namespace selfsame::edge {

Status Submit(const EdgeContext& edge, const Caller& caller,
              std::shared_ptr<const DecodedRequest> request,
              std::function<void(ingest::Submission&)> on_done) {
  const std::shared_ptr<const schema::Catalog> catalog = edge.catalog.Get();
  const ingest::PrepareContext context{.node_key = caller.tenant->node_key.reveal(),
                                       .source = caller.source->id,
                                       .trust_priority = caller.source->trust_priority,
                                       .catalog = *catalog,
                                       .rules = *caller.tenant->rules,
                                       .now = Now()};
  std::vector<ingest::PreparedRecord> records;
  records.reserve(request->records.size());
  for (const ingest::IncomingRecord& incoming : request->records) {
    records.push_back(ingest::Prepare(incoming, context));
  }
  return edge.lanes.Submit(
      std::make_shared<ingest::Submission>(caller.directory, *caller.tenant, std::move(records),
                                           std::move(request), std::move(on_done)));
}

void CountOutcomes(const EdgeContext& edge, const Caller& caller,
                   const ingest::Submission& submission) {
  std::array<std::uint64_t, observe::kOutcomeLabels.size() + 1> counts{};
  for (const ingest::PreparedRecord& record : submission.records()) {
    ++counts[static_cast<std::size_t>(record.outcome.kind)];
    if (record.outcome.kind == ingest::OutcomeKind::kQuarantined) {
      edge.metrics.quarantined.Of(record.outcome.reason).Add();
    } else if (record.outcome.kind == ingest::OutcomeKind::kRejected) {
      edge.metrics.rejections.Of(record.outcome.reason).Add();
    }
  }
  observe::SourceCounters& counters =
      edge.metrics.ForSource(caller.tenant->name, caller.source->name);
  counters.received.Add(submission.records().size());
  for (std::size_t kind = 1; kind < counts.size(); ++kind) {
    if (counts[kind] > 0) counters.Of(static_cast<int>(kind)).Add(counts[kind]);
  }
}

RequestWatch::RequestWatch(const EdgeContext& edge, observe::Method method)
    : edge_(edge),
      method_(method),
      request_id_(NewRequestId()),
      started_(std::chrono::steady_clock::now()) {}

double RequestWatch::Seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
}

void RequestWatch::Succeeded() const {
  edge_.metrics.request_seconds.Of(method_, 0).Observe(Seconds());
}

void RequestWatch::Failed(const Error& error) const {
  edge_.metrics.request_seconds.Of(method_, GrpcCode(error.code)).Observe(Seconds());
  edge_.metrics.requests_refused.Of(error.reason).Add();
  const std::string_view method = observe::kMethodLabels[static_cast<std::size_t>(method_)];
  if (error.code == ErrorCode::kInternal) {
    edge_.log.Error("request failed", {{"request_id", request_id_},
                                       {"method", method},
                                       {"reason", error.reason},
                                       {"what", error.message}});
  } else {
    edge_.log.Debug("request refused",
                    {{"request_id", request_id_}, {"method", method}, {"reason", error.reason}});
  }
}

}  // namespace selfsame::edge
