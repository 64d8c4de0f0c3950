#include "base/seal.h"

#include <sodium.h>

namespace selfsame {
namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kSealKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string NewSealKey() {
  std::string key(kSealKeyBytes, '\0');
  randombytes_buf(key.data(), key.size());
  return key;
}

std::string Seal(std::string_view key, std::string_view context, std::string_view plain) {
  SELFSAME_CHECK(key.size() == kSealKeyBytes);
  std::string sealed(kNonceBytes + plain.size() + kTagBytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(sealed.data());
  randombytes_buf(out, kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(out + kNonceBytes, nullptr, Bytes(plain), plain.size(),
                                             Bytes(context), context.size(), nullptr, out,
                                             Bytes(key));
  return sealed;
}

Result<std::string> Unseal(std::string_view key, std::string_view context,
                           std::string_view sealed) {
  SELFSAME_CHECK(key.size() == kSealKeyBytes);
  const Error broken{.code = ErrorCode::kInternal,
                     .reason = "SEAL_BROKEN",
                     .message = "sealed value does not open with this key and context"};
  if (sealed.size() < kNonceBytes + kTagBytes) return broken;
  std::string plain(sealed.size() - kNonceBytes - kTagBytes, '\0');
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr, Bytes(sealed) + kNonceBytes,
      sealed.size() - kNonceBytes, Bytes(context), context.size(), Bytes(sealed), Bytes(key));
  if (failed != 0) return broken;
  return plain;
}

}  // namespace selfsame
