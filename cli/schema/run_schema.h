// The verbs of `selfsame schema`: each runs one to its end and returns the code to exit with.
#ifndef SELFSAME_CLI_SCHEMA_RUN_SCHEMA_H_
#define SELFSAME_CLI_SCHEMA_RUN_SCHEMA_H_

#include <cstdint>
#include <string>

#include "cli/command.h"
#include "cli/schema/schema_files.h"

namespace selfsame::cli {

struct CheckOptions {
  SchemaFiles files;
  bool offline = false;  // Asks no server even where one is known.
};
// What is wrong with a schema: what the tool finds and, with an API key, what the registry would
// say. kRefused where anything is.
ExitCode RunSchemaCheck(const Invocation& run, const CheckOptions& options);

ExitCode RunSchemaRegister(const Invocation& run, const SchemaFiles& files);

struct SchemaListOptions {
  std::string name;  // Empty: all.
  bool with_retired = false;
};
ExitCode RunSchemaList(const Invocation& run, const SchemaListOptions& options);

// A version of a schema in the registry; 0: the newest that is not retired.
struct SchemaVersion {
  std::string name;
  std::uint32_t version = 0;
};
ExitCode RunSchemaShow(const Invocation& run, const SchemaVersion& which);

struct DiffOptions {
  SchemaFiles files;  // The new side; its message is `which`. Without files: the registry's.
  std::string name;
  std::uint32_t old_version = 0;  // 0: the one before the new side, or the newest for files.
  std::uint32_t new_version = 0;  // 0: the newest.
  bool tell_by_exit = false;      // Ends with kFailed where anything differs.
};
ExitCode RunSchemaDiff(const Invocation& run, const DiffOptions& options);

struct ExportOptions {
  SchemaVersion which;
  std::string format;  // "descriptor-set" or "proto".
  std::string path;    // A file, or a folder for "proto"; empty: standard output.
};
ExitCode RunSchemaExport(const Invocation& run, const ExportOptions& options);

struct DeprecateOptions {
  SchemaVersion which;
  std::string sunset;
};
ExitCode RunSchemaDeprecate(const Invocation& run, const DeprecateOptions& options);

struct RetireOptions {
  SchemaVersion which;
  bool force = false;
};
ExitCode RunSchemaRetire(const Invocation& run, const RetireOptions& options);

struct DriftOptions {
  std::string schema;
  std::string source;
};
ExitCode RunSchemaDrift(const Invocation& run, const DriftOptions& options);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_SCHEMA_RUN_SCHEMA_H_
