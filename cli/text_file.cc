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

}  // namespace

Result<std::string> ReadTextFile(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd < 0) return FileError("FILE_UNREADABLE", "cannot read", path);
  std::string text(kTextFileBytesMax + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.fd, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError("FILE_UNREADABLE", "cannot read", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kTextFileBytesMax) {
    return Error{ErrorCode::kFailedPrecondition, "FILE_UNREADABLE",
                 fmt::format("{} is longer than 1 MiB", path)};
  }
  text.resize(size);
  return text;
}

Status WriteSecretFile(const std::string& path, std::string_view text) {
  const std::string aside = fmt::format("{}.{}.new", path, ::getpid());
  ::unlink(aside.c_str());
  const Descriptor file(::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.fd < 0) return FileError("FILE_UNWRITABLE", "cannot write", aside);
  if (!WriteAll(file.fd, text) || std::rename(aside.c_str(), path.c_str()) != 0) {
    const Error error = FileError("FILE_UNWRITABLE", "cannot write", path);
    ::unlink(aside.c_str());
    return error;
  }
  return {};
}

}  // namespace selfsame::cli
