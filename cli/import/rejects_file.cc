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

std::string QuotedField(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

}  // namespace

Result<RejectsFile> RejectsFile::Create(const std::string& path, std::string_view raw_header,
                                        char delimiter, RowText rows) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  // An older file keeps its mode when it is emptied: take others' rights away.
  if (fd < 0 || ::fchmod(fd, 0600) != 0) return Unwritable(path);
  RejectsFile rejects(::fdopen(fd, "w"), delimiter, rows);
  rejects.Write(fmt::format("import_row{0}import_outcome{0}import_reason{0}import_field{0}{1}\n",
                            delimiter, raw_header));
  return rejects;
}

// Outcomes, reasons and paths of fields hold no comma or quote.
void RejectsFile::Add(const Reject& reject) {
  Write(fmt::format("{1}{0}{2}{0}{3}{0}{4}{0}{5}\n", delimiter_, reject.row, reject.outcome,
                    reject.reason, reject.field,
                    rows_ == RowText::kAsIs ? std::string(reject.raw) : QuotedField(reject.raw)));
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
