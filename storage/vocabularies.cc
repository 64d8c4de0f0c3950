#include "storage/vocabularies.h"

#include <nlohmann/json.hpp>
#include <pqxx/result>
#include <utility>

#include "base/hash.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {
namespace {

using nlohmann::json;

Error Unknown() {
  return {.code = ErrorCode::kNotFound,
          .reason = "VOCABULARY_UNKNOWN",
          .message = "no such vocabulary or version"};
}

std::string TermsJson(const std::vector<Term>& terms) {
  json list = json::array();
  for (const Term& term : terms) {
    list.push_back({{"value", term.value}, {"synonyms", term.synonyms}});
  }
  return list.dump();
}

Result<std::vector<Term>> ParseTerms(const std::string& text) {
  const json list = json::parse(text, nullptr, /*allow_exceptions=*/false);
  std::vector<Term> terms;
  for (const json& item : list) {
    const auto value = item.find("value");
    const auto synonyms = item.find("synonyms");
    if (value == item.end() || !value->is_string() || synonyms == item.end()) continue;
    Term term{.value = value->get<std::string>(), .synonyms = {}};
    for (const json& synonym : *synonyms) {
      if (synonym.is_string()) term.synonyms.push_back(synonym.get<std::string>());
    }
    terms.push_back(std::move(term));
  }
  return terms;
}

struct Listed {
  VocabularyRow row;
  std::string hash;
};

Listed ListedOf(const pqxx::row& row, TenantId tenant) {
  return {.row = {.head = {.tenant = tenant,
                           .name = row[0].as<std::string>(),
                           .version = static_cast<std::uint32_t>(row[1].as<int>())},
                  .registered_at = row[4].as<TimeUs>(),
                  .registered_by = row[3].as<std::string>(),
                  .term_count = static_cast<std::uint32_t>(row[5].as<int>())},
          .hash = row[2].as<std::string>()};
}

std::vector<Listed> List(pqxx::work& tx, TenantId tenant, std::string_view name,
                         std::uint32_t version) {
  std::vector<Listed> listed;
  for (const auto& row :
       pg::Exec(tx, sql::kListVocabularies, tenant, name, static_cast<int>(version))) {
    listed.push_back(ListedOf(row, tenant));
  }
  return listed;
}

Error LimitExceeded(std::string field, std::string message) {
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = "VOCABULARY_LIMIT_EXCEEDED",
          .message = message,
          .violations = {{std::move(field), "VOCABULARY_LIMIT_EXCEEDED", std::move(message)}}};
}

// Whether one more version fits. Locks out other registrations of the tenant, so that two that fit
// one by one do not exceed the bounds together.
Status CheckRoom(pqxx::work& tx, TenantId tenant, const std::string& name, std::size_t bytes) {
  if (bytes > kVocabularyBytesMax) {
    return LimitExceeded("terms", "a vocabulary has at most 4 MiB; split it or shorten its terms");
  }
  pg::Exec(tx, sql::kLockTenantVocabularies, std::to_string(tenant.value));
  const auto counts = pg::Exec(tx, sql::kCountVocabularies, tenant, name)[0];
  if (counts[0].as<std::int64_t>() >= kVocabularyVersionsMax) {
    return LimitExceeded(
        "name", "a vocabulary has at most 500 versions; register the next one under a new name");
  }
  if (counts[1].as<std::int64_t>() >= kVocabulariesMax) {
    return LimitExceeded("name", "a tenant has at most 500 vocabularies; extend one of them");
  }
  if (counts[2].as<std::int64_t>() + static_cast<std::int64_t>(bytes) > kVocabularyBytesTotalMax) {
    return LimitExceeded("terms", "the vocabularies of a tenant have at most 64 MiB in all");
  }
  return {};
}

}  // namespace

Result<std::vector<VocabularyHead>> ListVocabularyHeads(pg::Session& session) {
  using Heads = std::vector<VocabularyHead>;
  return session.InTransaction(TenantId{}, [&](pqxx::work& tx) -> Result<Heads> {
    Heads heads;
    for (const auto& row : pg::Exec(tx, sql::kListVocabularyHeads)) {
      heads.push_back({.tenant = row[0].as<TenantId>(),
                       .name = row[1].as<std::string>(),
                       .version = static_cast<std::uint32_t>(row[2].as<int>())});
    }
    return heads;
  });
}

Result<std::vector<Term>> ReadVocabulary(pg::Session& session, const VocabularyHead& head) {
  using Terms = std::vector<Term>;
  return session.InTransaction(head.tenant, [&](pqxx::work& tx) -> Result<Terms> {
    const auto rows =
        pg::Exec(tx, sql::kReadVocabulary, head.tenant, head.name, static_cast<int>(head.version));
    if (rows.empty()) return Unknown();
    return ParseTerms(rows[0][0].as<std::string>());
  });
}

Result<RegisteredVocabulary> RegisterVocabulary(pg::Session& session, TenantId tenant,
                                                const std::string& name,
                                                const std::vector<Term>& terms,
                                                const std::string& registered_by, TimeUs now) {
  const std::string text = TermsJson(terms);
  const std::string hash = HexDigest256(text);
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Result<RegisteredVocabulary> {
    pg::Exec(tx, sql::kLockVocabularyName, name, std::to_string(tenant.value));
    const std::vector<Listed> newest = List(tx, tenant, name, 0);
    if (!newest.empty() && newest.front().hash == hash) {
      return RegisteredVocabulary{.row = newest.front().row, .is_new = false};
    }
    SELFSAME_RETURN_IF_ERROR(CheckRoom(tx, tenant, name, text.size()));
    pg::Exec(tx, sql::kInsertVocabularyVersion, tenant, name, hash, registered_by, now, text);
    return RegisteredVocabulary{.row = List(tx, tenant, name, 0).front().row, .is_new = true};
  });
}

Result<std::vector<VocabularyRow>> ListVocabularies(pg::Session& session, TenantId tenant,
                                                    std::string_view name, std::uint32_t version) {
  using Rows = std::vector<VocabularyRow>;
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Result<Rows> {
    Rows rows;
    for (Listed& listed : List(tx, tenant, name, version)) rows.push_back(std::move(listed.row));
    if (rows.empty() && !name.empty()) return Unknown();
    return rows;
  });
}

Result<std::vector<VocabularyRow>> ListVocabularyPage(pg::Session& session, TenantId tenant,
                                                      std::string_view after, int rows_max) {
  using Rows = std::vector<VocabularyRow>;
  return session.InTransaction(tenant, [&](pqxx::work& tx) -> Result<Rows> {
    Rows rows;
    for (const auto& row : pg::Exec(tx, sql::kListVocabularyPage, tenant, after, rows_max)) {
      rows.push_back(ListedOf(row, tenant).row);
    }
    return rows;
  });
}

}  // namespace selfsame::storage
