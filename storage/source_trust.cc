#include "storage/source_trust.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/pg/session.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

// The trusts that the directory knows, and which it does not.
std::pair<Trusts, std::vector<SourceId>> FromDirectory(const TrustScope& scope,
                                                       const std::set<SourceId>& sources) {
  Trusts trusts;
  std::vector<SourceId> unknown;
  for (const SourceId source : sources) {
    if (const Source* found = scope.directory.FindSource(source)) {
      trusts[source] = found->trust_priority;
    } else {
      trusts[source] = kTrustLast;
      unknown.push_back(source);
    }
  }
  return {std::move(trusts), std::move(unknown)};
}

int TrustOf(const identity::Ruleset& rules, std::string_view name, int of_source) {
  const auto found = rules.source_trust.find(name);
  return found == rules.source_trust.end() ? of_source : found->second;
}

}  // namespace

Result<Trusts> FindTrusts(pg::BulkConnection& connection, const TrustScope& scope,
                          const std::set<SourceId>& sources) {
  auto [trusts, unknown] = FromDirectory(scope, sources);
  if (unknown.empty()) return std::move(trusts);
  pg::Array ids(pg::Oid::kInt4, unknown.size());
  for (const SourceId source : unknown) ids.Int(source.value);
  pg::Params params;
  params.Int(scope.tenant.value).Add(std::move(ids));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Execute(sql::kFindTrusts, params));
  for (int row = 0; row < rows.size(); ++row) {
    trusts[SourceId{rows.Int(row, 0)}] = TrustOf(scope.rules, rows.Bytes(row, 1), rows.Int(row, 2));
  }
  return trusts;
}

Trusts ReadTrusts(pqxx::work& tx, const TrustScope& scope, const std::set<SourceId>& sources) {
  auto [trusts, unknown] = FromDirectory(scope, sources);
  if (unknown.empty()) return std::move(trusts);
  std::string ids = "{";
  for (const SourceId source : unknown) {
    if (ids.size() > 1) ids.push_back(',');
    ids += std::to_string(source.value);
  }
  for (const pqxx::row& row : pg::Exec(tx, sql::kFindTrusts, scope.tenant, ids + "}")) {
    trusts[row[0].as<SourceId>()] =
        TrustOf(scope.rules, row[1].as<std::string>(), row[2].as<int>());
  }
  return trusts;
}

void SetTrust(pqxx::work& tx, const TrustScope& scope, std::vector<NamedClaim>& claims) {
  std::set<SourceId> sources;
  for (const NamedClaim& one : claims) sources.insert(one.claim.source);
  const Trusts trusts = ReadTrusts(tx, scope, sources);
  for (NamedClaim& one : claims) one.claim.trust_priority = trusts.at(one.claim.source);
}

}  // namespace selfsame::storage
