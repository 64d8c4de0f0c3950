#include "base/hash.h"

#include <cstring>

#include "base/check.h"

namespace selfsame {
namespace {

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Hasher::Hasher(std::string_view key) {
  SELFSAME_CHECK(
      crypto_generichash_init(&state_, key.empty() ? nullptr : Bytes(key), key.size(), 16) == 0);
}

Hasher& Hasher::Add(std::string_view part) {
  Add(static_cast<std::int64_t>(part.size()));
  crypto_generichash_update(&state_, Bytes(part), part.size());
  return *this;
}

Hasher& Hasher::Add(std::int64_t number) {
  std::array<unsigned char, 8> little{};
  const auto bits = static_cast<std::uint64_t>(number);
  for (int i = 0; i < 8; ++i) little[i] = static_cast<unsigned char>(bits >> (8 * i));
  crypto_generichash_update(&state_, little.data(), little.size());
  return *this;
}

std::array<std::uint8_t, 16> Hasher::Finish() {
  std::array<std::uint8_t, 16> digest{};
  crypto_generichash_final(&state_, digest.data(), digest.size());
  return digest;
}

std::uint64_t StableHash64(std::string_view text) {
  std::array<std::uint8_t, 16> digest{};
  crypto_generichash(digest.data(), digest.size(), Bytes(text), text.size(), nullptr, 0);
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | digest[i];
  return value;
}

std::string HexDigest256(std::string_view text) {
  std::array<unsigned char, 32> digest{};
  crypto_generichash(digest.data(), digest.size(), Bytes(text), text.size(), nullptr, 0);
  std::array<char, 65> hex{};
  sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
  return hex.data();
}

}  // namespace selfsame
