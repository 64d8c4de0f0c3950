#include "base/uuid.h"

#include <sodium.h>

#include <algorithm>

#include "base/check.h"

namespace selfsame {
namespace {

// One system call serves 256 ids: getrandom for each would cost more than all the rest.
class RandomBlock {
 public:
  void Take(std::uint8_t* out, std::size_t count) {
    if (used_ + count > block_.size()) {
      randombytes_buf(block_.data(), block_.size());
      used_ = 0;
    }
    std::copy_n(block_.data() + used_, count, out);
    used_ += count;
  }

 private:
  std::array<std::uint8_t, 2560> block_{};
  std::size_t used_ = block_.size();
};

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsDash(std::size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

void PutTime(TimeUs time, std::array<std::uint8_t, 16>& bytes) {
  std::uint64_t ms = static_cast<std::uint64_t>(std::max<std::int64_t>(time.us, 0)) / 1000;
  for (int i = 5; i >= 0; --i, ms >>= 8) bytes[i] = static_cast<std::uint8_t>(ms & 0xff);
}

}  // namespace

std::array<std::uint8_t, 16> FirstUuidV7(TimeUs time) {
  std::array<std::uint8_t, 16> bytes{};
  PutTime(time, bytes);
  bytes[6] = 0x70;
  bytes[8] = 0x80;
  return bytes;
}

std::array<std::uint8_t, 16> NewUuidV7Bytes(TimeUs now) {
  thread_local RandomBlock random;
  std::array<std::uint8_t, 16> bytes{};
  PutTime(now, bytes);
  random.Take(bytes.data() + 6, 10);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x70);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  return bytes;
}

std::string FormatUuid(std::string_view bytes16) {
  SELFSAME_CHECK(bytes16.size() == 16);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (const char c : bytes16) {
    if (IsDash(text.size())) text.push_back('-');
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(kHex[byte >> 4]);
    text.push_back(kHex[byte & 15]);
  }
  return text;
}

std::optional<std::array<std::uint8_t, 16>> ParseUuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (IsDash(i)) {
      if (text[i++] != '-') return std::nullopt;
      continue;
    }
    const int high = HexDigit(text[i]);
    const int low = HexDigit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[count++] = static_cast<std::uint8_t>(high << 4 | low);
    i += 2;
  }
  return bytes;
}

TimeUs UuidV7Time(std::string_view bytes16) {
  SELFSAME_CHECK(bytes16.size() == 16);
  std::int64_t ms = 0;
  for (int i = 0; i < 6; ++i) ms = ms << 8 | static_cast<unsigned char>(bytes16[i]);
  return TimeUs{ms * 1000};
}

}  // namespace selfsame
