// Mailbox walk: how many of a tenant's profiles share a mailbox with another one: suspected
// duplicates. Not kept in the commit: whether a profile shares one depends on profiles that the
// commit neither reads nor locks. So an index is walked now and then, a few pages a pass.
#ifndef SELFSAME_SERVER_QUALITY_MAILBOX_WALK_H_
#define SELFSAME_SERVER_QUALITY_MAILBOX_WALK_H_

#include <cstdint>
#include <optional>
#include <unordered_set>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/mailboxes.h"

namespace selfsame::quality {

// Of one tenant. Owned by one thread.
//
// What it costs: a walk over a million identifiers of e-mail takes PostgreSQL about a second of one
// core, in pages of some 10 ms, spread over 20 s; then nothing for five minutes. Each server walks
// for itself.
class MailboxWalk {
 public:
  // Goes on by some pages with the walk that is under way, or begins one if the last ended long
  // enough ago. Errors: as TranslateException; a step after some time goes on where this one did
  // not.
  Status Step(pg::Session& session, const storage::TenantShard& where, TimeUs now);

  // As of the last walk that ended; none has: nothing. At most kSharingMax: what is more is not
  // counted.
  std::optional<std::int64_t> sharing() const { return sharing_; }

 private:
  NodeId after_;  // Where the walk that is under way goes on; nil: at its begin.
  std::unordered_set<ProfileId, Id128Hash> found_;
  TimeUs next_at_;
  std::optional<std::int64_t> sharing_;
};

inline constexpr std::size_t kSharingMax = 500'000;

}  // namespace selfsame::quality

#endif  // SELFSAME_SERVER_QUALITY_MAILBOX_WALK_H_
