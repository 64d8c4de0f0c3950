// The terms a field may hold (plans, SKUs, departments) and what else people write for them. Where
// vocabularies are stored and which field has which is the registry's business.
#ifndef SELFSAME_SERVER_NORMALIZE_VOCABULARY_H_
#define SELFSAME_SERVER_NORMALIZE_VOCABULARY_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "server/normalize/text.h"

namespace selfsame::normalize {

inline constexpr std::size_t kVocabularyTermsMax = 10'000;
inline constexpr std::size_t kVocabularySynonymsMax = 100'000;  // Of all terms together.
inline constexpr std::size_t kVocabularyTextBytesMax = 256;
inline constexpr std::size_t kVocabularyViolationsMax = 100;  // Those beyond are not listed.

struct VocabularyTerm {
  std::string value;
  std::vector<std::string> synonyms;
};

// Texts are compared by TermKey: without case, accents, compatibility forms and extra white space;
// punctuation counts. Immutable after Make, so thread-safe; costs about a hundred bytes a text.
class Vocabulary {
 public:
  // Reports every violation at once, so that a list is corrected in one go: `field` is
  // "terms[2].value" or "terms[2].synonyms[0]", and where two texts meet, it is the later one and
  // the message names the earlier. A synonym that says its own term again is taken: it harms
  // nobody.
  // Errors: kInvalidArgument VOCABULARY_INVALID with violations TERMS_REQUIRED, TOO_MANY_TERMS,
  // TOO_MANY_SYNONYMS, TERM_EMPTY, TERM_TOO_LONG, TERM_NOT_UTF8, TERM_REPEATED (a second term with
  // the same value), TERM_AMBIGUOUS (one text would mean two terms).
  static Result<Vocabulary> Make(std::span<const VocabularyTerm> terms);

  // The value of the term that `text` is or means, as Make was given it but in NFC and tidied;
  // null where it means none. Stays valid as long as the vocabulary. Any bytes may be asked for.
  const std::string* Find(std::string_view text) const;

  std::size_t size() const { return values_.size(); }

 private:
  friend class VocabularyBuilder;

  std::vector<std::string> values_;
  std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> term_of_;
};

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_VOCABULARY_H_
