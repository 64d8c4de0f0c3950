// Going through all pages of a call that does its work a page at a time.
#ifndef SELFSAME_CLI_QUARANTINE_PAGES_H_
#define SELFSAME_CLI_QUARANTINE_PAGES_H_

#include <chrono>
#include <functional>
#include <string>

#include "base/result.h"

namespace selfsame::cli {

struct PageHooks {
  // Does the page of this token, and returns the next one's; empty: that was the last.
  std::function<Result<std::string>(const std::string& token)> page;
  // Waits this long; true when somebody wants to stop.
  std::function<bool(std::chrono::milliseconds wait)> interrupted;
  // Something that a person should know while it goes on.
  std::function<void(const std::string& what)> note;
};

// Calls `page` until there is no next one. A page that fails for a while is tried again; so pages
// must be harmless to repeat.
// Errors: kAborted INTERRUPTED; what the page said when no retry helps, or when retries did not
// help for `give_up_after`; kInternal PAGES_CIRCLE when a page names itself as the next.
Status ForEachPage(const PageHooks& hooks, std::chrono::milliseconds give_up_after);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_QUARANTINE_PAGES_H_
