#include "server/registry/catalog_view.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
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

// What those who read the field are counted under.
std::string SubjectOf(const FieldRef& field) {
  const std::string& path = field.entry->path;
  return field.schema->use() == schema::Use::kProfile
             ? "attribute:" + path.substr(0, path.find('.'))
             : "schema:" + field.schema->name;
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
    const auto readers = readers_.find(SubjectOf({&schema, &entry}));
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

FieldPage PageOfFields(const schema::Catalog& catalog, TenantId tenant,
                       std::string_view schema_name, const FieldPosition& from,
                       std::size_t fields_max) {
  FieldPage page;
  FieldPosition last;
  for (const Schema* schema : catalog.SchemasOf(tenant)) {
    if (schema->name < from.schema) continue;
    if (!schema_name.empty() && schema->name != schema_name) continue;
    const bool is_begun = schema->name == from.schema;
    const bool is_shown = is_begun ? schema->version == from.version
                                   : catalog.Find(tenant, schema->name, 0) == schema;
    if (!is_shown) continue;
    const auto& entries = schema->compiled->entries().all;
    for (std::size_t i = is_begun ? from.entries : 0; i < entries.size(); ++i) {
      if (page.fields.size() == fields_max) {
        page.next = last;
        return page;
      }
      page.fields.push_back({schema, &entries[i]});
      last = {schema->name, schema->version, static_cast<std::uint32_t>(i + 1)};
    }
  }
  return page;
}

storage::UsageSubjects SubjectsOf(const schema::Catalog& catalog, TenantId tenant,
                                  const std::vector<FieldRef>& fields) {
  std::set<std::string> reads;
  std::set<std::string> names;
  storage::UsageSubjects subjects;
  for (const FieldRef& field : fields) {
    reads.insert(SubjectOf(field));
    if (!names.insert(field.schema->name).second) continue;
    for (const Schema* version : catalog.Versions(tenant, field.schema->name)) {
      subjects.schemas.push_back(version->id);
    }
  }
  subjects.reads.assign(reads.begin(), reads.end());
  return subjects;
}

std::vector<FieldView> ViewOf(const schema::Catalog& catalog, const std::vector<FieldRef>& fields,
                              const storage::StoredUsage& usage, TimeUs unused_since) {
  const Viewer viewer(catalog, usage, unused_since);
  std::vector<FieldView> views;
  for (const FieldRef& field : fields) views.push_back(viewer.View(*field.schema, *field.entry));
  return views;
}

std::vector<FieldView> ViewFields(const schema::Catalog& catalog, TenantId tenant,
                                  std::string_view schema_name, const storage::StoredUsage& usage,
                                  TimeUs unused_since) {
  const FieldPage all =
      PageOfFields(catalog, tenant, schema_name, {}, std::numeric_limits<std::size_t>::max());
  return ViewOf(catalog, all.fields, usage, unused_since);
}

}  // namespace selfsame::registry
