#include "server/edge/catalog_service.h"

#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "server/edge/timestamp.h"
#include "server/registry/catalog_view.h"
#include "storage/usage.h"

namespace selfsame::edge {
namespace {

using observe::Method;
using registry::FieldView;
using storage::Scope;

constexpr std::uint32_t kUnusedDaysDefault = 90;
constexpr std::uint32_t kUnusedDaysMax = 36'500;

Error NotFound(const char* reason, const char* message) {
  return {.code = ErrorCode::kNotFound, .reason = reason, .message = message};
}

void EncodeSender(const registry::FieldSender& sender, const Caller& caller,
                  catalog::v1::Sender* reply) {
  reply->set_source(SourceName(sender.source, caller));
  reply->set_records(sender.records);
  reply->set_filled(sender.filled);
  if (sender.first_seen_at) SetTime(*sender.first_seen_at, reply->mutable_first_seen_at());
  if (sender.last_seen_at) SetTime(*sender.last_seen_at, reply->mutable_last_seen_at());
}

// Those the schema declares first, with what they were seen to read, then the others.
void EncodeConsumers(const FieldView& view, const Caller& caller, catalog::v1::Field* reply) {
  std::map<std::string, catalog::v1::Consumer*> by_name;
  for (const std::string& name : view.entry->consumers) {
    catalog::v1::Consumer* consumer = reply->add_consumers();
    consumer->set_name(name);
    consumer->set_is_declared(true);
    by_name[name] = consumer;
  }
  for (const registry::FieldReader& reader : view.readers) {
    const std::string name = SourceName(reader.consumer, caller);
    catalog::v1::Consumer*& consumer = by_name[name];
    if (consumer == nullptr) {
      consumer = reply->add_consumers();
      consumer->set_name(name);
    }
    consumer->set_reads(reader.reads);
    SetTime(reader.last_read_at, consumer->mutable_last_read_at());
  }
}

void EncodeField(const FieldView& view, const Caller& caller, catalog::v1::Field* reply) {
  const schema::Entry& entry = *view.entry;
  reply->set_schema(view.schema->name);
  reply->set_schema_version(view.schema->version);
  reply->set_path(entry.path);
  reply->set_type(entry.type);
  reply->set_owner(entry.owner);
  reply->set_purpose(entry.purpose);
  reply->set_class_(entry.data_class);
  reply->set_legal_basis(entry.legal_basis);
  reply->set_retention_days(entry.retention_days);
  reply->set_format(entry.format);
  reply->set_is_required(entry.is_required);
  reply->set_is_recommended(entry.is_recommended);
  reply->set_is_deprecated(entry.is_deprecated);
  reply->set_attribute(view.attribute);
  for (const registry::FieldSender& sender : view.senders) {
    EncodeSender(sender, caller, reply->add_senders());
  }
  reply->set_records(view.records);
  reply->set_filled(view.filled);
  if (view.first_seen_at) SetTime(*view.first_seen_at, reply->mutable_first_seen_at());
  if (view.last_seen_at) SetTime(*view.last_seen_at, reply->mutable_last_seen_at());
  EncodeConsumers(view, caller, reply);
  reply->set_unused(static_cast<catalog::v1::Field::Unused>(view.unused));
}

TimeUs Since(std::uint32_t days) { return Now() - std::chrono::hours(24) * days; }

Status CheckSchema(const schema::Catalog& catalog, const Caller& caller, const std::string& name) {
  if (name.empty() || !catalog.Versions(caller.tenant->id, name).empty()) return {};
  return NotFound("SCHEMA_UNKNOWN", "no such schema");
}

Status ListFieldsOf(const schema::Catalog& catalog, pg::Session& session, const Caller& caller,
                    const catalog::v1::ListFieldsRequest& request,
                    catalog::v1::ListFieldsResponse* response) {
  SELFSAME_RETURN_IF_ERROR(CheckSchema(catalog, caller, request.schema()));
  if (request.unused_days() > kUnusedDaysMax) {
    return InvalidField("unused_days", "OUT_OF_RANGE", "must be at most 36,500");
  }
  const std::uint32_t days =
      request.unused_days() == 0 ? kUnusedDaysDefault : request.unused_days();
  SELFSAME_ASSIGN_OR_RETURN(const storage::StoredUsage usage,
                            storage::LoadUsage(session, caller.tenant->id));
  for (const FieldView& view :
       registry::ViewFields(catalog, caller.tenant->id, request.schema(), usage, Since(days))) {
    if (request.only_unused() && view.unused == registry::Unused::kUsed) continue;
    EncodeField(view, caller, response->add_fields());
  }
  return {};
}

Status GetLineageOf(const schema::Catalog& catalog, pg::Session& session, const Caller& caller,
                    const catalog::v1::GetLineageRequest& request,
                    catalog::v1::GetLineageResponse* response) {
  if (request.schema().empty()) return NotFound("SCHEMA_UNKNOWN", "no such schema");
  SELFSAME_RETURN_IF_ERROR(CheckSchema(catalog, caller, request.schema()));
  SELFSAME_ASSIGN_OR_RETURN(const storage::StoredUsage usage,
                            storage::LoadUsage(session, caller.tenant->id));
  const std::vector<FieldView> views =
      registry::ViewFields(catalog, caller.tenant->id, "", usage, Since(kUnusedDaysDefault));
  const FieldView* found = nullptr;
  for (const FieldView& view : views) {
    if (view.schema->name == request.schema() && view.entry->path == request.path()) found = &view;
  }
  if (found == nullptr) return NotFound("FIELD_UNKNOWN", "the schema has no such field");
  EncodeField(*found, caller, response->mutable_field());
  for (const FieldView& view : views) {
    if (&view == found || view.attribute.empty() || view.attribute != found->attribute) continue;
    response->add_also_from(view.schema->name + "." + view.entry->path);
  }
  return {};
}

// Whether rows of this source and schema were asked for.
bool IsWanted(const catalog::v1::ListDriftRequest& request, const schema::Schema* schema,
              const std::string& source) {
  return schema != nullptr && (request.schema().empty() || request.schema() == schema->name) &&
         (request.source().empty() || request.source() == source);
}

void EncodeShares(const schema::Catalog& catalog, const Caller& caller,
                  const catalog::v1::ListDriftRequest& request, const storage::StoredUsage& usage,
                  catalog::v1::ListDriftResponse* response) {
  std::map<std::pair<SourceId, std::string>, std::uint64_t> totals;
  for (const storage::SchemaUsage& row : usage.schemas) {
    const schema::Schema* schema = catalog.Find(row.schema);
    if (schema != nullptr) totals[{row.source, schema->name}] += row.records;
  }
  for (const storage::SchemaUsage& row : usage.schemas) {
    const schema::Schema* schema = catalog.Find(row.schema);
    const std::string source = SourceName(row.source, caller);
    if (!IsWanted(request, schema, source)) continue;
    auto* reply = response->add_versions();
    reply->set_source(source);
    reply->set_schema(schema->name);
    reply->set_schema_version(schema->version);
    reply->set_records(row.records);
    reply->set_share(static_cast<double>(row.records) /
                     static_cast<double>(totals[{row.source, schema->name}]));
    SetTime(row.last_seen_at, reply->mutable_last_seen_at());
  }
}

Status ListDriftOf(const schema::Catalog& catalog, pg::Session& session, const Caller& caller,
                   const catalog::v1::ListDriftRequest& request,
                   catalog::v1::ListDriftResponse* response) {
  SELFSAME_ASSIGN_OR_RETURN(const storage::StoredUsage usage,
                            storage::LoadUsage(session, caller.tenant->id));
  for (const storage::DriftUsage& row : usage.drift) {
    const schema::Schema* schema = catalog.Find(row.schema);
    const std::string source = SourceName(row.source, caller);
    if (!IsWanted(request, schema, source)) continue;
    auto* reply = response->add_unknown();
    reply->set_source(source);
    reply->set_schema(schema->name);
    reply->set_schema_version(schema->version);
    reply->set_path(row.path);
    reply->set_is_enum_value(row.is_enum_value);
    reply->set_count(row.records);
    SetTime(row.first_seen_at, reply->mutable_first_seen_at());
    SetTime(row.last_seen_at, reply->mutable_last_seen_at());
    for (const std::string& hash : row.value_hashes) reply->add_value_hashes(hash);
  }
  EncodeShares(catalog, caller, request, usage, response);
  return {};
}

}  // namespace

grpc::ServerUnaryReactor* CatalogService::ListFields(grpc::CallbackServerContext* context,
                                                     const catalog::v1::ListFieldsRequest* request,
                                                     catalog::v1::ListFieldsResponse* response) {
  return RunOnPool(parts_, context, Method::kListFields, Scope::kRead,
                   [this, request, response](pg::Session& session, const Caller& caller) {
                     const auto catalog = parts_.edge.catalog.Get();
                     return ListFieldsOf(*catalog, session, caller, *request, response);
                   });
}

grpc::ServerUnaryReactor* CatalogService::GetLineage(grpc::CallbackServerContext* context,
                                                     const catalog::v1::GetLineageRequest* request,
                                                     catalog::v1::GetLineageResponse* response) {
  return RunOnPool(parts_, context, Method::kGetLineage, Scope::kRead,
                   [this, request, response](pg::Session& session, const Caller& caller) {
                     const auto catalog = parts_.edge.catalog.Get();
                     return GetLineageOf(*catalog, session, caller, *request, response);
                   });
}

grpc::ServerUnaryReactor* CatalogService::ListDrift(grpc::CallbackServerContext* context,
                                                    const catalog::v1::ListDriftRequest* request,
                                                    catalog::v1::ListDriftResponse* response) {
  return RunOnPool(parts_, context, Method::kListDrift, Scope::kRead,
                   [this, request, response](pg::Session& session, const Caller& caller) {
                     const auto catalog = parts_.edge.catalog.Get();
                     return ListDriftOf(*catalog, session, caller, *request, response);
                   });
}

}  // namespace selfsame::edge
