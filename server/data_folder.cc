#include "server/data_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace selfsame::server {
namespace {

Error Unusable(const std::string& path, const std::string& why) {
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = "DATA_DIR_UNUSABLE",
          .message = fmt::format("cannot use data folder {}: {}", path, why)};
}

Error InUse(const std::string& path, int fd) {
  std::array<char, 32> pid{};
  const ssize_t size = pread(fd, pid.data(), pid.size() - 1, 0);
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = "DATA_DIR_IN_USE",
          .message = fmt::format("data folder {} is in use by another server, process {}", path,
                                 size > 0 ? pid.data() : "unknown")};
}

}  // namespace

Result<std::unique_ptr<DataFolder>> DataFolder::Open(const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) return Unusable(path, failed.message());
  const int fd = open((path + "/selfsamed.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return Unusable(path, std::strerror(errno));
  std::unique_ptr<DataFolder> folder(new DataFolder(fd));
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return InUse(path, fd);
    return Unusable(path, std::strerror(errno));
  }
  // For people only, who may find it empty on a full disk: the lock is what counts.
  const std::string pid = std::to_string(getpid());
  if (ftruncate(fd, 0) == 0) (void)!pwrite(fd, pid.data(), pid.size(), 0);
  return folder;
}

DataFolder::~DataFolder() { close(fd_); }

}  // namespace selfsame::server
