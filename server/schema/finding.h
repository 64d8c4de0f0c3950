// Findings: what is wrong with a schema, as opposed to with a record.
#ifndef SELFSAME_SERVER_SCHEMA_FINDING_H_
#define SELFSAME_SERVER_SCHEMA_FINDING_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace selfsame::schema {

// At most so many of one schema are told: more help nobody.
inline constexpr std::size_t kFindingsMax = 1'000;

// `rule` is stable UPPER_SNAKE (docs/SCHEMAS.md); `path` is the full name of the element.
struct Finding {
  std::string rule;
  std::string path;
  std::string was;  // Where something changed.
  std::string is;
  std::uint32_t against_version = 0;  // 0: compares nothing.
  std::string message;
};

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_FINDING_H_
