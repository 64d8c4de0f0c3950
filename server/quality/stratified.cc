#include "server/quality/stratified.h"

#include <algorithm>
#include <cmath>

namespace selfsame::quality {
namespace {

// As WilsonInterval, of a number of samples that need not be whole.
Interval WilsonOfShare(double share, double samples) {
  constexpr double kZ = 1.959963984540054;  // The normal distribution's 97.5 % quantile.
  const double scale = 1 + kZ * kZ / samples;
  const double middle = (share + kZ * kZ / (2 * samples)) / scale;
  const double reach =
      kZ / scale * std::sqrt(share * (1 - share) / samples + kZ * kZ / (4 * samples * samples));
  return {share, std::max(0.0, middle - reach), std::min(1.0, middle + reach)};
}

}  // namespace

Interval AuditInterval(const storage::AuditRow& audit) {
  const storage::StratumSums& sums = audit.strata;
  if (sums.strata < 2 || sums.population <= 0 || sums.square <= 0) {
    return WilsonInterval(audit.right, audit.right + audit.wrong);
  }
  const double share = std::clamp(sums.right / sums.population, 0.0, 1.0);
  const double population_squared = sums.population * sums.population;
  double samples = population_squared / sums.square;
  const double variance_of_one = share * (1 - share);
  if (sums.spread > 0 && variance_of_one > 0) {
    samples = std::min(samples, variance_of_one * population_squared / sums.spread);
  }
  return WilsonOfShare(share, samples);
}

}  // namespace selfsame::quality
