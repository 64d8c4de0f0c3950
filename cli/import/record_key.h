// Idempotency keys of imported rows. A row's key is computed from what is imported, by which map
// and which row it is: an import keeps no state of its own, yet running it again sends the same
// keys, and what was settled answers DUPLICATE.
#ifndef SELFSAME_CLI_IMPORT_RECORD_KEY_H_
#define SELFSAME_CLI_IMPORT_RECORD_KEY_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace selfsame::cli {

// What the rows of one import have in common.
struct ImportIdentity {
  std::string_view map_name;
  std::string_view schema;
  // Base name without a compression suffix (PlainName): a file and its .xz are the same import.
  std::string_view file_name;
  // The beginning of the plain content, at most kHeadBytes. A file longer than that may grow and
  // keep its keys.
  std::string_view file_head;
};

// 24 hex digits; the same arguments give the same prefix on every machine and version.
std::string KeyPrefix(const ImportIdentity& identity);

// "<prefix>:<row>"; the first row after the header is 1.
std::string RowKey(std::string_view prefix, std::uint64_t row);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_RECORD_KEY_H_
