// The installation's master key: every tenant's keys are sealed under it. It lives in a file beside
// the database, never in it.
#ifndef SELFSAME_STORAGE_MASTER_KEY_H_
#define SELFSAME_STORAGE_MASTER_KEY_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/secret.h"

namespace selfsame::storage {

// A value; constant after construction.
class MasterKey {
 public:
  // A fresh random one.
  static MasterKey Generate();

  // Reads the key, 64 hex digits. Errors: kFailedPrecondition MASTER_KEY_MISSING (there is no such
  // file), and as LoadOrCreate.
  static Result<MasterKey> Load(const std::string& path);

  // For an installation that has no data yet: a second key could not open what the first sealed.
  // Reads the key, or makes the file with mode 0600 where it is absent. Of several
  // that make it at once one wins and all use its key; a crash leaves the whole file or none.
  // Errors: kFailedPrecondition MASTER_KEY_EXPOSED (others may read the file),
  // MASTER_KEY_MALFORMED, MASTER_KEY_UNREADABLE (the file system says no).
  static Result<MasterKey> LoadOrCreate(const std::string& path);

  std::string_view reveal() const { return key_.reveal(); }

 private:
  explicit MasterKey(Secret key) : key_(std::move(key)) {}

  Secret key_;  // kSealKeyBytes.
};

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_MASTER_KEY_H_
