#include "server/edge/vocabulary_encode.h"

#include <re2/re2.h>

#include <iterator>
#include <utility>

#include "server/edge/timestamp.h"
#include "server/normalize/vocabulary.h"

namespace selfsame::edge {

void EncodeVocabulary(const storage::VocabularyRow& row, schema::v1::Vocabulary* reply) {
  reply->set_name(row.head.name);
  reply->set_version(row.head.version);
  reply->set_registered_by(row.registered_by);
  reply->set_term_count(row.term_count);
  SetTime(row.registered_at, reply->mutable_registered_at());
}

void EncodeTerms(std::span<const storage::Term> terms, schema::v1::Vocabulary* reply) {
  for (const storage::Term& term : terms) {
    schema::v1::Term* added = reply->add_terms();
    added->set_value(term.value);
    for (const std::string& synonym : term.synonyms) added->add_synonyms(synonym);
  }
}

Result<std::vector<storage::Term>> DecodeTerms(
    const schema::v1::RegisterVocabularyRequest& request) {
  std::vector<Violation> violations;
  if (!re2::RE2::FullMatch(request.name(), "[a-z][a-z0-9_-]{0,62}")) {
    violations.push_back(
        {"name", "NAME_MALFORMED", "a lower-case letter, then at most 62 of a-z, 0-9, _ and -"});
  }
  std::vector<storage::Term> terms;
  std::vector<normalize::VocabularyTerm> checked;
  for (const schema::v1::Term& term : request.terms()) {
    std::vector<std::string> synonyms(term.synonyms().begin(), term.synonyms().end());
    checked.push_back({term.value(), synonyms});
    terms.push_back({term.value(), std::move(synonyms)});
  }
  auto made = normalize::Vocabulary::Make(checked);
  if (!made.ok()) {
    std::vector<Violation> found = std::move(made).error().violations;
    std::move(found.begin(), found.end(), std::back_inserter(violations));
  }
  if (violations.empty()) return terms;
  return Error{.code = ErrorCode::kInvalidArgument,
               .reason = "FIELDS_INVALID",
               .message = std::to_string(violations.size()) + " of the fields are not valid",
               .violations = std::move(violations)};
}

}  // namespace selfsame::edge
