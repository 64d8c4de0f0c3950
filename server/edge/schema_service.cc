#include "server/edge/schema_service.h"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "server/edge/page_token.h"
#include "server/edge/timestamp.h"
#include "server/edge/vocabulary_encode.h"
#include "server/registry/register_schema.h"
#include "server/schema/descriptors.h"
#include "storage/vocabularies.h"

namespace selfsame::edge {
namespace {

using observe::Method;
using storage::SchemaRow;
using storage::SchemaState;
using storage::Scope;

// A version that records came of within this time is in use.
constexpr std::chrono::hours kInUse{24};

constexpr int kPageSizeDefault = 100;

Error SchemaUnknown() {
  return {.code = ErrorCode::kNotFound,
          .reason = "SCHEMA_UNKNOWN",
          .message = "no such schema or version"};
}

Error Precondition(const char* reason, const char* message) {
  return {.code = ErrorCode::kFailedPrecondition, .reason = reason, .message = message};
}

schema::v1::SchemaState StateOf(SchemaState state) {
  // The stored values are the contract's.
  return static_cast<schema::v1::SchemaState>(state);
}

options::v1::Kind KindOf(schema::Use use) {
  return use == schema::Use::kProfile ? options::v1::KIND_PROFILE : options::v1::KIND_EVENT;
}

void EncodeFinding(const schema::Finding& finding, schema::v1::Finding* reply) {
  reply->set_rule(finding.rule);
  reply->set_path(finding.path);
  reply->set_old(finding.was);
  reply->set_new_(finding.is);
  reply->set_against_version(finding.against_version);
  reply->set_message(finding.message);
}

// The version asked for, or for 0 the newest that is not retired.
Result<SchemaRow> ReadVersion(pg::Session& session, TenantId tenant, const std::string& name,
                              std::uint32_t version) {
  if (name.empty()) return SchemaUnknown();
  SELFSAME_ASSIGN_OR_RETURN(const std::vector<SchemaRow> rows,
                            storage::ListSchemaRows(session, tenant, name));
  std::optional<SchemaRow> found;
  for (const SchemaRow& row : rows) {
    if (version == 0 ? row.head.state != SchemaState::kRetired : row.head.version == version) {
      found = row;
    }
  }
  if (!found) return SchemaUnknown();
  return *std::move(found);
}

// A version the caller may change.
Result<SchemaRow> ReadOwnVersion(pg::Session& session, const Caller& caller,
                                 const std::string& name, std::uint32_t version) {
  SELFSAME_ASSIGN_OR_RETURN(SchemaRow row, ReadVersion(session, caller.tenant->id, name, version));
  if (row.head.tenant == storage::kAllTenants) {
    return Precondition("SCHEMA_NAME_RESERVED", "ships with the server and belongs to all tenants");
  }
  return row;
}

Result<SchemaRow> ChangeState(pg::Session& session, const SchemaRow& row, SchemaState state,
                              std::optional<TimeUs> sunset_at, std::optional<TimeUs> retired_at) {
  SELFSAME_RETURN_IF_ERROR(
      storage::SetSchemaState(session, row.head, state, sunset_at, retired_at));
  return ReadVersion(session, row.head.tenant, row.head.name, row.head.version);
}

Result<SchemaRow> Deprecate(pg::Session& session, const Caller& caller,
                            const schema::v1::DeprecateSchemaRequest& request) {
  if (!request.has_sunset_at()) {
    return InvalidField("sunset_at", "FIELD_REQUIRED", "must say from when on");
  }
  SELFSAME_ASSIGN_OR_RETURN(const TimeUs sunset_at, TimeOf(request.sunset_at(), "sunset_at"));
  SELFSAME_ASSIGN_OR_RETURN(const SchemaRow row,
                            ReadOwnVersion(session, caller, request.name(), request.version()));
  if (row.head.state == SchemaState::kRetired) {
    return Precondition("SCHEMA_RETIRED", "is retired already");
  }
  return ChangeState(session, row, SchemaState::kDeprecated, sunset_at, std::nullopt);
}

Result<SchemaRow> Retire(pg::Session& session, const Caller& caller,
                         const schema::v1::RetireSchemaRequest& request) {
  SELFSAME_ASSIGN_OR_RETURN(const SchemaRow row,
                            ReadOwnVersion(session, caller, request.name(), request.version()));
  if (row.head.state == SchemaState::kRetired) return row;
  const bool is_in_use = row.last_record_at && *row.last_record_at + kInUse > Now();
  if (is_in_use && !request.force()) {
    return Precondition("SCHEMA_IN_USE", "records of the version arrived within the last day");
  }
  return ChangeState(session, row, SchemaState::kRetired, std::nullopt, Now());
}

Status ListVocabulariesOf(pg::Session& session, const Caller& caller,
                          const schema::v1::ListVocabulariesRequest& request,
                          schema::v1::ListVocabulariesResponse* response) {
  const PagedList list{.name = "ListVocabularies", .filters = {}};
  SELFSAME_ASSIGN_OR_RETURN(const auto after, DecodePageToken(list, request.page_token(), 1));
  SELFSAME_ASSIGN_OR_RETURN(const int size, PageSizeOf(request.page_size(), kPageSizeDefault));
  // One more than is shown tells whether there is a next page.
  SELFSAME_ASSIGN_OR_RETURN(std::vector<storage::VocabularyRow> rows,
                            storage::ListVocabularyPage(session, caller.tenant->id,
                                                        after.empty() ? "" : after[0], size + 1));
  if (rows.size() > static_cast<std::size_t>(size)) {
    rows.pop_back();
    response->set_next_page_token(EncodePageToken(list, {rows.back().head.name}));
  }
  for (const storage::VocabularyRow& row : rows) {
    EncodeVocabulary(row, response->add_vocabularies());
  }
  return {};
}

}  // namespace

Status SchemaService::List(pg::Session& session, const Caller& caller,
                           const schema::v1::ListSchemasRequest& request,
                           schema::v1::ListSchemasResponse* response) const {
  const PagedList list{.name = "ListSchemas",
                       .filters = {request.name(), request.include_retired() ? "all" : ""}};
  SELFSAME_ASSIGN_OR_RETURN(const auto after, DecodePageToken(list, request.page_token(), 2));
  SELFSAME_ASSIGN_OR_RETURN(const int size, PageSizeOf(request.page_size(), kPageSizeDefault));
  storage::SchemaPage page{.name = request.name(),
                           .retired = request.include_retired() ? storage::RetiredSchemas::kInclude
                                                                : storage::RetiredSchemas::kOmit,
                           .rows_max = size + 1};
  if (!after.empty()) {
    page.after_name = after[0];
    page.after_version = PositionNumber(after[1]);
  }
  SELFSAME_ASSIGN_OR_RETURN(std::vector<SchemaRow> rows,
                            storage::ListSchemaPage(session, caller.tenant->id, page));
  if (rows.size() > static_cast<std::size_t>(size)) {
    rows.pop_back();
    const auto& last = rows.back().head;
    response->set_next_page_token(EncodePageToken(list, {last.name, std::to_string(last.version)}));
  }
  for (const SchemaRow& row : rows) Encode(row, response->add_schemas());
  return {};
}

void SchemaService::Encode(const SchemaRow& row, schema::v1::Schema* reply) const {
  reply->set_name(row.head.name);
  reply->set_version(row.head.version);
  reply->set_state(StateOf(row.head.state));
  reply->set_is_built_in(row.head.tenant == storage::kAllTenants);
  reply->set_registered_by(row.registered_by);
  SetTime(row.registered_at, reply->mutable_registered_at());
  if (row.sunset_at) SetTime(*row.sunset_at, reply->mutable_sunset_at());
  if (row.retired_at) SetTime(*row.retired_at, reply->mutable_retired_at());
  if (row.last_record_at) SetTime(*row.last_record_at, reply->mutable_last_record_at());
  const auto catalog = parts_.edge.catalog.Get();
  const schema::Schema* known = catalog->Find(row.head.id);
  if (known != nullptr) reply->set_kind(KindOf(known->use()));
}

Status SchemaService::Register(pg::Session& session, const Caller& caller,
                               const schema::v1::RegisterSchemaRequest& request,
                               schema::v1::RegisterSchemaResponse* response) const {
  if (request.descriptor_set().ByteSizeLong() > schema::kDescriptorSetBytesMax) {
    return InvalidField("descriptor_set", "DESCRIPTOR_SET_INVALID", "larger than 1 MiB");
  }
  const auto catalog = parts_.edge.catalog.Get();
  const auto mode =
      request.dry_run() ? storage::RegisterMode::kDryRun : storage::RegisterMode::kStore;
  SELFSAME_ASSIGN_OR_RETURN(const registry::Registered registered,
                            registry::RegisterSchema(session, {.tenant = caller.tenant->id,
                                                               .files = request.descriptor_set(),
                                                               .message = request.message(),
                                                               .registered_by = caller.source->name,
                                                               .mode = mode,
                                                               .catalog = *catalog,
                                                               .now = Now()}));
  for (const schema::Finding& finding : registered.findings) {
    EncodeFinding(finding, response->add_findings());
  }
  if (registered.version.version == 0) return {};
  response->set_is_new(registered.version.is_new);
  schema::v1::Schema* reply = response->mutable_schema();
  if (registered.version.id.value == 0) {
    reply->set_name(request.message());
    reply->set_version(registered.version.version);
    reply->set_state(schema::v1::SCHEMA_STATE_ACTIVE);
  } else {
    SELFSAME_ASSIGN_OR_RETURN(
        const SchemaRow row,
        ReadVersion(session, caller.tenant->id, request.message(), registered.version.version));
    Encode(row, reply);
  }
  reply->set_kind(KindOf(registered.use));
  return {};
}

grpc::ServerUnaryReactor* SchemaService::RegisterSchema(
    grpc::CallbackServerContext* context, const schema::v1::RegisterSchemaRequest* request,
    schema::v1::RegisterSchemaResponse* response) {
  return RunOnPool(parts_, context, Method::kRegisterSchema, Scope::kAdmin,
                   [this, request, response](pg::Session& session, const Caller& caller) {
                     return Register(session, caller, *request, response);
                   });
}

grpc::ServerUnaryReactor* SchemaService::ListSchemas(grpc::CallbackServerContext* context,
                                                     const schema::v1::ListSchemasRequest* request,
                                                     schema::v1::ListSchemasResponse* response) {
  return RunOnPool(parts_, context, Method::kListSchemas, Scope::kRead,
                   [this, request, response](pg::Session& session, const Caller& caller) {
                     return List(session, caller, *request, response);
                   });
}

grpc::ServerUnaryReactor* SchemaService::GetSchema(grpc::CallbackServerContext* context,
                                                   const schema::v1::GetSchemaRequest* request,
                                                   schema::v1::GetSchemaResponse* response) {
  return RunOnPool(
      parts_, context, Method::kGetSchema, Scope::kRead,
      [this, request, response](pg::Session& session, const Caller& caller) -> Status {
        SELFSAME_ASSIGN_OR_RETURN(
            const SchemaRow row,
            ReadVersion(session, caller.tenant->id, request->name(), request->version()));
        const SchemaId id = row.head.id;
        SELFSAME_ASSIGN_OR_RETURN(const auto contents,
                                  storage::ReadSchemaContents(session, std::span(&id, 1)));
        const auto content = contents.find(id);
        if (content == contents.end()) return SchemaUnknown();
        Encode(row, response->mutable_schema());
        if (response->mutable_descriptor_set()->ParseFromString(content->second)) return {};
        return Error{.reason = "SCHEMA_UNREADABLE", .message = "a stored schema cannot be read"};
      });
}

grpc::ServerUnaryReactor* SchemaService::DeprecateSchema(
    grpc::CallbackServerContext* context, const schema::v1::DeprecateSchemaRequest* request,
    schema::v1::DeprecateSchemaResponse* response) {
  return RunOnPool(parts_, context, Method::kDeprecateSchema, Scope::kAdmin,
                   [this, request, response](pg::Session& session, const Caller& caller) -> Status {
                     SELFSAME_ASSIGN_OR_RETURN(const SchemaRow row,
                                               Deprecate(session, caller, *request));
                     Encode(row, response->mutable_schema());
                     return {};
                   });
}

grpc::ServerUnaryReactor* SchemaService::RetireSchema(
    grpc::CallbackServerContext* context, const schema::v1::RetireSchemaRequest* request,
    schema::v1::RetireSchemaResponse* response) {
  return RunOnPool(parts_, context, Method::kRetireSchema, Scope::kAdmin,
                   [this, request, response](pg::Session& session, const Caller& caller) -> Status {
                     SELFSAME_ASSIGN_OR_RETURN(const SchemaRow row,
                                               Retire(session, caller, *request));
                     Encode(row, response->mutable_schema());
                     return {};
                   });
}

grpc::ServerUnaryReactor* SchemaService::RegisterVocabulary(
    grpc::CallbackServerContext* context, const schema::v1::RegisterVocabularyRequest* request,
    schema::v1::RegisterVocabularyResponse* response) {
  return RunOnPool(parts_, context, Method::kRegisterVocabulary, Scope::kAdmin,
                   [request, response](pg::Session& session, const Caller& caller) -> Status {
                     SELFSAME_ASSIGN_OR_RETURN(const std::vector<storage::Term> terms,
                                               DecodeTerms(*request));
                     SELFSAME_ASSIGN_OR_RETURN(
                         const storage::RegisteredVocabulary registered,
                         storage::RegisterVocabulary(session, caller.tenant->id, request->name(),
                                                     terms, caller.source->name, Now()));
                     EncodeVocabulary(registered.row, response->mutable_vocabulary());
                     response->set_is_new(registered.is_new);
                     return {};
                   });
}

grpc::ServerUnaryReactor* SchemaService::ListVocabularies(
    grpc::CallbackServerContext* context, const schema::v1::ListVocabulariesRequest* request,
    schema::v1::ListVocabulariesResponse* response) {
  return RunOnPool(parts_, context, Method::kListVocabularies, Scope::kRead,
                   [request, response](pg::Session& session, const Caller& caller) {
                     return ListVocabulariesOf(session, caller, *request, response);
                   });
}

grpc::ServerUnaryReactor* SchemaService::GetVocabulary(
    grpc::CallbackServerContext* context, const schema::v1::GetVocabularyRequest* request,
    schema::v1::GetVocabularyResponse* response) {
  return RunOnPool(parts_, context, Method::kGetVocabulary, Scope::kRead,
                   [request, response](pg::Session& session, const Caller& caller) -> Status {
                     if (request->name().empty()) {
                       return InvalidField("name", "FIELD_REQUIRED", "must name a vocabulary");
                     }
                     SELFSAME_ASSIGN_OR_RETURN(
                         const auto rows,
                         storage::ListVocabularies(session, caller.tenant->id, request->name(),
                                                   request->version()));
                     SELFSAME_ASSIGN_OR_RETURN(const auto terms,
                                               storage::ReadVocabulary(session, rows.front().head));
                     EncodeVocabulary(rows.front(), response->mutable_vocabulary());
                     EncodeTerms(terms, response->mutable_vocabulary());
                     return {};
                   });
}

}  // namespace selfsame::edge
