// The Wilson score interval: how far a share that was found in a sample can be from the truth.
// Unlike the usual interval it stays within 0 and 1, and says something of small samples and of
// shares near 1.
#ifndef SELFSAME_SERVER_QUALITY_WILSON_H_
#define SELFSAME_SERVER_QUALITY_WILSON_H_

#include <cstdint>

namespace selfsame::quality {

struct Interval {
  double estimate = 0;
  double low = 0;
  double high = 1;
};

// With 95 % confidence. Requires: 0 <= hits <= trials. Without trials anything is possible: 0 to 1.
Interval WilsonInterval(std::int64_t hits, std::int64_t trials);

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_WILSON_H_
