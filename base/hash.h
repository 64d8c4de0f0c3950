// BLAKE2b (RFC 7693) through libsodium: 128-bit digests, keyed or not. Not for passwords.
#ifndef SELFSAME_BASE_HASH_H_
#define SELFSAME_BASE_HASH_H_

#include <sodium.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace selfsame {

// Feeds parts one by one; each part is preceded by its length, so that ("ab","c") and ("a","bc")
// differ. Owned by one thread.
class Hasher {
 public:
  // An empty key makes a plain hash; otherwise 16 to 64 bytes.
  explicit Hasher(std::string_view key = {});
  Hasher& Add(std::string_view part);
  Hasher& Add(std::int64_t number);
  // May be called once.
  std::array<std::uint8_t, 16> Finish();

 private:
  crypto_generichash_state state_;
};

// A 64-bit hash of a small string, stable across machines and versions: lanes and shards use it.
std::uint64_t StableHash64(std::string_view text);

// Lower-case hex of BLAKE2b-256, for checksums that people compare.
std::string HexDigest256(std::string_view text);

}  // namespace selfsame

#endif  // SELFSAME_BASE_HASH_H_
