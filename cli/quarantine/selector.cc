#include "cli/quarantine/selector.h"

#include "cli/timestamp.h"

namespace selfsame::cli {

Result<quarantine::v1::Selector> ToSelector(const SelectorOptions& options) {
  quarantine::v1::Selector selector;
  selector.set_source(options.source);
  selector.set_schema(options.schema);
  selector.set_reason(options.reason);
  if (!options.from.empty()) {
    SELFSAME_ASSIGN_OR_RETURN(*selector.mutable_from(), ParseMoment("--from", options.from));
  }
  if (!options.to.empty()) {
    SELFSAME_ASSIGN_OR_RETURN(*selector.mutable_to(), ParseMoment("--to", options.to));
  }
  for (const std::string& id : options.ids) selector.add_quarantine_ids(id);
  return selector;
}

bool IsEmpty(const quarantine::v1::Selector& selector) { return selector.ByteSizeLong() == 0; }

}  // namespace selfsame::cli
