#include "cli/outcome.h"

#include <fmt/format.h>

namespace selfsame::cli {

std::string OutcomeName(ingest::v1::Outcome outcome) {
  const std::string& name = ingest::v1::Outcome_Name(outcome);
  return name.empty() ? fmt::format("OUTCOME_{}", static_cast<int>(outcome)) : name;
}

}  // namespace selfsame::cli
