// Text that must not be seen: keys. Cannot be printed, compared or formatted by accident, and is
// wiped when it goes.
#ifndef SELFSAME_STORAGE_SECRET_H_
#define SELFSAME_STORAGE_SECRET_H_

#include <sodium.h>

#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

namespace selfsame::storage {

class Secret {
 public:
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : bytes_(other.bytes_) { other.Wipe(); }
  Secret& operator=(Secret other) noexcept {
    bytes_.swap(other.bytes_);
    return *this;
  }
  ~Secret() { Wipe(); }

  // Valid while the secret lives. For cryptography, or to be shown once to its owner.
  std::string_view reveal() const { return bytes_; }

  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  void Wipe() { sodium_memzero(bytes_.data(), bytes_.size()); }

  std::string bytes_;
};

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_SECRET_H_
