#include "storage/rulesets.h"

#include <fmt/format.h>

#include <pqxx/result>
#include <utility>

#include "identity/ruleset_toml.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

constexpr std::size_t kActorMax = 200;
constexpr std::size_t kReasonMax = 500;

Error Unknown(std::string reason, std::string message) {
  return {.code = ErrorCode::kNotFound, .reason = std::move(reason), .message = std::move(message)};
}

Result<TenantId> TenantIdOf(pqxx::work& tx, std::string_view tenant) {
  const auto rows = pg::Exec(tx, sql::kFindTenantId, std::string(tenant));
  if (rows.empty()) return Unknown("TENANT_UNKNOWN", fmt::format("no tenant {}", tenant));
  return rows[0][0].as<TenantId>();
}

Result<std::string> ReadText(pqxx::work& tx, TenantId tenant, int version) {
  if (version == 0) return std::string(identity::DefaultRulesetToml());
  const auto rows = pg::Exec(tx, sql::kReadRulesetBody, tenant, version);
  if (rows.empty()) return Unknown("RULESET_UNKNOWN", fmt::format("no ruleset {}", version));
  return rows[0][0].as<std::string>();
}

void CheckText(const std::string& field, const std::string& text, std::size_t most,
               std::vector<Violation>& violations) {
  if (!text.empty() && text.size() <= most) return;
  violations.push_back({field, "LENGTH_OUT_OF_RANGE", fmt::format("1 to {} bytes", most)});
}

// The version in force; 0 where nothing was ever activated.
int ReadActiveVersion(pqxx::work& tx, TenantId tenant) {
  const auto rows = pg::Exec(tx, sql::kReadActivation, tenant);
  return rows.empty() ? 0 : rows[0][0].as<int>();
}

void InsertActivation(pqxx::work& tx, TenantId tenant, int version, const Decision& decision) {
  pg::Exec(tx, sql::kInsertActivation, tenant, version, decision.actor, decision.reason);
}

}  // namespace

Status CheckDecision(const Decision& decision) {
  std::vector<Violation> violations;
  CheckText("actor", decision.actor, kActorMax, violations);
  CheckText("reason", decision.reason, kReasonMax, violations);
  if (violations.empty()) return {};
  return Error{.code = ErrorCode::kInvalidArgument,
               .reason = "FIELDS_INVALID",
               .message = "say who decides and why",
               .violations = std::move(violations)};
}

Result<int> ActivateRuleset(pg::Session& session, std::string_view tenant, std::string_view toml,
                            const Decision& decision) {
  SELFSAME_RETURN_IF_ERROR(CheckDecision(decision));
  SELFSAME_RETURN_IF_ERROR(ToStatus(identity::ParseRuleset(toml)));
  const std::string body(toml);
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<int> {
    SELFSAME_ASSIGN_OR_RETURN(const TenantId id, TenantIdOf(tx, tenant));
    auto rows = pg::Exec(tx, sql::kFindSameRuleset, id, body);
    if (rows.empty()) rows = pg::Exec(tx, sql::kInsertRuleset, id, decision.actor, body);
    const int version = rows[0][0].as<int>();
    InsertActivation(tx, id, version, decision);
    return version;
  });
}

Status ActivateRulesetVersion(pg::Session& session, std::string_view tenant, int version,
                              const Decision& decision) {
  SELFSAME_RETURN_IF_ERROR(CheckDecision(decision));
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    SELFSAME_ASSIGN_OR_RETURN(const TenantId id, TenantIdOf(tx, tenant));
    SELFSAME_RETURN_IF_ERROR(ToStatus(ReadRuleset(tx, id, version, 0)));
    InsertActivation(tx, id, version, decision);
    return {};
  });
}

Result<std::string> ReadRulesetText(pg::Session& session, std::string_view tenant,
                                    std::optional<int> version) {
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<std::string> {
    SELFSAME_ASSIGN_OR_RETURN(const TenantId id, TenantIdOf(tx, tenant));
    return ReadText(tx, id, version ? *version : ReadActiveVersion(tx, id));
  });
}

Result<std::vector<Activation>> ListActivations(pg::Session& session, std::string_view tenant) {
  using List = std::vector<Activation>;
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<List> {
    SELFSAME_ASSIGN_OR_RETURN(const TenantId id, TenantIdOf(tx, tenant));
    List list;
    for (const pqxx::row& row : pg::Exec(tx, sql::kListActivations, id)) {
      list.push_back({.version = row[0].as<int>(),
                      .activated_at = row[1].as<TimeUs>(),
                      .actor = row[2].as<std::string>(),
                      .reason = row[3].as<std::string>()});
    }
    return list;
  });
}

Result<std::shared_ptr<const identity::Ruleset>> ReadRuleset(pqxx::work& tx, TenantId tenant,
                                                             int version, int activation) {
  SELFSAME_ASSIGN_OR_RETURN(const std::string text, ReadText(tx, tenant, version));
  return ParseStoredRuleset(text, tenant, version, activation);
}

Result<std::shared_ptr<const identity::Ruleset>> ParseStoredRuleset(std::string_view text,
                                                                    TenantId tenant, int version,
                                                                    int activation) {
  auto parsed = identity::ParseRuleset(text);
  if (!parsed.ok()) {
    return Error{.code = ErrorCode::kFailedPrecondition,
                 .reason = "RULESET_UNREADABLE",
                 .message = fmt::format("ruleset {} of tenant {} is not understood by this version",
                                        version, tenant.value)};
  }
  parsed->version = version;
  parsed->activation = activation;
  return std::make_shared<const identity::Ruleset>(std::move(*parsed));
}

}  // namespace selfsame::storage
