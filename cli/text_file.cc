#include "cli/text_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace selfsame::cli {
namespace {

// Closes a descriptor at the end of a scope.
struct Descriptor {
  explicit Descriptor(int opened) : fd(opened) {}
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  const int fd;
};

Error FileError(const char* reason, const char* attempted, const std::string& path) {
  const bool missing = errno == ENOENT && std::strcmp(reason, "FILE_UNREADABLE") == 0;
  return {missing ? ErrorCode::kNotFound : ErrorCode::kFailedPrecondition,
          missing ? "FILE_NOT_FOUND" : reason,
          fmt::format("{} {}: {}", attempted, path, std::strerror(errno))};
}

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(fd) == 0;
}

Status Replace(const std::string& path, std::string_view text, mode_t mode) {
  const std::string aside = fmt::format("{}.{}.new", path, ::getpid());
  ::unlink(aside.c_str());
  const Descriptor file(::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (file.fd < 0) return FileError("FILE_UNWRITABLE", "cannot write", aside);
  if (!WriteAll(file.fd, text) || std::rename(aside.c_str(), path.c_str()) != 0) {
    const Error error = FileError("FILE_UNWRITABLE", "cannot write", path);
    ::unlink(aside.c_str());
    return error;
  }
  return {};
}

}  // namespace

Result<std::string> ReadTextFile(const std::string& path, std::size_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd < 0) return FileError("FILE_UNREADABLE", "cannot read", path);
  std::string text(bytes_max + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.fd, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError("FILE_UNREADABLE", "cannot read", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > bytes_max) {
    return Error{ErrorCode::kFailedPrecondition, "FILE_UNREADABLE",
                 fmt::format("{} is longer than {} MiB", path, bytes_max >> 20)};
  }
  text.resize(size);
  return text;
}

Status WriteFile(const std::string& path, std::string_view bytes) {
  return Replace(path, bytes, 0644);
}

Status WriteSecretFile(const std::string& path, std::string_view text) {
  return Replace(path, text, 0600);
}

}  // namespace selfsame::cli
