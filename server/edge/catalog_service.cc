#include "server/edge/catalog_service.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/edge/page_token.h"
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
constexpr int kPageSizeDefault = 100;

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
  const PagedList list{
      .name = "ListFields",
      .filters = {request.schema(), request.only_unused() ? "unused" : "", std::to_string(days)}};
  SELFSAME_ASSIGN_OR_RETURN(const auto after, DecodePageToken(list, request.page_token(), 3));
  SELFSAME_ASSIGN_OR_RETURN(const int size, PageSizeOf(request.page_size(), kPageSizeDefault));
  registry::FieldPosition from;
  if (!after.empty()) from = {after[0], PositionNumber(after[1]), PositionNumber(after[2])};
  const registry::FieldPage page = registry::PageOfFields(
      catalog, caller.tenant->id, request.schema(), from, static_cast<std::size_t>(size));
  if (page.next) {
    response->set_next_page_token(
        EncodePageToken(list, {page.next->schema, std::to_string(page.next->version),
                               std::to_string(page.next->entries)}));
  }
  SELFSAME_ASSIGN_OR_RETURN(
      const storage::StoredUsage usage,
      storage::LoadUsageOf(session, caller.tenant->id,
                           registry::SubjectsOf(catalog, caller.tenant->id, page.fields)));
  for (const FieldView& view : registry::ViewOf(catalog, page.fields, usage, Since(days))) {
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

// Where a page of drift begins. Unknown fields and values come first, then the shares of versions.
struct DriftCursor {
  bool is_in_shares = false;
  storage::DriftPosition unknown;
  storage::SharePosition share;
};

DriftCursor CursorOf(const std::vector<std::string>& after) {
  DriftCursor cursor;
  if (after.empty()) return cursor;
  const SourceId source{static_cast<std::int32_t>(PositionNumber(after[1]))};
  const SchemaId schema{static_cast<std::int32_t>(PositionNumber(after[2]))};
  cursor.is_in_shares = after[0] == "versions";
  if (cursor.is_in_shares) {
    cursor.share = {source, schema};
  } else {
    cursor.unknown = {source, schema, after[3], after[4] == "value"};
  }
  return cursor;
}

std::string TokenAfter(const PagedList& list, const storage::DriftUsage& row) {
  return EncodePageToken(
      list, {"unknown", std::to_string(row.source.value), std::to_string(row.schema.value),
             row.path, row.is_enum_value ? "value" : ""});
}

std::string TokenAfter(const PagedList& list, const storage::SharePosition& row) {
  return EncodePageToken(list, {"versions", std::to_string(row.source.value),
                                std::to_string(row.schema.value), "", ""});
}

// A schema that this server cannot compile has no name here, and its rows are left out.
void EncodeUnknown(const schema::Catalog& catalog, const Caller& caller,
                   const storage::DriftUsage& row, catalog::v1::ListDriftResponse* response) {
  const schema::Schema* schema = catalog.Find(row.schema);
  if (schema == nullptr) return;
  auto* reply = response->add_unknown();
  reply->set_source(SourceName(row.source, caller));
  reply->set_schema(schema->name);
  reply->set_schema_version(schema->version);
  reply->set_path(row.path);
  reply->set_is_enum_value(row.is_enum_value);
  reply->set_count(row.records);
  SetTime(row.first_seen_at, reply->mutable_first_seen_at());
  SetTime(row.last_seen_at, reply->mutable_last_seen_at());
  for (const std::string& hash : row.value_hashes) reply->add_value_hashes(hash);
}

void EncodeShare(const schema::Catalog& catalog, const Caller& caller,
                 const storage::VersionShare& row, catalog::v1::ListDriftResponse* response) {
  const schema::Schema* schema = catalog.Find(row.schema);
  if (schema == nullptr) return;
  auto* reply = response->add_versions();
  reply->set_source(SourceName(row.source, caller));
  reply->set_schema(schema->name);
  reply->set_schema_version(schema->version);
  reply->set_records(row.records);
  reply->set_share(static_cast<double>(row.records) / static_cast<double>(row.records_of_name));
  SetTime(row.last_seen_at, reply->mutable_last_seen_at());
}

Status ListDriftOf(const schema::Catalog& catalog, pg::Session& session, const Caller& caller,
                   const catalog::v1::ListDriftRequest& request,
                   catalog::v1::ListDriftResponse* response) {
  const PagedList list{.name = "ListDrift", .filters = {request.schema(), request.source()}};
  SELFSAME_ASSIGN_OR_RETURN(const auto after, DecodePageToken(list, request.page_token(), 5));
  SELFSAME_ASSIGN_OR_RETURN(const int size, PageSizeOf(request.page_size(), kPageSizeDefault));
  const DriftCursor cursor = CursorOf(after);
  storage::UsageFilter filter{.schema = request.schema(), .source = {}, .rows_max = size + 1};
  if (!request.source().empty()) {
    const auto source = FindSourceByName(request.source(), caller, "source");
    if (!source.ok()) return {};  // Nothing is known of it.
    filter.source = *source;
  }
  const TenantId tenant = caller.tenant->id;
  int shown = 0;
  if (!cursor.is_in_shares) {
    SELFSAME_ASSIGN_OR_RETURN(const auto rows,
                              storage::ReadDriftPage(session, tenant, filter, cursor.unknown));
    for (const storage::DriftUsage& row : rows) {
      if (shown == size) {
        response->set_next_page_token(TokenAfter(list, rows[static_cast<std::size_t>(size) - 1]));
        return {};
      }
      EncodeUnknown(catalog, caller, row, response);
      ++shown;
    }
  }
  // One more than is shown tells whether there is a next page.
  filter.rows_max = size - shown + 1;
  storage::SharePosition last = cursor.share;
  SELFSAME_ASSIGN_OR_RETURN(const auto shares,
                            storage::ReadSharePage(session, tenant, filter, cursor.share));
  for (const storage::VersionShare& row : shares) {
    if (shown == size) {
      response->set_next_page_token(TokenAfter(list, last));
      return {};
    }
    EncodeShare(catalog, caller, row, response);
    last = {row.source, row.schema};
    ++shown;
  }
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
