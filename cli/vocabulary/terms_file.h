// Files of terms: what a field may hold, and what else people write for it.
//
//   [[term]]                       or, as CSV:   value,synonym
//   value = "pro"                                pro,professional,prof
//   synonyms = ["professional"]                  free,gratis
#ifndef SELFSAME_CLI_VOCABULARY_TERMS_FILE_H_
#define SELFSAME_CLI_VOCABULARY_TERMS_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selfsame::cli {

struct Term {
  std::string value;
  std::vector<std::string> synonyms;
  bool operator==(const Term&) const = default;
};

// Errors: kInvalidArgument TERMS_INVALID, naming the line.
Result<std::vector<Term>> ParseTermsToml(std::string_view text);

// Each row is a term and then its synonyms; empty cells are none. Rows of the same term add up. A
// first row whose first cell is "value" is a header.
// Errors: kInvalidArgument TERMS_INVALID, naming the row; as CsvReader.
Result<std::vector<Term>> ParseTermsCsv(std::string_view text);

// Of a file, by the end of its name: .csv, or else TOML. Errors: also as ReadTextFile.
Result<std::vector<Term>> ReadTermsFile(const std::string& path);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_VOCABULARY_TERMS_FILE_H_
