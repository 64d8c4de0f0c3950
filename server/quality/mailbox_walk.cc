#include "server/quality/mailbox_walk.h"

#include <chrono>

namespace selfsame::quality {
namespace {

constexpr std::chrono::minutes kPause{5};
constexpr int kPageIdentifiers = 20'000;
constexpr int kPagesAStep = 5;

}  // namespace

Status MailboxWalk::Step(pg::Session& session, const storage::TenantShard& where, TimeUs now) {
  if (!is_walking_ && now < next_at_) return {};
  is_walking_ = true;
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
    is_walking_ = false;
    next_at_ = now + kPause;
    return {};
  }
  return {};
}

}  // namespace selfsame::quality
