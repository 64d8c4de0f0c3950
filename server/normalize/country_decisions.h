// What this project decided that names of countries mean, before any table is asked.
#ifndef SELFSAME_SERVER_NORMALIZE_COUNTRY_DECISIONS_H_
#define SELFSAME_SERVER_NORMALIZE_COUNTRY_DECISIONS_H_

#include <span>
#include <string_view>

namespace selfsame::normalize {

// In place of a code: why there is none.
inline constexpr std::string_view kAmbiguousCountry = "ambiguous";
inline constexpr std::string_view kUnspecifiedCountry = "unspecified";
inline constexpr std::string_view kNotACountry = "not a country";

struct CountryDecision {
  std::string_view name;
  std::string_view meaning;  // Alpha-2, or one of the above.
};

std::span<const CountryDecision> CountryDecisions();

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_COUNTRY_DECISIONS_H_
