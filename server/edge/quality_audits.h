// The calls of QualityService that are about audits: samples of what profiles say, judged by
// people.
#ifndef SELFSAME_SERVER_EDGE_QUALITY_AUDITS_H_
#define SELFSAME_SERVER_EDGE_QUALITY_AUDITS_H_

#include "selfsame/quality/v1/quality.pb.h"
#include "server/edge/pool_call.h"
#include "storage/audits.h"

namespace selfsame::edge {

// Each as proto/selfsame/quality/v1 says.
Status DrawSampleOf(pg::Session& session, const Caller& caller,
                    const quality::v1::DrawSampleRequest& request,
                    quality::v1::DrawSampleResponse* response);
Status ListAuditsOf(pg::Session& session, const Caller& caller,
                    const quality::v1::ListAuditsRequest& request,
                    quality::v1::ListAuditsResponse* response);
Status ListSamplesOf(pg::Session& session, const Caller& caller,
                     const quality::v1::ListSamplesRequest& request,
                     quality::v1::ListSamplesResponse* response);
Status SubmitVerdictOf(pg::Session& session, const Caller& caller,
                       const quality::v1::SubmitVerdictRequest& request);

void EncodeAudit(const storage::AuditRow& row, quality::v1::Audit* reply);

inline constexpr int kAuditsMax = 1'000;

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_QUALITY_AUDITS_H_
