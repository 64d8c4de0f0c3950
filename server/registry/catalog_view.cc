#include "server/registry/catalog_view.h"

#include <algorithm>
#include <map>
#include <utility>

namespace selfsame::registry {
namespace {

using schema::Schema;

// Sums of one schema, all of its versions together.
struct SchemaSums {
  std::map<SourceId, std::uint64_t> records;
  std::map<std::pair<std::string, SourceId>, FieldSender> fields;
};

void Widen(std::optional<TimeUs>& first, std::optional<TimeUs>& last, TimeUs from, TimeUs to) {
  first = first ? std::min(*first, from) : from;
  last = last ? std::max(*last, to) : to;
}

class Viewer {
 public:
  Viewer(const schema::Catalog& catalog, const storage::StoredUsage& usage, TimeUs unused_since)
      : unused_since_(unused_since) {
    for (const storage::SchemaUsage& row : usage.schemas) {
      const Schema* schema = catalog.Find(row.schema);
      if (schema != nullptr) sums_[schema->name].records[row.source] += row.records;
    }
    for (const storage::FieldUsage& row : usage.fields) {
      const Schema* schema = catalog.Find(row.schema);
      if (schema != nullptr) AddField(sums_[schema->name], row);
    }
    for (const storage::ReadUsage& row : usage.reads) {
      readers_[row.subject].push_back({row.consumer, row.reads, row.last_read_at});
    }
  }

  FieldView View(const Schema& schema, const schema::Entry& entry) const {
    FieldView view{.schema = &schema, .entry = &entry};
    const bool is_profile = schema.use() == schema::Use::kProfile;
    const bool is_top_level = entry.path.find('.') == std::string::npos;
    if (is_profile && is_top_level) view.attribute = entry.path;
    AddSenders(view);
    const std::string subject = is_profile
                                    ? "attribute:" + entry.path.substr(0, entry.path.find('.'))
                                    : "schema:" + schema.name;
    const auto readers = readers_.find(subject);
    if (readers != readers_.end()) view.readers = readers->second;
    view.unused = UnusedOf(view);
    return view;
  }

 private:
  static void AddField(SchemaSums& sums, const storage::FieldUsage& row) {
    FieldSender& sender = sums.fields[{row.path, row.source}];
    sender.source = row.source;
    sender.filled += row.filled;
    Widen(sender.first_seen_at, sender.last_seen_at, row.first_seen_at, row.last_seen_at);
  }

  void AddSenders(FieldView& view) const {
    const auto sums = sums_.find(view.schema->name);
    if (sums == sums_.end()) return;
    for (const auto& [source, records] : sums->second.records) {
      FieldSender sender{.source = source};
      const auto field = sums->second.fields.find({view.entry->path, source});
      if (field != sums->second.fields.end()) sender = field->second;
      sender.records = records;
      view.records += records;
      view.filled += sender.filled;
      if (sender.first_seen_at) {
        Widen(view.first_seen_at, view.last_seen_at, *sender.first_seen_at, *sender.last_seen_at);
        view.senders.push_back(sender);
      }
    }
  }

  Unused UnusedOf(const FieldView& view) const {
    if (!view.last_seen_at) return Unused::kNeverSent;
    if (*view.last_seen_at < unused_since_) return Unused::kNotSent;
    if (!view.entry->consumers.empty()) return Unused::kUsed;
    const bool is_read = std::any_of(
        view.readers.begin(), view.readers.end(),
        [this](const FieldReader& reader) { return reader.last_read_at >= unused_since_; });
    return is_read ? Unused::kUsed : Unused::kNotRead;
  }

  const TimeUs unused_since_;
  std::map<std::string, SchemaSums, std::less<>> sums_;
  std::map<std::string, std::vector<FieldReader>> readers_;
};

}  // namespace

std::vector<FieldView> ViewFields(const schema::Catalog& catalog, TenantId tenant,
                                  std::string_view schema_name, const storage::StoredUsage& usage,
                                  TimeUs unused_since) {
  const Viewer viewer(catalog, usage, unused_since);
  std::vector<FieldView> views;
  for (const Schema* schema : catalog.SchemasOf(tenant)) {
    if (!schema_name.empty() && schema->name != schema_name) continue;
    if (catalog.Find(tenant, schema->name, 0) != schema) continue;
    for (const schema::Entry& entry : schema->compiled->entries().all) {
      views.push_back(viewer.View(*schema, entry));
    }
  }
  return views;
}

}  // namespace selfsame::registry
