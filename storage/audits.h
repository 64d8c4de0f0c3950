// Audits: samples of what profiles say, drawn to be judged by people, and their verdicts.
#ifndef SELFSAME_STORAGE_AUDITS_H_
#define SELFSAME_STORAGE_AUDITS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/pg/session.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

inline constexpr int kAuditSizeMax = 10'000;

// Values of audit_samples.verdict and of selfsame.quality.v1.Verdict.
enum class Verdict : std::int16_t { kNone = 0, kRight = 1, kWrong = 2, kUnknown = 3 };

struct NewAudit {
  EventUuid id;
  std::string attribute;
  int size = 100;
  std::string stratify_by;  // "", "source" or "attribute:<name>".
  std::int64_t seed = 0;
  std::string drawn_by;
};

struct AuditRow {
  EventUuid id;
  std::string attribute;
  std::string stratify_by;
  std::string drawn_by;
  TimeUs drawn_at;
  std::int64_t seed = 0;
  std::int64_t population = 0;
  std::int64_t samples = 0;
  std::int64_t right = 0;
  std::int64_t wrong = 0;
  std::int64_t unknown = 0;
};

struct AuditSample {
  int number = 0;
  std::string stratum;  // With `source` empty: the value of the attribute asked for.
  SourceId source;      // Of an audit by source.
  ProfileId profile_id;
  std::string value;        // JSON text, as the profile says now; "null" where it says nothing.
  bool is_changed = false;  // Another claim prevails now than when the sample was drawn.
  Verdict verdict = Verdict::kNone;
  std::string comment;
};

// Draws the samples and stores them; the same seed draws the same of the same profiles. Reads every
// profile of the tenant. Requires: 1 <= size <= kAuditSizeMax.
// Errors: kFailedPrecondition NOTHING_TO_DRAW when no profile has the attribute.
Status DrawAudit(pg::Session& session, const TenantShard& where, const NewAudit& audit, TimeUs now);

// Newest first. May be retried.
Result<std::vector<AuditRow>> ReadAudits(pg::Session& session, TenantId tenant, int audits_max);

// By number; empty: no such audit. May be retried.
Result<std::vector<AuditSample>> ReadAuditSamples(pg::Session& session, const TenantShard& where,
                                                  EventUuid audit);

struct Judgement {
  EventUuid audit;
  int number = 0;
  Verdict verdict = Verdict::kNone;
  std::string judged_by;
  std::string comment;
};

// A later verdict replaces an earlier one. May be retried.
// Errors: kNotFound SAMPLE_UNKNOWN.
Status JudgeAuditSample(pg::Session& session, TenantId tenant, const Judgement& judgement,
                        TimeUs now);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_AUDITS_H_
