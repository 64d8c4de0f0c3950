#include "cli/import/input_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <filesystem>
#include <system_error>

namespace selfsame::cli {
namespace {

constexpr std::size_t kChunkBytes = 256 * 1024;
constexpr std::size_t kDiskBlockBytes = 64 * 1024;

Error Unreadable(archive* handle) {
  const char* why = archive_error_string(handle);
  return {ErrorCode::kInternal, "FILE_UNREADABLE",
          fmt::format("reading the file failed: {}", why == nullptr ? "unknown reason" : why)};
}

// Format "raw" takes the bytes behind the filters as they are; "empty" lets an empty file be one.
void SupportPlainAndCompressed(archive* handle) {
  archive_read_support_filter_gzip(handle);
  archive_read_support_filter_xz(handle);
  archive_read_support_filter_bzip2(handle);
  archive_read_support_filter_zstd(handle);
  archive_read_support_format_raw(handle);
  archive_read_support_format_empty(handle);
}

}  // namespace

void InputFile::Closer::operator()(archive* handle) const { archive_read_free(handle); }

Result<InputFile> InputFile::Open(const std::string& path) {
  std::error_code failed;
  InputFile file;
  file.disk_bytes_ = std::filesystem::file_size(path, failed);
  if (failed == std::errc::no_such_file_or_directory) {
    return Error{ErrorCode::kNotFound, "FILE_NOT_FOUND", fmt::format("no file at {}", path)};
  }
  if (failed) {
    return Error{ErrorCode::kFailedPrecondition, "FILE_UNREADABLE",
                 fmt::format("cannot read {}: {}", path, failed.message())};
  }
  file.archive_.reset(archive_read_new());
  archive* handle = file.archive_.get();
  SupportPlainAndCompressed(handle);
  if (archive_read_open_filename(handle, path.c_str(), kDiskBlockBytes) != ARCHIVE_OK) {
    return Unreadable(handle);
  }
  SELFSAME_RETURN_IF_ERROR(file.ReadHead());
  return file;
}

Status InputFile::ReadHead() {
  archive_entry* entry = nullptr;
  const int code = archive_read_next_header(archive_.get(), &entry);
  if (code == ARCHIVE_EOF) return {};
  if (code != ARCHIVE_OK) return Unreadable(archive_.get());
  head_.resize(kHeadBytes);
  SELFSAME_ASSIGN_OR_RETURN(const std::size_t got, ReadInto(head_.data(), head_.size()));
  head_.resize(got);
  return {};
}

Result<std::size_t> InputFile::ReadInto(char* at, std::size_t bytes) {
  const auto got = archive_read_data(archive_.get(), at, bytes);
  if (got < 0) return Unreadable(archive_.get());
  return static_cast<std::size_t>(got);
}

Result<std::string_view> InputFile::NextChunk() {
  if (!head_given_) {
    head_given_ = true;
    return std::string_view(head_);
  }
  if (head_.size() < kHeadBytes) return std::string_view();
  chunk_.resize(kChunkBytes);
  SELFSAME_ASSIGN_OR_RETURN(const std::size_t got, ReadInto(chunk_.data(), chunk_.size()));
  return std::string_view(chunk_.data(), got);
}

std::uint64_t InputFile::disk_bytes_read() const {
  const auto bytes = archive_filter_bytes(archive_.get(), -1);
  return bytes < 0 ? 0 : static_cast<std::uint64_t>(bytes);
}

std::string PlainName(std::string_view path) {
  std::string name = std::filesystem::path(path).filename().string();
  for (const std::string_view suffix : {".gz", ".xz", ".bz2", ".zst"}) {
    if (name.size() > suffix.size() && name.ends_with(suffix)) {
      name.resize(name.size() - suffix.size());
      break;
    }
  }
  return name;
}

}  // namespace selfsame::cli
