// The verbs of `selfsame quarantine`: each runs one to its end and returns the code to exit with.
#ifndef SELFSAME_CLI_QUARANTINE_RUN_QUARANTINE_H_
#define SELFSAME_CLI_QUARANTINE_RUN_QUARANTINE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/quarantine/selector.h"

namespace selfsame::cli {

struct QuarantineListOptions {
  SelectorOptions selector;
  std::uint64_t limit = 100;
};
ExitCode RunQuarantineList(const Invocation& run, const QuarantineListOptions& options);

ExitCode RunQuarantineCount(const Invocation& run, const SelectorOptions& options);

struct QuarantineGetOptions {
  std::string id;
  std::uint32_t copy = 0;    // A copy that patch made; 0: the original.
  std::string raw_path;      // Writes the very bytes there.
  bool record_only = false;  // Only the record, as patch takes it.
};
ExitCode RunQuarantineGet(const Invocation& run, const QuarantineGetOptions& options);

struct PatchOptions {
  std::string id;
  std::string path;  // A file with the corrected record; empty: the newest copy, edited.
  std::vector<std::string> set;
  std::vector<std::string> unset;
  std::string comment;
};
// kLeftOver where the copy would not pass either.
ExitCode RunQuarantinePatch(const Invocation& run, const PatchOptions& options);

struct ReplayOptions {
  SelectorOptions selector;
  bool dry_run = false;
  std::uint32_t schema_version = 0;
  std::uint32_t page_rows = 500;
};
// kLeftOver where records stay in quarantine, kFailed where it did not come to its end.
ExitCode RunQuarantineReplay(const Invocation& run, const ReplayOptions& options);

struct DiscardOptions {
  SelectorOptions selector;
  std::string reason_text;
  bool dry_run = false;
};
ExitCode RunQuarantineDiscard(const Invocation& run, const DiscardOptions& options);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_QUARANTINE_RUN_QUARANTINE_H_
