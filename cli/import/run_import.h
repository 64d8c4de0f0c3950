// `selfsame import csv` and `jsonl`: everything between its options and its exit code.
#ifndef SELFSAME_CLI_IMPORT_RUN_IMPORT_H_
#define SELFSAME_CLI_IMPORT_RUN_IMPORT_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "cli/command.h"

namespace selfsame::cli {

enum class ImportFormat { kCsv, kJsonl };

struct ImportOptions {
  ImportFormat format = ImportFormat::kCsv;
  bool dry_run = false;  // Nothing is sent; a server is only asked for the schema.
  std::string encoding;  // Empty: the map's, or that which the file's bytes show.
  std::string path;
  std::string map_path;  // Empty: the shipped map for the file's header.
  std::string schema;    // Empty: the map's.
  std::uint64_t rows_max = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t from_row = 1;
  std::size_t batch_rows = 500;
  std::size_t in_flight_max = 4;
  std::string rejects_path;  // Empty: none are kept.
  int give_up_after_s = 60;
};

// Imports a file, showing progress, and tells how it ended. Call it from the main thread, before
// others are started: it watches for Ctrl-C.
ExitCode RunImport(const Invocation& run, const ImportOptions& options);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_RUN_IMPORT_H_
