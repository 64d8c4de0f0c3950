// Mailboxes: which profiles share one with another, as identifiers of e-mail say (match_id). What
// people look through for duplicates; no evidence by itself.
#ifndef SELFSAME_STORAGE_MAILBOXES_H_
#define SELFSAME_STORAGE_MAILBOXES_H_

#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "storage/pg/session.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

// A stretch of the walk over a tenant's mailboxes.
struct MailboxPage {
  // Of the mailboxes of the page: each profile that shares one with another, once.
  std::vector<ProfileId> sharing;
  NodeId last;  // Where the next page begins, after it.
  bool is_end = false;
};

// The page of about `identifiers_max` identifiers after a mailbox; a nil id: the first. Walks the
// index twice over the page (some 10 ms for 20,000), and looks up what several identifiers share.
// A mailbox is never parted by pages. May be retried.
Result<MailboxPage> ReadSharedMailboxes(pg::Session& session, const TenantShard& where,
                                        NodeId after, int identifiers_max);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_MAILBOXES_H_
