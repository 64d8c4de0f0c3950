#include "server/normalize/country.h"

#include <unicode/uldnames.h>
#include <unicode/unistr.h>

#include <memory>
#include <unordered_map>
#include <vector>

#include "base/lazy.h"
#include "server/normalize/country_decisions.h"
#include "server/normalize/iso_codes.h"
#include "server/normalize/name_index.h"
#include "server/normalize/translations.h"

namespace selfsame::normalize {
namespace {

std::string RegionName(const ULocaleDisplayNames& names, const std::string& code) {
  UChar buffer[200];
  UErrorCode failed = U_ZERO_ERROR;
  const int32_t length = uldn_regionDisplayName(&names, code.c_str(), buffer, 200, &failed);
  std::string name;
  if (U_SUCCESS(failed)) icu::UnicodeString(buffer, length).toUTF8String(name);
  return name;
}

// CLDR's names in one language: the long ones, or the short ("UK"). Without a name of its own a
// language adds nothing, rather than another's.
void AddNames(const std::string& locale, UDisplayContext length,
              const std::vector<std::string>& codes, NameIndex& index) {
  UDisplayContext contexts[] = {length, UDISPCTX_NO_SUBSTITUTE};
  UErrorCode failed = U_ZERO_ERROR;
  const std::unique_ptr<ULocaleDisplayNames, decltype(&uldn_close)> names(
      uldn_openForContext(locale.c_str(), contexts, 2, &failed), &uldn_close);
  if (U_FAILURE(failed)) return;
  const bool english = locale.starts_with("en");
  for (const std::string& code : codes) {
    index.AddWithVariants(RegionName(*names, code), code,
                          english ? NameSource::kEnglish : NameSource::kLanguage,
                          english ? NameSource::kEnglishVariant : NameSource::kVariant);
  }
}

void AddCurrent(const nlohmann::json& entries, std::vector<std::string>& codes, NameIndex& index) {
  for (const nlohmann::json& entry : entries) {
    const std::string alpha2 = TextOf(entry, "alpha_2");
    codes.push_back(alpha2);
    for (const char* field : {"alpha_2", "alpha_3", "numeric"}) {
      index.Add(TextOf(entry, field), alpha2, NameSource::kCode);
    }
    for (const char* field : {"name", "common_name", "official_name"}) {
      index.AddWithVariants(TextOf(entry, field), alpha2, NameSource::kEnglish,
                            NameSource::kEnglishVariant);
    }
  }
}

Status AddTranslations(const nlohmann::json& entries, NameIndex& index) {
  std::unordered_map<std::string, std::string> codes;
  for (const nlohmann::json& entry : entries) {
    for (const char* field : {"name", "common_name", "official_name"}) {
      codes.emplace(TextOf(entry, field), TextOf(entry, "alpha_2"));
    }
  }
  return ForEachTranslation("3166-1", [&](std::string_view english, std::string_view translated) {
    const auto code = codes.find(std::string(english));
    if (code == codes.end() || !IsUsableText(translated)) return;
    index.AddWithVariants(translated, code->second, NameSource::kTranslation, NameSource::kVariant);
  });
}

// ISO 3166-3 ends a withdrawn country's four letters in its successor's two, and in HH or XX where
// there is no single one.
void AddWithdrawn(const nlohmann::json& entries, NameIndex& index) {
  for (const nlohmann::json& entry : entries) {
    const std::string alpha4 = TextOf(entry, "alpha_4");
    const std::string successor = alpha4.size() == 4 ? alpha4.substr(2) : std::string();
    const NameIndex::Entry* known = index.Find(successor);
    const bool assigned = known != nullptr && known->source == NameSource::kCode;
    const std::string_view meaning = assigned ? std::string_view(known->code) : kAmbiguousCountry;
    for (const char* field : {"alpha_2", "alpha_3", "name"}) {
      const std::string name = TextOf(entry, field);
      const std::string copy(meaning);  // Add may move what `known` points to.
      if (index.Find(name) == nullptr) {
        index.AddWithVariants(name, copy, NameSource::kEnglishVariant, NameSource::kVariant);
      }
    }
  }
}

Result<NameIndex> BuildIndex() {
  SELFSAME_ASSIGN_OR_RETURN(const nlohmann::json current, ReadIsoCodes("3166-1"));
  SELFSAME_ASSIGN_OR_RETURN(const nlohmann::json withdrawn, ReadIsoCodes("3166-3"));
  NameIndex index;
  for (const CountryDecision& decision : CountryDecisions()) {
    index.Add(decision.name, decision.meaning, NameSource::kDecision);
  }
  std::vector<std::string> codes = {"XK"};
  index.Add("XK", "XK", NameSource::kCode);
  AddCurrent(current, codes, index);
  AddWithdrawn(withdrawn, index);
  for (const std::string& locale : NamingLocales()) {
    AddNames(locale, UDISPCTX_LENGTH_FULL, codes, index);
    AddNames(locale, UDISPCTX_LENGTH_SHORT, codes, index);
  }
  SELFSAME_RETURN_IF_ERROR(AddTranslations(current, index));
  return index;
}

Error Unspecified() {
  return Invalid("COUNTRY_UNSPECIFIED", "the value says that the country is not known");
}

// "Great Britain (UK)" says one thing twice, "Gambia, The" is the wrong way round. What a
// parenthesis adds otherwise is never dropped: "Samoa (American)" is not Samoa.
const NameIndex::Entry* FindRewritten(std::string_view value, const NameIndex& index) {
  const std::size_t open = value.find('(');
  if (open != std::string_view::npos) {
    const NameIndex::Entry* before = index.Find(value.substr(0, open));
    const NameIndex::Entry* within = index.Find(value.substr(open));
    const bool same = before != nullptr && within != nullptr && before->code == within->code;
    return same ? before : nullptr;
  }
  const std::size_t comma = value.find(',');
  if (comma == std::string_view::npos) return nullptr;
  return index.Find(std::string(value.substr(comma + 1)) + ' ' +
                    std::string(value.substr(0, comma)));
}

}  // namespace

Result<NormalizedCountry> NormalizeCountry(std::string_view value) {
  static Lazy<NameIndex> lazy;
  SELFSAME_ASSIGN_OR_RETURN(const NameIndex* index, lazy.Get(BuildIndex));
  // With its stroke only: the letters alone are Namibia's.
  if (ToUpperAscii(TrimAscii(value)) == "N/A") return Unspecified();
  const Error unknown = Invalid("COUNTRY_UNKNOWN", "no country is known by that name");
  if (!IsUsableText(value)) return unknown;
  const NameIndex::Entry* entry = index->Find(value);
  if (entry == nullptr) entry = FindRewritten(value, *index);
  if (entry == nullptr) return unknown;
  if (entry->ambiguous || entry->code == kAmbiguousCountry) {
    return Invalid("COUNTRY_AMBIGUOUS", "more than one country is known by that name");
  }
  if (entry->code == kUnspecifiedCountry) return Unspecified();
  if (entry->code == kNotACountry) {
    return Invalid("COUNTRY_NOT_A_COUNTRY", "the value names more than one country");
  }
  return NormalizedCountry{.alpha2 = entry->code};
}

}  // namespace selfsame::normalize
