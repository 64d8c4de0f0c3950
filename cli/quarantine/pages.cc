#include "cli/quarantine/pages.h"

#include <algorithm>
#include <utility>

#include "base/time.h"
#include "cli/rpc_error.h"

namespace selfsame::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRetryWait{200};
constexpr milliseconds kRetryWaitMax{5'000};

Error Interrupted() {
  return {ErrorCode::kAborted, "INTERRUPTED", "stopped; run it again to go on"};
}

// One page, as often as it takes.
Result<std::string> PageWithRetries(const PageHooks& hooks, const std::string& token,
                                    milliseconds give_up_after) {
  const Deadline deadline = Deadline::After(give_up_after);
  for (bool noted = false;;) {
    auto next = hooks.page(token);
    if (next.ok() || !MayRetry(next.error().code) || deadline.Expired()) return next;
    if (!std::exchange(noted, true)) hooks.note("trying again: " + next.error().message);
    const milliseconds wait =
        std::clamp(next.error().retry_after, milliseconds(kRetryWait), kRetryWaitMax);
    if (hooks.interrupted(wait)) return Interrupted();
  }
}

}  // namespace

Status ForEachPage(const PageHooks& hooks, milliseconds give_up_after) {
  std::string token;
  do {
    if (hooks.interrupted(milliseconds(0))) return Interrupted();
    SELFSAME_ASSIGN_OR_RETURN(std::string next, PageWithRetries(hooks, token, give_up_after));
    if (!next.empty() && next == token) {
      return Error{ErrorCode::kInternal, "PAGES_CIRCLE", "the server names a page as its own next"};
    }
    token = std::move(next);
  } while (!token.empty());
  return {};
}

}  // namespace selfsame::cli
