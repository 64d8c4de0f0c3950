// Schemas: their versions, contents and states. Small tables, read by every server at start and
// every half second; what a content means is server/schema's.
#ifndef SELFSAME_STORAGE_SCHEMAS_H_
#define SELFSAME_STORAGE_SCHEMAS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/pg/session.h"

namespace selfsame::storage {

// The tenant that owns the schemas every tenant may use.
inline constexpr TenantId kAllTenants{0};

// Values of schemas.state.
enum class SchemaState : std::int16_t { kActive = 1, kDeprecated = 2, kRetired = 3 };

// What changes of a schema: enough to see that something did.
struct SchemaHead {
  SchemaId id;
  TenantId tenant;
  std::string name;
  std::uint32_t version = 1;
  SchemaState state = SchemaState::kActive;

  bool operator==(const SchemaHead&) const = default;
};

struct SchemaContent {
  std::string bytes;  // google.protobuf.FileDescriptorSet.
  std::string hash;
};

struct SchemaRow {
  SchemaHead head;
  TimeUs registered_at;
  std::string registered_by;  // Empty: ships with the server.
  std::optional<TimeUs> sunset_at;
  std::optional<TimeUs> retired_at;
  std::optional<TimeUs> last_record_at;
};

// What a tenant may register, all versions counted, whatever their state. Every server holds all of
// it in memory, compiled. Schemas that ship with the server are not counted.
inline constexpr std::int64_t kSchemaVersionsMax = 500;  // Of one name.
inline constexpr std::int64_t kSchemasMax = 1'000;       // Names.
inline constexpr std::int64_t kSchemaBytesTotalMax = 32 << 20;

struct NewSchema {
  TenantId tenant;
  std::string name;
  SchemaContent content;
  std::string registered_by;
  TimeUs now;
};

struct SchemaVersion {
  SchemaId id;
  std::uint32_t version = 0;
  bool is_new = false;
};

// All of the functions below may be retried. Errors: as Session::InTransaction.

// By id, oldest first, of all tenants.
Result<std::vector<SchemaHead>> ListSchemaHeads(pg::Session& session);

// Contents by id; those of ids that are unknown, or that have none, are left out.
Result<std::map<SchemaId, std::string>> ReadSchemaContents(pg::Session& session,
                                                           std::span<const SchemaId> ids);

// The version that has this content, or a new one. Before a new one is made, `check` sees what is
// live of that name, with contents, and may refuse; nothing changes between its look and the
// insert, which registrations of one name wait for. A dry run makes nothing: the version it returns
// for a new content is the one it would have, and its id is 0.
// Errors: also those of `check`; kFailedPrecondition SCHEMA_LIMIT_EXCEEDED where a new version
// would go beyond the bounds above.
struct LiveVersion {
  std::uint32_t version = 0;
  std::string content;
};
using CheckLive = std::function<Status(std::span<const LiveVersion>)>;
enum class RegisterMode { kStore, kDryRun };
Result<SchemaVersion> RegisterSchema(pg::Session& session, const NewSchema& schema,
                                     RegisterMode mode, const CheckLive& check);

// All versions of one name, by version.
Result<std::vector<SchemaRow>> ListSchemaRows(pg::Session& session, TenantId tenant,
                                              std::string_view name);

// A page of what the tenant may use, or of one name's versions: at most `rows_max` of those after
// (after_name, after_version). By name, then version.
enum class RetiredSchemas { kOmit, kInclude };
struct SchemaPage {
  std::string name;  // Empty: all.
  RetiredSchemas retired = RetiredSchemas::kOmit;
  std::string after_name;
  std::uint32_t after_version = 0;
  int rows_max = 100;
};
Result<std::vector<SchemaRow>> ListSchemaPage(pg::Session& session, TenantId tenant,
                                              const SchemaPage& page);

// Sets a state for good or until the next one. Errors: kNotFound SCHEMA_UNKNOWN.
Status SetSchemaState(pg::Session& session, const SchemaHead& head, SchemaState state,
                      std::optional<TimeUs> sunset_at, std::optional<TimeUs> retired_at);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_SCHEMAS_H_
