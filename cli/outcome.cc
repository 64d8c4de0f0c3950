#include "cli/outcome.h"

#include <fmt/format.h>

#include "cli/enum_label.h"

namespace selfsame::cli {

std::string OutcomeName(ingest::v1::Outcome outcome) {
  return ingest::v1::Outcome_IsValid(outcome)
             ? EnumLabel(outcome)
             : fmt::format("OUTCOME_{}", static_cast<int>(outcome));
}

}  // namespace selfsame::cli
