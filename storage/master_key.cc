#include "storage/master_key.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "base/seal.h"

namespace selfsame::storage {
namespace {

constexpr std::size_t kHexDigits = kSealKeyBytes * 2;

Error Refuse(const char* reason, const std::string& path, std::string_view why) {
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = reason,
          .message = fmt::format("master key file {}: {}", path, why)};
}

Error Unreadable(const std::string& path) {
  return Refuse("MASTER_KEY_UNREADABLE", path, std::strerror(errno));
}

// A file descriptor that is closed when it goes.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

Result<Secret> ParseHex(const std::string& path, std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  std::string key(kSealKeyBytes, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const bool parsed = text.size() == kHexDigits &&
                      sodium_hex2bin(reinterpret_cast<unsigned char*>(key.data()), key.size(),
                                     text.data(), text.size(), nullptr, &size, &end) == 0 &&
                      size == kSealKeyBytes;
  if (!parsed) return Refuse("MASTER_KEY_MALFORMED", path, "not 64 hex digits");
  return Secret(std::move(key));
}

// Nothing where there is no file.
Result<std::optional<Secret>> Read(const std::string& path) {
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0 && errno == ENOENT) return std::optional<Secret>();
  struct stat status {};
  if (file.fd() < 0 || fstat(file.fd(), &status) != 0) return Unreadable(path);
  if (!S_ISREG(status.st_mode)) return Refuse("MASTER_KEY_MALFORMED", path, "not a regular file");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Refuse("MASTER_KEY_EXPOSED", path, "others than its owner have access; chmod 600");
  }
  std::array<char, kHexDigits + 2> text{};
  const ssize_t size = read(file.fd(), text.data(), text.size());
  if (size < 0) return Unreadable(path);
  auto key = ParseHex(path, {text.data(), static_cast<std::size_t>(size)});
  sodium_memzero(text.data(), text.size());
  if (!key.ok()) return std::move(key).error();
  return std::optional<Secret>(std::move(key).value());
}

Status WriteNew(const std::string& path, const MasterKey& key) {
  std::array<char, kHexDigits + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(),
                 reinterpret_cast<const unsigned char*>(key.reveal().data()), key.reveal().size());
  hex[kHexDigits] = '\n';
  const File file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  const bool written = file.fd() >= 0 &&
                       write(file.fd(), hex.data(), hex.size()) == ssize_t{hex.size()} &&
                       fsync(file.fd()) == 0;
  sodium_memzero(hex.data(), hex.size());
  return written ? Status() : Status(Unreadable(path));
}

// Losing the key loses the data sealed under it: the name must survive a power cut as well.
Status SyncFolderOf(const std::string& path) {
  std::error_code failed;
  const auto folder = std::filesystem::absolute(path, failed).parent_path();
  const File file(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.fd() < 0 || fsync(file.fd()) != 0) return Unreadable(path);
  return {};
}

// Written aside and linked to its name, which fails where there is a file: nothing is overwritten.
Status Create(const std::string& path) {
  const std::string aside = fmt::format("{}.{}.{:08x}", path, getpid(), randombytes_random());
  Status created = WriteNew(aside, MasterKey::Generate());
  if (created.ok() && link(aside.c_str(), path.c_str()) != 0 && errno != EEXIST) {
    created = Unreadable(path);
  }
  unlink(aside.c_str());
  SELFSAME_RETURN_IF_ERROR(created);
  return SyncFolderOf(path);
}

}  // namespace

MasterKey MasterKey::Generate() { return MasterKey(Secret(NewSealKey())); }

Result<MasterKey> MasterKey::Load(const std::string& path) {
  SELFSAME_ASSIGN_OR_RETURN(auto key, Read(path));
  if (!key) return Refuse("MASTER_KEY_MISSING", path, "there is no such file");
  return MasterKey(*std::move(key));
}

Result<MasterKey> MasterKey::LoadOrCreate(const std::string& path) {
  SELFSAME_ASSIGN_OR_RETURN(auto key, Read(path));
  if (!key) {
    SELFSAME_RETURN_IF_ERROR(Create(path));
    SELFSAME_ASSIGN_OR_RETURN(key, Read(path));
    if (!key) return Refuse("MASTER_KEY_UNREADABLE", path, "it vanished");
  }
  return MasterKey(*std::move(key));
}

}  // namespace selfsame::storage
