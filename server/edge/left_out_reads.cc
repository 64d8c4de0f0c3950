// QuarantineService's calls about accepted records of which fields were left out.
#include <utility>

#include "base/seal.h"
#include "base/uuid.h"
#include "server/edge/quarantine_select.h"
#include "server/edge/quarantine_service.h"
#include "server/edge/timestamp.h"
#include "server/ingest/commit.h"
#include "storage/left_out.h"

namespace selfsame::edge {
namespace {

namespace v1 = quarantine::v1;
using observe::Method;
using storage::LeftOutRecord;
using storage::Scope;

constexpr int kListSizeDefault = 100;

template <typename Request>
Result<storage::LeftOutSelector> SelectorOf(const Request& request, const Caller& caller) {
  storage::LeftOutSelector selector;
  if (!request.source().empty()) {
    SELFSAME_ASSIGN_OR_RETURN(selector.source,
                              FindSourceByName(request.source(), caller, "source"));
  }
  if (request.has_from()) {
    SELFSAME_ASSIGN_OR_RETURN(selector.from, TimeOf(request.from(), "from"));
  }
  if (request.has_to()) {
    SELFSAME_ASSIGN_OR_RETURN(selector.to, TimeOf(request.to(), "to"));
  }
  return selector;
}

// Every version of a schema stays in the catalog, also once it is retired.
std::pair<std::string, std::uint32_t> SchemaOf(const schema::Catalog& catalog, SchemaId id) {
  const schema::Schema* schema = catalog.Find(id);
  if (schema == nullptr) return {};
  return {schema->name, schema->version};
}

void Encode(const LeftOutRecord& row, const Caller& caller, const schema::Catalog& catalog,
            v1::LeftOutRecord* reply) {
  reply->set_record_id(FormatUuid(row.id));
  reply->set_source(SourceName(row.source, caller));
  reply->set_key(row.key);
  reply->set_is_profile_update(row.kind == storage::RecordKind::kProfileUpdate);
  const auto [name, version] = SchemaOf(catalog, row.schema);
  reply->set_schema(name);
  reply->set_schema_version(version);
  SetTime(row.received_at, reply->mutable_received_at());
  EncodeViolations(row.fields, reply->mutable_left_out());
}

Status ListPage(const EdgeContext& edge, pg::Session& session, const Caller& caller,
                const v1::ListLeftOutRequest& request, v1::ListLeftOutResponse* response) {
  SELFSAME_ASSIGN_OR_RETURN(const int page_size, PageSizeOf(request.page_size(), kListSizeDefault));
  SELFSAME_ASSIGN_OR_RETURN(const storage::LeftOutSelector selector, SelectorOf(request, caller));
  RecordId after;
  if (!request.page_token().empty()) {
    const auto id = ParseUuid(request.page_token());
    if (!id) return InvalidField("page_token", "PAGE_TOKEN_MALFORMED", "invalid page token");
    after = RecordId{*id};
  }
  SELFSAME_ASSIGN_OR_RETURN(
      std::vector<LeftOutRecord> rows,
      storage::ListLeftOut(session, WhereOf(caller), selector, after, page_size + 1));
  if (rows.size() > static_cast<std::size_t>(page_size)) {
    rows.pop_back();
    response->set_next_page_token(FormatUuid(rows.back().id));
  }
  const auto catalog = edge.catalog.Get();
  for (const LeftOutRecord& row : rows) Encode(row, caller, *catalog, response->add_records());
  return {};
}

Status CountAll(const EdgeContext& edge, pg::Session& session, const Caller& caller,
                const v1::CountLeftOutRequest& request, v1::CountLeftOutResponse* response) {
  SELFSAME_ASSIGN_OR_RETURN(const storage::LeftOutSelector selector, SelectorOf(request, caller));
  SELFSAME_ASSIGN_OR_RETURN(const auto groups,
                            storage::CountLeftOut(session, WhereOf(caller), selector));
  const auto catalog = edge.catalog.Get();
  for (const storage::LeftOutGroup& group : groups) {
    v1::CountLeftOutResponse::Group* reply = response->add_groups();
    reply->set_source(SourceName(group.source, caller));
    reply->set_schema(SchemaOf(*catalog, group.schema).first);
    reply->set_field(group.field);
    reply->set_reason(group.reason);
    reply->set_records(static_cast<std::uint64_t>(group.records));
  }
  return {};
}

Status GetOne(const EdgeContext& edge, pg::Session& session, const Caller& caller,
              const v1::GetLeftOutRequest& request, v1::GetLeftOutResponse* response) {
  const auto id = ParseUuid(request.record_id());
  if (!id) return InvalidField("record_id", "ID_MALFORMED", "not a UUID");
  SELFSAME_ASSIGN_OR_RETURN(
      const std::vector<LeftOutRecord> rows,
      storage::ListLeftOut(session, WhereOf(caller), {.ids = {RecordId{*id}}}, {}, 1));
  if (rows.empty()) {
    return Error{.code = ErrorCode::kNotFound,
                 .reason = "RECORD_UNKNOWN",
                 .message = "there is no record with this id of which fields were left out"};
  }
  Encode(rows.front(), caller, *edge.catalog.Get(), response->mutable_record());
  SELFSAME_ASSIGN_OR_RETURN(
      *response->mutable_body(),
      Unseal(caller.tenant->seal_key.reveal(), ingest::LeftOutSealContext(rows.front().id),
             rows.front().body_sealed));
  return {};
}

}  // namespace

grpc::ServerUnaryReactor* QuarantineService::ListLeftOut(grpc::CallbackServerContext* context,
                                                         const v1::ListLeftOutRequest* request,
                                                         v1::ListLeftOutResponse* response) {
  return RunOnPool(parts_, context, Method::kListLeftOut, Scope::kRead,
                   [this, request, response](pg::Session& session, const Caller& caller) {
                     return ListPage(parts_.edge, session, caller, *request, response);
                   });
}

grpc::ServerUnaryReactor* QuarantineService::CountLeftOut(grpc::CallbackServerContext* context,
                                                          const v1::CountLeftOutRequest* request,
                                                          v1::CountLeftOutResponse* response) {
  return RunOnPool(parts_, context, Method::kCountLeftOut, Scope::kRead,
                   [this, request, response](pg::Session& session, const Caller& caller) {
                     return CountAll(parts_.edge, session, caller, *request, response);
                   });
}

grpc::ServerUnaryReactor* QuarantineService::GetLeftOut(grpc::CallbackServerContext* context,
                                                        const v1::GetLeftOutRequest* request,
                                                        v1::GetLeftOutResponse* response) {
  return RunOnPool(parts_, context, Method::kGetLeftOut, Scope::kRead,
                   [this, request, response](pg::Session& session, const Caller& caller) {
                     return GetOne(parts_.edge, session, caller, *request, response);
                   });
}

}  // namespace selfsame::edge
