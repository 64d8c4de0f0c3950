#include "cli/identity/operation_text.h"

#include <fmt/format.h>

#include "cli/enum_label.h"
#include "cli/identity/names.h"
#include "cli/output.h"
#include "cli/timestamp.h"

namespace selfsame::cli {
namespace {

// Whom it named, or which rulesets.
std::string About(const identity::v1::Operation& operation) {
  if (!operation.has_to_ruleset()) return JoinNames(operation.identifiers());
  if (!operation.has_from_ruleset()) return fmt::format("to ruleset {}", operation.to_ruleset());
  return fmt::format("ruleset {} -> {}", operation.from_ruleset(), operation.to_ruleset());
}

}  // namespace

std::string OperationTable(const identity::v1::ListOperationsResponse& operations) {
  Table table{.headings = {"TIME", "DECISION", "WHO", "WHY", "OPERATION", "WHAT"}};
  for (const auto& operation : operations.operations()) {
    table.rows.push_back({FormatTimestamp(operation.at()), EnumLabel(operation.kind()),
                          operation.actor(), operation.reason(), operation.operation_id(),
                          About(operation)});
  }
  return FormatTable(table);
}

}  // namespace selfsame::cli
