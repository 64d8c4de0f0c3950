// Which quarantined records a command means, as options say it.
#ifndef SELFSAME_CLI_QUARANTINE_SELECTOR_H_
#define SELFSAME_CLI_QUARANTINE_SELECTOR_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "selfsame/quarantine/v1/quarantine.pb.h"

namespace selfsame::cli {

// As given; empty: no condition.
struct SelectorOptions {
  std::string source;
  std::string schema;
  std::string reason;
  std::string from;
  std::string to;
  std::vector<std::string> ids;
};

// Errors: kInvalidArgument TIME_MALFORMED.
Result<quarantine::v1::Selector> ToSelector(const SelectorOptions& options);

// Whether it has no condition: all records.
bool IsEmpty(const quarantine::v1::Selector& selector);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_QUARANTINE_SELECTOR_H_
