// Vocabularies: terms that fields may hold, and their synonyms, in versions that never change.
#ifndef SELFSAME_STORAGE_VOCABULARIES_H_
#define SELFSAME_STORAGE_VOCABULARIES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "storage/pg/session.h"

namespace selfsame::storage {

struct Term {
  std::string value;
  std::vector<std::string> synonyms;
};

struct VocabularyHead {
  TenantId tenant;
  std::string name;
  std::uint32_t version = 1;

  auto operator<=>(const VocabularyHead&) const = default;
};

struct VocabularyRow {
  VocabularyHead head;
  TimeUs registered_at;
  std::string registered_by;
  std::uint32_t term_count = 0;
};

// All of these may be retried. Errors: as Session::InTransaction; kNotFound VOCABULARY_UNKNOWN.

// The newest version of each name, of all tenants.
Result<std::vector<VocabularyHead>> ListVocabularyHeads(pg::Session& session);

Result<std::vector<Term>> ReadVocabulary(pg::Session& session, const VocabularyHead& head);

struct RegisteredVocabulary {
  VocabularyRow row;
  bool is_new = false;
};
// A new version, or the newest when that has these very terms.
Result<RegisteredVocabulary> RegisterVocabulary(pg::Session& session, TenantId tenant,
                                                const std::string& name,
                                                const std::vector<Term>& terms,
                                                const std::string& registered_by, TimeUs now);

// The newest version of each name, or of one; with a version that one. By name.
Result<std::vector<VocabularyRow>> ListVocabularies(pg::Session& session, TenantId tenant,
                                                    std::string_view name = {},
                                                    std::uint32_t version = 0);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_VOCABULARIES_H_
