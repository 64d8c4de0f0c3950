// One cell of a file as a JSON value.
#ifndef SELFSAME_CLI_IMPORT_CELL_H_
#define SELFSAME_CLI_IMPORT_CELL_H_

#include <string>
#include <string_view>

#include "cli/import/import_map.h"

namespace selfsame::cli {

// Whether the whole text is a value of the type: "6" for int, "-2.5" and "1e3" for double; true,
// false, yes, no, 1 and 0 in either case for bool. Numbers as JSON and C write them, in the "C"
// locale. Anything is of the other types, which are texts here.
bool IsOfType(CellType type, std::string_view text);

// "1.234,5" as "1234.5", for files whose numbers have a decimal comma; empty for what is no such
// number by its dots.
std::string WithDecimalPoint(std::string_view text);

// Appends the text as a JSON value of the type. What is not of the type is appended as a string:
// the server then names the field and keeps the record in quarantine, so that nothing is lost by
// a guess here. Requires: `text` is UTF-8.
void AppendJsonValue(CellType type, std::string_view text, std::string& json);

// Appends a JSON string. Requires: `text` is UTF-8.
void AppendJsonString(std::string_view text, std::string& json);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_CELL_H_
