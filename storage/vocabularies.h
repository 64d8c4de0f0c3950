// Vocabularies: terms that fields may hold, and their synonyms, in versions that never change.
#ifndef SELFSAME_STORAGE_VOCABULARIES_H_
#define SELFSAME_STORAGE_VOCABULARIES_H_

#include <cstddef>
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

// What a tenant may register, all versions counted. Every server holds the newest of each name in
// memory.
inline constexpr std::size_t kVocabularyBytesMax = 4 << 20;  // Of one version, as JSON.
inline constexpr std::int64_t kVocabularyVersionsMax = 500;  // Of one name.
inline constexpr std::int64_t kVocabulariesMax = 500;        // Names.
inline constexpr std::int64_t kVocabularyBytesTotalMax = 64 << 20;

struct RegisteredVocabulary {
  VocabularyRow row;
  bool is_new = false;
};
// A new version, or the newest when that has these very terms. Errors: also kFailedPrecondition
// VOCABULARY_LIMIT_EXCEEDED where a new version would go beyond the bounds above.
Result<RegisteredVocabulary> RegisterVocabulary(pg::Session& session, TenantId tenant,
                                                const std::string& name,
                                                const std::vector<Term>& terms,
                                                const std::string& registered_by, TimeUs now);

// The newest version of each name, or of one; with a version that one. By name.
Result<std::vector<VocabularyRow>> ListVocabularies(pg::Session& session, TenantId tenant,
                                                    std::string_view name = {},
                                                    std::uint32_t version = 0);

// The newest version of each name after `after`, at most `rows_max`. By name.
Result<std::vector<VocabularyRow>> ListVocabularyPage(pg::Session& session, TenantId tenant,
                                                      std::string_view after, int rows_max);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_VOCABULARIES_H_
