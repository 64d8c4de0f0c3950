// How commands speak: results go to standard output, as text or as JSON; notes, progress and
// errors go to standard error. No colours.
#ifndef SELFSAME_CLI_OUTPUT_H_
#define SELFSAME_CLI_OUTPUT_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/exit_code.h"

namespace selfsame::cli {

enum class OutputFormat { kText, kJson };

// Rows of text under headings, in columns as wide as they need to be. The last column is not
// padded. Every row has as many cells as there are headings.
struct Table {
  std::vector<std::string> headings;
  std::vector<std::vector<std::string>> rows;
};

// The table's lines, each ending in a line break. Widths are counted in code points.
std::string FormatTable(const Table& table);

// Owned by one thread.
class Output {
 public:
  explicit Output(OutputFormat format) : format_(format) {}

  bool is_json() const { return format_ == OutputFormat::kJson; }

  // One object on one line. What is not UTF-8 is replaced.
  void Json(const nlohmann::ordered_json& object) const;
  // Text as it is.
  void Text(std::string_view text) const;
  // A line for whoever watches, to standard error.
  void Note(std::string_view line) const;
  // Says to standard error what went wrong, with every violation, as text or as {"error": ...}.
  // Returns the exit code to end with.
  ExitCode Fail(const Error& error) const;

 private:
  const OutputFormat format_;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_OUTPUT_H_
