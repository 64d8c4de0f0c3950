#include "storage/mailboxes.h"

#include <pqxx/result>

#include "storage/sql/statements.h"

namespace selfsame::storage {

Result<MailboxPage> ReadSharedMailboxes(pg::Session& session, const TenantShard& where,
                                        NodeId after, int identifiers_max) {
  return session.InTransaction(where.tenant, [&](pqxx::work& tx) -> Result<MailboxPage> {
    MailboxPage page;
    const auto end = pg::Exec(tx, sql::kFindMailboxPageEnd, where.shard, where.tenant, after,
                              identifiers_max - 1);
    page.is_end = end.empty();
    if (page.is_end) {
      page.last.bytes.fill(0xff);
    } else {
      page.last = end[0][0].as<NodeId>();
    }
    for (const auto& row :
         pg::Exec(tx, sql::kListSharedMailboxes, where.shard, where.tenant, after, page.last)) {
      page.sharing.push_back(row[0].as<ProfileId>());
    }
    return page;
  });
}

}  // namespace selfsame::storage
