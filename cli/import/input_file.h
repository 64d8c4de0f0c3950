// A file to import: plain, or compressed with gzip, xz, bzip2 or zstd, as a stream of plain bytes.
// Archives of several files are not read.
#ifndef SELFSAME_CLI_IMPORT_INPUT_FILE_H_
#define SELFSAME_CLI_IMPORT_INPUT_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct archive;

namespace selfsame::cli {

// How much of a file's beginning is read ahead, to know the file again (cli/import/record_key.h).
inline constexpr std::size_t kHeadBytes = 64 * 1024;

// Owned by one thread; moves, never copies.
class InputFile {
 public:
  // Errors: kNotFound FILE_NOT_FOUND; FILE_UNREADABLE, kFailedPrecondition with the system's reason
  // or kInternal with the decompressor's.
  static Result<InputFile> Open(const std::string& path);

  // The first kHeadBytes of the plain content, or all of it. NextChunk hands them out again.
  std::string_view head() const { return head_; }

  // The next plain bytes, valid until the next call; empty at the end. Errors: kInternal
  // FILE_UNREADABLE for a damaged file.
  Result<std::string_view> NextChunk();

  // How much of the file as it lies on the disk has been read, and its size: for progress.
  std::uint64_t disk_bytes_read() const;
  std::uint64_t disk_bytes() const { return disk_bytes_; }

 private:
  struct Closer {
    void operator()(archive* handle) const;
  };

  InputFile() = default;
  Result<std::size_t> ReadInto(char* at, std::size_t bytes);
  Status ReadHead();

  std::unique_ptr<archive, Closer> archive_;
  std::uint64_t disk_bytes_ = 0;
  std::string head_;
  bool head_given_ = false;
  std::string chunk_;
};

// The file's base name without .gz, .xz, .bz2 or .zst: the same for a file and its compressed copy.
std::string PlainName(std::string_view path);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_INPUT_FILE_H_
