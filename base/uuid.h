// UUIDs: making version 7 (RFC 9562, section 5.7), printing and parsing any.
#ifndef SELFSAME_BASE_UUID_H_
#define SELFSAME_BASE_UUID_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"

namespace selfsame {

// Sixteen bytes of a fresh UUIDv7: 48 bits of unix milliseconds of `now`, the rest random from
// libsodium. Thread-safe. Ids made within one millisecond are in no order.
std::array<std::uint8_t, 16> NewUuidV7Bytes(TimeUs now);

template <typename Id>
Id NewUuidV7(TimeUs now) {
  return Id{NewUuidV7Bytes(now)};
}

// Lower-case 8-4-4-4-12.
std::string FormatUuid(std::string_view bytes16);
template <typename Tag>
std::string FormatUuid(const Id128<Tag>& id) {
  return FormatUuid(id.view());
}

// Accepts only 8-4-4-4-12, either case; nothing else.
std::optional<std::array<std::uint8_t, 16>> ParseUuid(std::string_view text);

// The smallest that NewUuidV7 can give from `time` on: a bound for ranges.
std::array<std::uint8_t, 16> FirstUuidV7(TimeUs time);

// The millisecond time within a version 7 UUID; meaningless for others.
TimeUs UuidV7Time(std::string_view bytes16);

}  // namespace selfsame

#endif  // SELFSAME_BASE_UUID_H_
