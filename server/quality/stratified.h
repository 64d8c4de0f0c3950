// What an audit says of all profiles, and how far that can be from the truth, where strata were
// drawn from at unequal rates.
//
// The estimate is that of stratified sampling (Cochran, Sampling Techniques, 3rd ed. 1977, ch. 5):
//   p = sum of W p_h over the strata, W the share of the profiles, p_h that of right among n_h.
// The interval is Wilson's (1927) for p on as many samples as a simple one would need to be as
// exact:
//   n_eff = p (1 - p) / sum of W^2 p_h (1 - p_h) / n_h   (the variance of p; ch. 5.)
// but at most 1 / sum of W^2 / n_h (Kish, Survey Sampling, 1965, on unequal weights): a stratum
// with one or two samples, or with all of them right, shows no variance of its own, and would pass
// for certain. Strata without a verdict are left out; their weight is shared by the others in
// proportion.
#ifndef SELFSAME_SERVER_QUALITY_STRATIFIED_H_
#define SELFSAME_SERVER_QUALITY_STRATIFIED_H_

#include "server/quality/wilson.h"
#include "storage/audits.h"

namespace selfsame::quality {

// With 95 % confidence. The plain Wilson interval where there are no strata, and where they are not
// known. Without verdicts anything is possible: 0 to 1.
Interval AuditInterval(const storage::AuditRow& audit);

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_STRATIFIED_H_
