// What an import says in the end.
#ifndef SELFSAME_CLI_IMPORT_SUMMARY_H_
#define SELFSAME_CLI_IMPORT_SUMMARY_H_

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "cli/import/tally.h"

namespace selfsame::cli {

struct ImportSummary {
  std::string file;
  std::string map;
  std::string schema;
  bool finished = false;  // The file, or as much of it as was asked for, is through.
  std::chrono::milliseconds elapsed{0};
};

std::string SummaryText(const ImportSummary& summary, const Tally& tally);
nlohmann::ordered_json SummaryJson(const ImportSummary& summary, const Tally& tally);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IMPORT_SUMMARY_H_
