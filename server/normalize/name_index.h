// A table from names in many languages to codes, built once and then only read.
#ifndef SELFSAME_SERVER_NORMALIZE_NAME_INDEX_H_
#define SELFSAME_SERVER_NORMALIZE_NAME_INDEX_H_

#include <string>
#include <string_view>
#include <unordered_map>

#include "server/normalize/text.h"

namespace selfsame::normalize {

// Who says that a name means a code. The first in this list that knows a name decides; where it
// says two things, the name is ambiguous, whatever later ones say.
enum class NameSource {
  kDecision,        // A decision of this project, listed in docs/NORMALIZATION.md.
  kCode,            // The standard's own codes.
  kEnglish,         // ISO's and CLDR's English names.
  kEnglishVariant,  // Parts of those: without the parenthesis, withdrawn names.
  kLanguage,        // CLDR's names in every other language.
  kTranslation,     // Debian's, of which some are mistaken: they add, and never contradict.
  kVariant,         // Parts of those.
};

// Not thread-safe while it is filled; const calls are.
class NameIndex {
 public:
  struct Entry {
    std::string code;
    NameSource source = NameSource::kDecision;
    bool ambiguous = false;
  };

  // Names without a letter or digit are left out.
  void Add(std::string_view name, std::string_view code, NameSource source);

  // Add, and what stands before a parenthesis, and both ways round a comma ("Korea, Republic of").
  void AddWithVariants(std::string_view name, std::string_view code, NameSource source,
                       NameSource variant_source);

  // Null where nobody knows the name. Requires: IsUsableText(name).
  const Entry* Find(std::string_view name) const;

  std::size_t size() const { return entries_.size(); }

 private:
  std::unordered_map<std::string, Entry, TextHash, std::equal_to<>> entries_;
};

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_NAME_INDEX_H_
