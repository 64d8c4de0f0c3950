#include "server/normalize/uuid.h"

#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

constexpr std::size_t kUuidChars = 36;
constexpr std::size_t kUuidDigits = 32;
constexpr std::string_view kUrn = "urn:uuid:";

bool IsHyphenPlace(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

}  // namespace

Result<std::string> NormalizeUuid(std::string_view value) {
  const Error invalid = Invalid("UUID_INVALID", "a UUID has 32 hexadecimal digits");
  std::string_view text = TrimAscii(value);
  if (text.size() > kUrn.size() + kUuidChars) return invalid;
  if (ToLowerAscii(text.substr(0, kUrn.size())) == kUrn) text.remove_prefix(kUrn.size());
  if (text.starts_with('{') && text.ends_with('}')) text = text.substr(1, text.size() - 2);
  std::string uuid = ToLowerAscii(text);
  if (uuid.size() == kUuidDigits) {
    for (const std::size_t place : {8, 13, 18, 23}) uuid.insert(place, 1, '-');
  }
  if (uuid.size() != kUuidChars) return invalid;
  for (std::size_t i = 0; i < kUuidChars; ++i) {
    if (IsHyphenPlace(i) ? uuid[i] != '-' : !IsHex(uuid[i])) return invalid;
  }
  return uuid;
}

}  // namespace selfsame::normalize
