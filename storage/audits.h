// Audits: samples of what profiles say, drawn to be judged by people, and their verdicts.
#ifndef SELFSAME_STORAGE_AUDITS_H_
#define SELFSAME_STORAGE_AUDITS_H_

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
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

// Sums over the strata of an audit of which something was found right or wrong. With N the profiles
// of a stratum, n its samples that were found right or wrong, and p the share of right among them:
struct StratumSums {
  std::int64_t strata = 0;  // All there are; 0: of an audit that is older than they are kept.
  double population = 0;    // Sum of N.
  double right = 0;         // Sum of N p.
  double spread = 0;        // Sum of N^2 p (1 - p) / n.
  double square = 0;        // Sum of N^2 / n.
};

// What server/quality/stratified.h makes an estimate of.
struct AuditRow {
  EventUuid id;
  std::string attribute;
  std::string stratify_by;
  std::string drawn_by;
  TimeUs drawn_at;
  std::int64_t seed = 0;
  std::int64_t population = 0;  // Profiles that had a value.
  std::int64_t samples = 0;
  std::int64_t right = 0;
  std::int64_t wrong = 0;
  std::int64_t unknown = 0;
  StratumSums strata;
};

struct AuditSample {
  int number = 0;
  std::string stratum;  // With `source` empty: the value of the attribute asked for.
  SourceId source;      // Of an audit by source.
  // The profile is not, or not known to be, in the stratum that it was drawn from: neither of the
  // two above is set, for which one that was is kept as a hash only.
  bool is_stratum_changed = false;
  ProfileId profile_id;
  std::string value;        // JSON text, as the profile says now; "null" where it says nothing.
  bool is_changed = false;  // Another claim prevails now than when the sample was drawn.
  Verdict verdict = Verdict::kNone;
  std::string comment;
};

// How many samples each stratum gives of `size`, by their numbers of profiles: at least one each,
// the rest by largest quotient (Sainte-Lague), none more than it has. Pure.
// Requires: no more strata than `size`, none of them empty.
std::vector<std::int64_t> ShareOutSamples(std::span<const std::int64_t> populations,
                                          std::int64_t size);

// Draws the samples and stores them: `size`, or all there are; the same seed draws the same of the
// same profiles. Only profiles that have a value now are drawn. Two passes over the profiles of the
// tenant in the database, each bounded as every statement is, and a sort of about twice the size;
// what profiles say of strata is stored as hashes keyed with `node_key`, the tenant's.
// Requires: 1 <= size <= kAuditSizeMax.
// Errors: kFailedPrecondition NOTHING_TO_DRAW when no profile has a value, TOO_MANY_STRATA when not
// every stratum would give a sample; kDeadlineExceeded STATEMENT_TIMEOUT.
Status DrawAudit(pg::Session& session, const TenantShard& where, std::string_view node_key,
                 const NewAudit& audit, TimeUs now);

// Newest first, after the audit `after`; nil: from the newest. May be retried.
Result<std::vector<AuditRow>> ReadAudits(pg::Session& session, TenantId tenant, int audits_max,
                                         int audits_a_field_max = std::numeric_limits<int>::max(),
                                         EventUuid after = {});

// By number, those after a number; empty: no such audit. The key as in DrawAudit. May be retried.
struct SamplePage {
  int after = 0;
  int rows_max = std::numeric_limits<int>::max();
};
Result<std::vector<AuditSample>> ReadAuditSamples(pg::Session& session, const TenantShard& where,
                                                  std::string_view node_key, EventUuid audit,
                                                  const SamplePage& page = {});

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
