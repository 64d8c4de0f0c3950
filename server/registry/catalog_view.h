// The data catalog as people see it: the entries of all live schemas, with what was counted of
// them.
#ifndef SELFSAME_SERVER_REGISTRY_CATALOG_VIEW_H_
#define SELFSAME_SERVER_REGISTRY_CATALOG_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "server/schema/catalog.h"
#include "storage/usage.h"

namespace selfsame::registry {

struct FieldSender {
  SourceId source;
  std::uint64_t records = 0;
  std::uint64_t filled = 0;
  std::optional<TimeUs> first_seen_at;  // Of the field; absent: never sent.
  std::optional<TimeUs> last_seen_at;
};

struct FieldReader {
  SourceId consumer;
  std::uint64_t reads = 0;
  TimeUs last_read_at;
};

// Values of selfsame.catalog.v1.Field.Unused.
enum class Unused { kUsed = 0, kNeverSent = 1, kNotSent = 2, kNotRead = 3 };

// Good as long as the catalog.
struct FieldView {
  const schema::Schema* schema = nullptr;
  const schema::Entry* entry = nullptr;
  std::string attribute;             // Of the profile; empty for events and for inner fields.
  std::vector<FieldSender> senders;  // By source.
  std::vector<FieldReader> readers;
  std::uint64_t records = 0;
  std::uint64_t filled = 0;
  std::optional<TimeUs> first_seen_at;
  std::optional<TimeUs> last_seen_at;
  Unused unused = Unused::kUsed;
};

// A field of the catalog. Good as long as the catalog.
struct FieldRef {
  const schema::Schema* schema = nullptr;
  const schema::Entry* entry = nullptr;
};

// Where a page begins: `entries` fields of this version have been shown. Versions never change, so
// that a version that is registered between two pages neither repeats a field nor leaves one out.
struct FieldPosition {
  std::string schema;
  std::uint32_t version = 0;
  std::uint32_t entries = 0;
};

struct FieldPage {
  std::vector<FieldRef> fields;
  std::optional<FieldPosition> next;  // Absent: this is the last page.
};

// At most `fields_max` fields from a position on, by schema and in the order of the message: of the
// newest live version of each schema of the tenant, or of one schema.
FieldPage PageOfFields(const schema::Catalog& catalog, TenantId tenant,
                       std::string_view schema_name, const FieldPosition& from,
                       std::size_t fields_max);

// What the views of these fields are made of.
storage::UsageSubjects SubjectsOf(const schema::Catalog& catalog, TenantId tenant,
                                  const std::vector<FieldRef>& fields);

// These fields, with what was counted of any version of their schemas. `usage` holds at least what
// SubjectsOf names; `unused_since` as in ViewFields.
std::vector<FieldView> ViewOf(const schema::Catalog& catalog, const std::vector<FieldRef>& fields,
                              const storage::StoredUsage& usage, TimeUs unused_since);

// Fields of the newest live version of each schema of the tenant, or of one schema; what was
// counted of any of its versions counts. `unused_since`: what was not sent or read after that is
// unused. Empty when the schema named does not exist.
std::vector<FieldView> ViewFields(const schema::Catalog& catalog, TenantId tenant,
                                  std::string_view schema_name, const storage::StoredUsage& usage,
                                  TimeUs unused_since);

}  // namespace selfsame::registry

#endif  // SELFSAME_SERVER_REGISTRY_CATALOG_VIEW_H_
