#include "server/normalize/vocabulary.h"

#include <fmt/format.h>

#include <utility>

namespace selfsame::normalize {
namespace {

// Where a text stands in the list; synonym -1 is the term's value.
struct Place {
  std::size_t term = 0;
  int synonym = -1;

  std::string Path() const {
    return synonym < 0 ? fmt::format("terms[{}].value", term)
                       : fmt::format("terms[{}].synonyms[{}]", term, synonym);
  }
};

Error Refused(std::vector<Violation> violations) {
  Error error = Invalid("VOCABULARY_INVALID", "not a vocabulary: see the violations");
  error.violations = std::move(violations);
  return error;
}

std::vector<Violation> SizeViolations(std::span<const VocabularyTerm> terms) {
  if (terms.empty()) return {{"terms", "TERMS_REQUIRED", "a vocabulary has a term at least"}};
  std::vector<Violation> violations;
  if (terms.size() > kVocabularyTermsMax) {
    violations.push_back({"terms", "TOO_MANY_TERMS",
                          fmt::format("a vocabulary has at most {} terms", kVocabularyTermsMax)});
  }
  std::size_t synonyms = 0;
  for (const VocabularyTerm& term : terms) synonyms += term.synonyms.size();
  if (synonyms > kVocabularySynonymsMax) {
    violations.push_back(
        {"terms", "TOO_MANY_SYNONYMS",
         fmt::format("a vocabulary has at most {} synonyms in all", kVocabularySynonymsMax)});
  }
  return violations;
}

}  // namespace

// Fills a vocabulary and gathers what is wrong with it.
class VocabularyBuilder {
 public:
  // Values go before all synonyms: it is the synonym that is in the way of a value.
  void Add(std::span<const VocabularyTerm> terms) {
    for (std::size_t i = 0; i < terms.size(); ++i) AddText({i, -1}, terms[i].value);
    for (std::size_t i = 0; i < terms.size(); ++i) {
      for (std::size_t j = 0; j < terms[i].synonyms.size(); ++j) {
        AddText({i, static_cast<int>(j)}, terms[i].synonyms[j]);
      }
    }
    for (const VocabularyTerm& term : terms) {
      if (violations_.empty()) vocabulary_.values_.push_back(TidyNfc(term.value));
    }
  }

  Result<Vocabulary> Finish() && {
    if (!violations_.empty()) return Refused(std::move(violations_));
    return std::move(vocabulary_);
  }

 private:
  void AddText(const Place& place, const std::string& text) {
    if (text.size() > kVocabularyTextBytesMax) {
      return Report(place, "TERM_TOO_LONG",
                    fmt::format("a term or synonym has at most {} bytes", kVocabularyTextBytesMax));
    }
    if (!IsUtf8(text)) return Report(place, "TERM_NOT_UTF8", "a term or synonym is UTF-8");
    std::string key = TermKey(text);
    if (key.empty()) return Report(place, "TERM_EMPTY", "nothing to see in it");
    const auto [entry, is_new] =
        vocabulary_.term_of_.try_emplace(std::move(key), static_cast<std::uint32_t>(place.term));
    if (is_new) {
      places_.emplace(entry->first, place);
    } else if (entry->second != place.term) {
      ReportMeeting(place, places_.at(entry->first));
    }
  }

  void ReportMeeting(const Place& place, const Place& earlier) {
    const bool is_value = place.synonym < 0;
    Report(
        place, is_value ? "TERM_REPEATED" : "TERM_AMBIGUOUS",
        fmt::format("the same text as {}, but for case, accents and white space", earlier.Path()));
  }

  void Report(const Place& place, std::string reason, std::string message) {
    if (violations_.size() >= kVocabularyViolationsMax) return;
    violations_.push_back({place.Path(), std::move(reason), std::move(message)});
  }

  Vocabulary vocabulary_;
  std::unordered_map<std::string_view, Place> places_;  // Of the keys, by their first occurrence.
  std::vector<Violation> violations_;
};

Result<Vocabulary> Vocabulary::Make(std::span<const VocabularyTerm> terms) {
  std::vector<Violation> too_large = SizeViolations(terms);
  if (!too_large.empty()) return Refused(std::move(too_large));
  VocabularyBuilder builder;
  builder.Add(terms);
  return std::move(builder).Finish();
}

const std::string* Vocabulary::Find(std::string_view text) const {
  if (!IsUsableText(text)) return nullptr;
  const auto found = term_of_.find(TermKey(text));
  return found == term_of_.end() ? nullptr : &values_[found->second];
}

}  // namespace selfsame::normalize
