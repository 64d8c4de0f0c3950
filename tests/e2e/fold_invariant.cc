#include "tests/e2e/fold_invariant.h"

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/uuid.h"
#include "identity/fold.h"
#include "storage/attributes_json.h"
#include "storage/tenants.h"
#include "tests/e2e/rows.h"

namespace selfsame::test {
namespace {

using identity::Attributes;
using identity::Claim;
using Profile = std::pair<TenantId, std::string>;  // With the profile id.

std::map<Profile, Attributes> FoldAll(TestDatabase& database, const storage::Directory& directory) {
  std::map<Profile, std::map<std::string, std::vector<Claim>>> said;
  for (const Row& row : Rows(database, R"(
           SELECT i.tenant_id, i.profile_id, c.attribute, c.source_id, c.key, c.record_id, c.value,
                  c.operation, c.schema_id, (extract(epoch FROM c.event_time) * 1000000)::bigint,
                  c.derived
           FROM claims AS c JOIN identifiers AS i
             ON i.shard = c.shard AND i.tenant_id = c.tenant_id AND i.node_id = c.anchor)")) {
    const SourceId source{std::stoi(row[3])};
    said[{TenantId{std::stoi(row[0])}, row[1]}][row[2]].push_back(
        {.trust_priority = directory.FindSource(source)->trust_priority,
         .event_time = TimeUs{std::stoll(row[9])},
         .source = source,
         .key = row[4],
         .record_id = RecordId{*ParseUuid(row[5])},
         .value = row[6],
         .operation = static_cast<identity::ClaimOperation>(std::stoi(row[7])),
         .schema = SchemaId{std::stoi(row[8])},
         .derived = row[10]});
  }
  std::map<Profile, Attributes> folded;
  for (const auto& [profile, by_name] : said) {
    const identity::Ruleset& rules = *directory.FindTenant(profile.first)->rules;
    for (const auto& [name, claims] : by_name) {
      auto field = identity::FoldField(rules.SurvivorshipOf(name), claims);
      if (field) folded[profile].emplace(name, std::move(*field));
    }
  }
  return folded;
}

// Provenance included. The database writes some numbers its own way.
bool IsSame(const Attributes& stored, const Attributes& folded) {
  return nlohmann::json::parse(storage::ProvenanceJson(stored)) ==
             nlohmann::json::parse(storage::ProvenanceJson(folded)) &&
         nlohmann::json::parse(storage::AttributesJson(stored)) ==
             nlohmann::json::parse(storage::AttributesJson(folded));
}

}  // namespace

std::int64_t ProfilesThatAreNoFold(TestDatabase& database) {
  const auto directory = Must(storage::LoadDirectory(database.owner(), database.master_key()));
  std::map<Profile, Attributes> folded = FoldAll(database, directory);
  std::int64_t wrong = 0;
  for (const Row& row :
       Rows(database, "SELECT tenant_id, profile_id, attributes, provenance FROM profiles")) {
    const auto stored = storage::ParseAttributes(row[2], row[3]);
    const bool is_same =
        stored.ok() && IsSame(*stored, folded[{TenantId{std::stoi(row[0])}, row[1]}]);
    if (!is_same) ++wrong;
  }
  return wrong;
}

}  // namespace selfsame::test
