// The rows of an import that were not accepted, as a CSV file to look through and repair: how the
// row ended and why, then the row as it stood in the file.
#ifndef SELFSAME_CLI_IMPORT_REJECTS_FILE_H_
#define SELFSAME_CLI_IMPORT_REJECTS_FILE_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame::cli {

struct Reject {
  std::uint64_t row = 0;
  std::string_view outcome;
  std::string_view reason;
  std::string_view field;  // Of the first violation; empty where there is none.
  std::string_view raw;    // The row in the file's own writing.
};

// Owned by one thread. The file holds what the imported file held: mode 0600.
class RejectsFile {
 public:
  // Creates or empties the file; `raw_header` is the imported file's.
  // Errors: kFailedPrecondition FILE_UNWRITABLE.
  static Result<RejectsFile> Create(const std::string& path, std::string_view raw_header);

  void Add(const Reject& reject);
  // Errors: kFailedPrecondition FILE_UNWRITABLE when anything could not be written.
  Status Close();

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  explicit RejectsFile(std::FILE* file) : file_(file) {}
  void Write(const std::string& text);

  std::unique_ptr<std::FILE, Closer> file_;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_REJECTS_FILE_H_
