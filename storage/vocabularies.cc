#include "storage/vocabularies.h"

#include <nlohmann/json.hpp>
#include <pqxx/result>

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

std::vector<Listed> List(pqxx::work& tx, TenantId tenant, std::string_view name,
                         std::uint32_t version) {
  std::vector<Listed> listed;
  for (const auto& row :
       pg::Exec(tx, sql::kListVocabularies, tenant, name, static_cast<int>(version))) {
    listed.push_back({.row = {.head = {.tenant = tenant,
                                       .name = row[0].as<std::string>(),
                                       .version = static_cast<std::uint32_t>(row[1].as<int>())},
                              .registered_at = row[4].as<TimeUs>(),
                              .registered_by = row[3].as<std::string>(),
                              .term_count = static_cast<std::uint32_t>(row[5].as<int>())},
                      .hash = row[2].as<std::string>()});
  }
  return listed;
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

}  // namespace selfsame::storage
