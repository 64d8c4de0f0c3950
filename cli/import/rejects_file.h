// The rows of an import that were not accepted, or were stored without some of their values, as a
// CSV file in UTF-8 to look through and repair: how the row ended and why, then the row as it stood
// in the file.
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
  std::string_view field;  // Of the first violation, or all that were left out; may be empty.
  std::string_view raw;    // The row in the file's own writing.
};

// How the row's own text is written: a CSV row as it is, another one as one quoted field.
enum class RowText { kAsIs, kQuoted };

// Owned by one thread. The file holds what the imported file held: mode 0600.
class RejectsFile {
 public:
  // Creates or empties the file; `raw_header` and `delimiter` are the imported file's.
  // Errors: kFailedPrecondition FILE_UNWRITABLE.
  static Result<RejectsFile> Create(const std::string& path, std::string_view raw_header,
                                    char delimiter = ',', RowText rows = RowText::kAsIs);

  void Add(const Reject& reject);
  // Errors: kFailedPrecondition FILE_UNWRITABLE when anything could not be written.
  Status Close();

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  RejectsFile(std::FILE* file, char delimiter, RowText rows)
      : file_(file), delimiter_(delimiter), rows_(rows) {}
  void Write(const std::string& text);

  std::unique_ptr<std::FILE, Closer> file_;
  char delimiter_ = ',';
  RowText rows_ = RowText::kAsIs;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_REJECTS_FILE_H_
