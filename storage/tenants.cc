#include "storage/tenants.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "storage/sql/statements.h"
#include "storage/tenant_secrets.h"

namespace selfsame::storage {
namespace {

constexpr std::size_t kApiKeyBytes = 32;
constexpr std::size_t kNameMax = 63;
constexpr std::size_t kOwnerMax = 200;
constexpr std::size_t kPurposeMax = 500;

// As the schema's CHECKs say, so that a caller learns of all that is wrong at once.
class FieldChecks {
 public:
  void Name(std::string_view field, std::string_view name) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto is_plain = [&](char c) {
      return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    const bool well_formed = !name.empty() && name.size() <= kNameMax && is_letter(name[0]) &&
                             std::all_of(name.begin(), name.end(), is_plain);
    Require(well_formed, field, "NAME_MALFORMED",
            "a lower-case letter, then at most 62 of a-z, 0-9, _ and -");
  }
  // In characters, as PostgreSQL counts; what is not UTF-8 it would refuse without saying where.
  void Text(std::string_view field, std::string_view text, std::size_t length_max) {
    const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    const auto length = std::count_if(text.begin(), text.end(), is_start);
    Require(length >= 1 && static_cast<std::size_t>(length) <= length_max, field,
            "LENGTH_OUT_OF_RANGE", fmt::format("1 to {} characters", length_max));
  }
  void Customs(std::string_view phone_region, std::string_view date_order) {
    const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    Require(phone_region.empty() || (phone_region.size() == 2 && is_upper(phone_region[0]) &&
                                     is_upper(phone_region[1])),
            "phone_region", "REGION_MALFORMED", "two upper-case letters of ISO 3166, such as GB");
    Require(date_order.empty() || date_order == "DMY" || date_order == "MDY", "date_order",
            "DATE_ORDER_UNKNOWN", "DMY or MDY");
  }
  void AfterLogout(std::string_view after_logout) {
    Require(after_logout.empty() || after_logout == kNewPersonAfterLogout, "after_logout",
            "AFTER_LOGOUT_UNKNOWN", "new_person, or empty for what the ruleset says");
  }
  void Admission(std::string_view invalid_optional, std::string_view event_time_min) {
    // A source may only take more than its schemas do, so there is nothing else to say.
    Require(invalid_optional.empty() || invalid_optional == "leave-out", "invalid_optional",
            "INVALID_OPTIONAL_UNKNOWN", "leave-out, or empty to do as each schema says");
    const std::optional<TimeUs> time = TimeOf(event_time_min);
    Require(event_time_min.empty() || (time && time->us >= 0), "event_time_min", "TIME_MALFORMED",
            "a date or time from 1970-01-01 on, such as 2015-01-01 or 2015-01-01T00:00:00Z");
  }
  // A date is its first moment in UTC.
  static std::optional<TimeUs> TimeOf(std::string_view text) {
    constexpr std::size_t kDateLength = 10;
    std::string time(text);
    if (time.size() == kDateLength) time += "T00:00:00Z";
    return ParseRfc3339(time);
  }
  void Require(bool satisfied, std::string_view field, const char* reason, std::string message) {
    if (!satisfied) violations_.push_back({std::string(field), reason, std::move(message)});
  }
  Status Done() && {
    if (violations_.empty()) return {};
    return Error{.code = ErrorCode::kInvalidArgument,
                 .reason = "FIELDS_INVALID",
                 .message = fmt::format("{} of the fields are not valid", violations_.size()),
                 .violations = std::move(violations_)};
  }

 private:
  std::vector<Violation> violations_;
};

// What FieldChecks::Admission let through, as PostgreSQL reads it whatever its settings.
std::string TimeText(const std::string& text) {
  const std::optional<TimeUs> time = FieldChecks::TimeOf(text);
  return time ? FormatRfc3339(*time) : std::string();
}

Error Unknown(const char* reason, const char* what, std::string_view name) {
  return {.code = ErrorCode::kNotFound,
          .reason = reason,
          .message = fmt::format("there is no {} {}", what, name)};
}

Error Exists(const char* reason, const char* what, std::string_view name) {
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = reason,
          .message = fmt::format("there is a {} {} already", what, name)};
}

Result<TenantId> FindTenantId(pqxx::work& tx, std::string_view name) {
  const auto rows = pg::Exec(tx, sql::kFindTenantId, name);
  if (rows.empty()) return Unknown("TENANT_UNKNOWN", "tenant", name);
  return rows[0]["tenant_id"].as<TenantId>();
}

Result<SourceId> FindSourceId(pqxx::work& tx, TenantId tenant, std::string_view name) {
  const auto rows = pg::Exec(tx, sql::kFindSourceId, tenant, name);
  if (rows.empty()) return Unknown("SOURCE_UNKNOWN", "source", name);
  return rows[0]["source_id"].as<SourceId>();
}

Status CheckScopes(const std::vector<std::string>& scopes) {
  FieldChecks checks;
  checks.Require(!scopes.empty(), "scopes", "SCOPE_MISSING", "at least one scope");
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    checks.Require(ParseScope(scopes[i]).has_value(), fmt::format("scopes[{}]", i), "SCOPE_UNKNOWN",
                   "one of ingest, read, admin");
  }
  return std::move(checks).Done();
}

Secret NewApiKey() {
  std::array<unsigned char, kApiKeyBytes> random{};
  randombytes_buf(random.data(), random.size());
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::array<char, sodium_base64_ENCODED_LEN(kApiKeyBytes, kVariant)> text{};
  sodium_bin2base64(text.data(), text.size(), random.data(), random.size(), kVariant);
  Secret key(std::string(kApiKeyPrefix) + text.data());
  sodium_memzero(text.data(), text.size());
  sodium_memzero(random.data(), random.size());
  return key;
}

ApiKeyRow ReadApiKeyRow(const pqxx::row& row) {
  ApiKeyRow key{.id = row["api_key_id"].as<std::int32_t>(),
                .source = row["source"].as<std::string>(),
                .scopes = row["scopes"].as<std::vector<std::string>>(),
                .created_at = row["created_at"].as<TimeUs>()};
  if (!row["revoked_at"].is_null()) key.revoked_at = row["revoked_at"].as<TimeUs>();
  return key;
}

SourceRow ReadSourceRow(const pqxx::row& row) {
  return {.id = row["source_id"].as<SourceId>(),
          .name = row["name"].as<std::string>(),
          .owner = row["owner"].as<std::string>(),
          .purpose = row["purpose"].as<std::string>(),
          .trust_priority = row["trust_priority"].as<int>(),
          .phone_region = row["phone_region"].as<std::string>(),
          .date_order = row["date_order"].as<std::string>(),
          .after_logout = row["after_logout"].as<std::string>(),
          .invalid_optional = row["invalid_optional"].as<std::string>(),
          .event_time_min = row["event_time_min"].is_null()
                                ? std::nullopt
                                : std::optional(row["event_time_min"].as<TimeUs>()),
          .created_at = row["created_at"].as<TimeUs>()};
}

// The rows of one of a tenant's lists, each read by `read`.
template <typename Row>
Result<std::vector<Row>> ListOfTenant(pg::Session& session, std::string_view tenant,
                                      const pg::Statement& statement,
                                      Row (*read)(const pqxx::row&)) {
  using List = std::vector<Row>;
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<List> {
    SELFSAME_ASSIGN_OR_RETURN(const TenantId id, FindTenantId(tx, tenant));
    List list;
    for (const pqxx::row& row : pg::Exec(tx, statement, id)) list.push_back(read(row));
    return list;
  });
}

}  // namespace

Result<TenantId> CreateTenant(pg::Session& session, const MasterKey& master_key,
                              std::string_view name, TimeUs now) {
  FieldChecks checks;
  checks.Name("name", name);
  SELFSAME_RETURN_IF_ERROR(std::move(checks).Done());
  const pg::Bytea sealed{SealNewSecrets(master_key, name)};
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<TenantId> {
    // Under another master key no server could open it.
    SELFSAME_RETURN_IF_ERROR(EnsureMasterKey(tx, master_key));
    const auto rows = pg::Exec(tx, sql::kInsertTenant, name, sealed, now);
    if (rows.empty()) return Exists("TENANT_EXISTS", "tenant", name);
    return rows[0]["tenant_id"].as<TenantId>();
  });
}

Result<SourceId> CreateSource(pg::Session& session, std::string_view tenant,
                              const NewSource& source, TimeUs now) {
  FieldChecks checks;
  checks.Name("name", source.name);
  checks.Text("owner", source.owner, kOwnerMax);
  checks.Text("purpose", source.purpose, kPurposeMax);
  checks.Require(source.trust_priority >= 1 && source.trust_priority <= kTrustMax, "trust_priority",
                 "OUT_OF_RANGE", fmt::format("1 to {}", kTrustMax));
  checks.Customs(source.phone_region, source.date_order);
  checks.AfterLogout(source.after_logout);
  checks.Admission(source.invalid_optional, source.event_time_min);
  SELFSAME_RETURN_IF_ERROR(std::move(checks).Done());
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<SourceId> {
    SELFSAME_ASSIGN_OR_RETURN(const TenantId id, FindTenantId(tx, tenant));
    const auto rows =
        pg::Exec(tx, sql::kInsertSource, id, source.name, source.owner, source.purpose,
                 source.trust_priority, now, source.phone_region, source.date_order,
                 source.after_logout, source.invalid_optional, TimeText(source.event_time_min));
    if (rows.empty()) return Exists("SOURCE_EXISTS", "source", source.name);
    return rows[0]["source_id"].as<SourceId>();
  });
}

Status SetSourceCustoms(pg::Session& session, std::string_view tenant, std::string_view source,
                        const SourceCustoms& customs) {
  FieldChecks checks;
  checks.Customs(customs.phone_region.value_or(""), customs.date_order.value_or(""));
  checks.AfterLogout(customs.after_logout.value_or(""));
  checks.Admission(customs.invalid_optional.value_or(""), customs.event_time_min.value_or(""));
  SELFSAME_RETURN_IF_ERROR(std::move(checks).Done());
  std::optional<std::string> event_time_min = customs.event_time_min;
  if (event_time_min) event_time_min = TimeText(*event_time_min);
  const auto text = [](const std::optional<std::string>& value) {
    return value ? value->c_str() : nullptr;
  };
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    SELFSAME_ASSIGN_OR_RETURN(const TenantId tenant_id, FindTenantId(tx, tenant));
    SELFSAME_ASSIGN_OR_RETURN(const SourceId source_id, FindSourceId(tx, tenant_id, source));
    pg::Exec(tx, sql::kSetSourceCustoms, tenant_id, source_id, text(customs.phone_region),
             text(customs.date_order), text(customs.after_logout), text(customs.invalid_optional),
             text(event_time_min));
    return {};
  });
}

Status SetTenantPhoneRegion(pg::Session& session, std::string_view tenant,
                            const std::string& phone_region) {
  FieldChecks checks;
  checks.Customs(phone_region, "");
  SELFSAME_RETURN_IF_ERROR(std::move(checks).Done());
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    SELFSAME_ASSIGN_OR_RETURN(const TenantId id, FindTenantId(tx, tenant));
    pg::Exec(tx, sql::kSetTenantPhoneRegion, id, phone_region);
    return {};
  });
}

Result<Secret> CreateApiKey(pg::Session& session, std::string_view tenant, std::string_view source,
                            const std::vector<std::string>& scopes, TimeUs now) {
  SELFSAME_RETURN_IF_ERROR(CheckScopes(scopes));
  const Secret key = NewApiKey();
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<Secret> {
    SELFSAME_ASSIGN_OR_RETURN(const TenantId tenant_id, FindTenantId(tx, tenant));
    SELFSAME_ASSIGN_OR_RETURN(const SourceId source_id, FindSourceId(tx, tenant_id, source));
    pg::Exec(tx, sql::kInsertApiKey, tenant_id, source_id, ApiKeyHash(key.reveal()), scopes, now);
    return key;
  });
}

Status RevokeApiKey(pg::Session& session, std::string_view tenant, std::int32_t api_key_id,
                    TimeUs now) {
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    const auto rows = pg::Exec(tx, sql::kRevokeApiKey, tenant, api_key_id, now);
    if (!rows.empty()) return {};
    return Unknown("API_KEY_UNKNOWN", "api key",
                   fmt::format("{} of tenant {}", api_key_id, tenant));
  });
}

Result<std::vector<TenantRow>> ListTenants(pg::Session& session) {
  using List = std::vector<TenantRow>;
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<List> {
    List list;
    for (const pqxx::row& row : pg::Exec(tx, sql::kListTenants)) {
      list.push_back({.id = row["tenant_id"].as<TenantId>(),
                      .name = row["name"].as<std::string>(),
                      .created_at = row["created_at"].as<TimeUs>()});
    }
    return list;
  });
}

Result<std::vector<SourceRow>> ListSources(pg::Session& session, std::string_view tenant) {
  return ListOfTenant(session, tenant, sql::kListSources, ReadSourceRow);
}

Result<std::vector<ApiKeyRow>> ListApiKeys(pg::Session& session, std::string_view tenant) {
  return ListOfTenant(session, tenant, sql::kListApiKeys, ReadApiKeyRow);
}

}  // namespace selfsame::storage
