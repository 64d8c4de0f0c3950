#include "server/quality/mailbox_walk.h"

#include <chrono>

namespace selfsame::quality {
namespace {

constexpr std::chrono::minutes kPause{5};
constexpr std::chrono::minutes kPauseAfterError{1};
constexpr int kPageIdentifiers = 20'000;
constexpr int kPagesAStep = 5;

}  // namespace

Status MailboxWalk::Step(pg::Session& session, const storage::TenantShard& where, TimeUs now) {
  if (now < next_at_) return {};
  next_at_ = now + kPauseAfterError;
  for (int pages = 0; pages < kPagesAStep; ++pages) {
    SELFSAME_ASSIGN_OR_RETURN(
        const storage::MailboxPage page,
        storage::ReadSharedMailboxes(session, where, after_, kPageIdentifiers));
    found_.insert(page.sharing.begin(), page.sharing.end());
    after_ = page.last;
    if (!page.is_end && found_.size() < kSharingMax) continue;
    sharing_ = static_cast<std::int64_t>(found_.size());
    found_ = {};
    after_ = {};
    next_at_ = now + kPause;
    return {};
  }
  next_at_ = now;
  return {};
}

}  // namespace selfsame::quality
