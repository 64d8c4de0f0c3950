#include "server/quality/wilson.h"

#include <algorithm>
#include <cmath>

namespace selfsame::quality {

Interval WilsonInterval(std::int64_t hits, std::int64_t trials) {
  if (trials == 0) return {};
  constexpr double kZ = 1.959963984540054;  // The normal distribution's 97.5 % quantile.
  const auto n = static_cast<double>(trials);
  const double share = static_cast<double>(hits) / n;
  const double scale = 1 + kZ * kZ / n;
  const double middle = (share + kZ * kZ / (2 * n)) / scale;
  const double reach = kZ / scale * std::sqrt(share * (1 - share) / n + kZ * kZ / (4 * n * n));
  return {share, std::max(0.0, middle - reach), std::min(1.0, middle + reach)};
}

}  // namespace selfsame::quality
