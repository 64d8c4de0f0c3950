#include "cli/import/rejects_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace selfsame::cli {
namespace {

Error Unwritable(std::string_view what) {
  return {ErrorCode::kFailedPrecondition, "FILE_UNWRITABLE",
          fmt::format("cannot write {}: {}", what, std::strerror(errno))};
}

}  // namespace

Result<RejectsFile> RejectsFile::Create(const std::string& path, std::string_view raw_header) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  // An older file keeps its mode when it is emptied: take others' rights away.
  if (fd < 0 || ::fchmod(fd, 0600) != 0) return Unwritable(path);
  RejectsFile rejects(::fdopen(fd, "w"));
  rejects.Write(
      fmt::format("import_row,import_outcome,import_reason,import_field,{}\n", raw_header));
  return rejects;
}

// Outcomes, reasons and paths of fields hold no comma or quote.
void RejectsFile::Add(const Reject& reject) {
  Write(fmt::format("{},{},{},{},{}\n", reject.row, reject.outcome, reject.reason, reject.field,
                    reject.raw));
}

// A failure stays noted in the stream; Close reports it.
void RejectsFile::Write(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), file_.get());
}

Status RejectsFile::Close() {
  if (std::ferror(file_.get()) != 0 || std::fflush(file_.get()) != 0) {
    return Unwritable("the file of rejected rows");
  }
  return {};
}

}  // namespace selfsame::cli
