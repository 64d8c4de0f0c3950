// The seed of a random test: from $SELFSAME_SEED or fresh, and always printed, so that any failure
// can be run again.
#ifndef SELFSAME_TESTS_SUPPORT_SEED_H_
#define SELFSAME_TESTS_SUPPORT_SEED_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace selfsame::test {

inline std::uint64_t Seed() {
  const char* given = std::getenv("SELFSAME_SEED");
  const std::uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::printf("seed: SELFSAME_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_SUPPORT_SEED_H_
