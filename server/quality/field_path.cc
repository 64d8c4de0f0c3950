#include "server/quality/field_path.h"

#include <algorithm>

namespace selfsame::quality {
namespace {

constexpr std::string_view kRecordFields[] = {
    "event_time", "identifiers", "identifiers.kind", "identifiers.value", "key",
    "payload",    "schema",      "schema.name",      "schema.version"};

}  // namespace

std::string WithoutIndices(std::string_view path) {
  std::string kept;
  int depth = 0;
  for (const char c : path) {
    if (c == ']' && depth > 0) {
      --depth;
    } else if (c == '[') {
      ++depth;
    } else if (depth == 0) {
      kept.push_back(c);
    }
  }
  return kept;
}

bool IsRecordField(std::string_view path) {
  return std::find(std::begin(kRecordFields), std::end(kRecordFields), path) !=
         std::end(kRecordFields);
}

}  // namespace selfsame::quality
