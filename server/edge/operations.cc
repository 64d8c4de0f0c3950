#include "server/edge/operations.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "base/seal.h"
#include "base/uuid.h"
#include "server/edge/pool_call.h"
#include "server/edge/profile_encode.h"
#include "server/edge/profile_ref.h"
#include "storage/operations.h"

namespace selfsame::edge {
namespace {

using storage::StoredOperation;

constexpr int kPageSizeDefault = 100;

Result<EventUuid> CursorOf(const std::string& token) {
  if (token.empty()) return storage::AfterAllOperations();
  const auto id = ParseUuid(token);
  if (id) return EventUuid{*id};
  return InvalidField("page_token", "PAGE_TOKEN_MALFORMED", "not a token of a page before");
}

// Strongest kind first, then by name.
void Sort(google::protobuf::RepeatedPtrField<ingest::v1::Identifier>& identifiers,
          const identity::Ruleset& rules) {
  const auto rank = [&](const ingest::v1::Identifier& one) {
    const identity::KindRule* rule = rules.Find(one.kind());
    const int priority = rule == nullptr ? rules.custom.priority : rule->priority;
    return std::tuple(priority, one.kind(), one.value());
  };
  std::sort(identifiers.begin(), identifiers.end(),
            [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
}

Status EncodeOperation(const StoredOperation& stored, const Caller& caller,
                       identity::v1::Operation* reply) {
  const storage::Operation& operation = stored.operation;
  reply->set_operation_id(FormatUuid(operation.id));
  // The stored values are the contract's.
  reply->set_kind(stored.is_cleared ? identity::v1::Operation::KIND_CLEAR_CANNOT_LINK
                                    : static_cast<identity::v1::Operation::Kind>(operation.kind));
  EncodeTime(stored.at, reply->mutable_at());
  reply->set_actor(operation.decision.actor);
  reply->set_reason(operation.decision.reason);
  for (const storage::SealedIdentifier& subject : stored.subjects) {
    SELFSAME_ASSIGN_OR_RETURN(std::string value, Unseal(caller.tenant->seal_key.reveal(),
                                                        subject.node.view(), subject.value_sealed));
    auto* added = reply->add_identifiers();
    added->set_kind(subject.kind);
    added->set_value(std::move(value));
  }
  Sort(*reply->mutable_identifiers(), *caller.tenant->rules);
  if (operation.from_version >= 0) reply->set_from_ruleset(operation.from_version);
  if (operation.to_version >= 0) reply->set_to_ruleset(operation.to_version);
  return {};
}

}  // namespace

Status ListOperations(pg::Session& session, const Caller& caller,
                      const identity::v1::ListOperationsRequest& request,
                      identity::v1::ListOperationsResponse* response) {
  std::optional<storage::ProfileKey> key;
  if (request.has_profile()) {
    SELFSAME_ASSIGN_OR_RETURN(key, KeyOf(request.profile(), caller));
  }
  SELFSAME_ASSIGN_OR_RETURN(const EventUuid before, CursorOf(request.page_token()));
  SELFSAME_ASSIGN_OR_RETURN(const int size, PageSizeOf(request.page_size(), kPageSizeDefault));
  // One more than is shown tells whether there is a next page.
  SELFSAME_ASSIGN_OR_RETURN(
      std::vector<StoredOperation> operations,
      storage::ListOperations(session, WhereOf(caller), key, before, size + 1));
  if (operations.size() > static_cast<std::size_t>(size)) {
    operations.pop_back();
    response->set_next_page_token(FormatUuid(operations.back().operation.id));
  }
  for (const StoredOperation& one : operations) {
    SELFSAME_RETURN_IF_ERROR(EncodeOperation(one, caller, response->add_operations()));
  }
  return {};
}

}  // namespace selfsame::edge
