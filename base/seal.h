// Sealing: XChaCha20-Poly1305 (libsodium) under a 32-byte key, nonce first. What is sealed can be
// read only with the key and only where it was put: the context is authenticated, not stored.
#ifndef SELFSAME_BASE_SEAL_H_
#define SELFSAME_BASE_SEAL_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame {

inline constexpr std::size_t kSealKeyBytes = 32;

// A fresh random key of kSealKeyBytes.
std::string NewSealKey();

// Requires: key.size() == kSealKeyBytes. Grows the text by 40 bytes. Thread-safe.
std::string Seal(std::string_view key, std::string_view context, std::string_view plain);

// Errors: kInternal SEAL_BROKEN for another key, another context or changed bytes.
Result<std::string> Unseal(std::string_view key, std::string_view context, std::string_view sealed);

}  // namespace selfsame

#endif  // SELFSAME_BASE_SEAL_H_
