#include "server/normalize/language.h"

#include <unicode/uldnames.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/lazy.h"
#include "server/normalize/iso_codes.h"
#include "server/normalize/name_index.h"

namespace selfsame::normalize {
namespace {

struct Tables {
  std::unordered_map<std::string, std::string> codes;  // Any ISO 639 code to the shortest one.
  std::unordered_set<std::string> scripts;             // "Latn".
  std::unordered_set<std::string> regions;             // "DE".
  NameIndex names;
};

std::string NameOf(const ULocaleDisplayNames& names, const std::string& code) {
  UChar buffer[200];
  UErrorCode failed = U_ZERO_ERROR;
  const int32_t length = uldn_languageDisplayName(&names, code.c_str(), buffer, 200, &failed);
  std::string name;
  if (U_SUCCESS(failed)) icu::UnicodeString(buffer, length).toUTF8String(name);
  return name;
}

void AddNames(const std::string& locale, const std::vector<std::string>& codes, NameIndex& index) {
  UDisplayContext contexts[] = {UDISPCTX_NO_SUBSTITUTE};
  UErrorCode failed = U_ZERO_ERROR;
  const std::unique_ptr<ULocaleDisplayNames, decltype(&uldn_close)> names(
      uldn_openForContext(locale.c_str(), contexts, 1, &failed), &uldn_close);
  if (U_FAILURE(failed)) return;
  const bool english = locale.starts_with("en");
  for (const std::string& code : codes) {
    index.Add(NameOf(*names, code), code, english ? NameSource::kEnglish : NameSource::kLanguage);
  }
}

// ISO 639-2 with what it once was: bibliographic codes, and those withdrawn.
void AddIso(const nlohmann::json& entries, std::vector<std::string>& common, Tables& tables) {
  for (const nlohmann::json& entry : entries) {
    const std::string alpha3 = TextOf(entry, "alpha_3");
    const std::string alpha2 = TextOf(entry, "alpha_2");
    if (alpha3.size() != 3) continue;  // The range qaa-qtz, for private use.
    const std::string& shortest = alpha2.empty() ? alpha3 : alpha2;
    common.push_back(shortest);
    for (const char* field : {"alpha_2", "alpha_3", "bibliographic"}) {
      const std::string code = TextOf(entry, field);
      if (!code.empty()) tables.codes.emplace(code, shortest);
    }
    std::string names = TextOf(entry, "name") + ';';  // "Spanish; Castilian".
    for (std::size_t at = 0; at < names.size();) {
      const std::size_t end = names.find(';', at);
      tables.names.AddWithVariants(TrimAscii(std::string_view(names).substr(at, end - at)),
                                   shortest, NameSource::kEnglish, NameSource::kEnglishVariant);
      at = end + 1;
    }
  }
  const std::pair<const char*, const char*> withdrawn[] = {
      {"iw", "he"}, {"in", "id"}, {"ji", "yi"}, {"jw", "jv"}, {"mo", "ro"}};
  for (const auto& [code, current] : withdrawn) tables.codes.emplace(code, current);
}

// The thousands of ISO 639-3, which is names in English and codes only.
void AddRare(const nlohmann::json& entries, Tables& tables) {
  for (const nlohmann::json& entry : entries) {
    const std::string alpha3 = TextOf(entry, "alpha_3");
    if (alpha3.size() != 3 || !tables.codes.emplace(alpha3, alpha3).second) continue;
    tables.names.Add(TextOf(entry, "name"), alpha3, NameSource::kEnglishVariant);
  }
}

void AddDecisions(NameIndex& names) {
  const std::pair<const char*, const char*> decisions[] = {{"Mandarin", "zh"},
                                                           {"Simplified Chinese", "zh-Hans"},
                                                           {"Traditional Chinese", "zh-Hant"},
                                                           {"Chinese (Simplified)", "zh-Hans"},
                                                           {"Chinese (Traditional)", "zh-Hant"},
                                                           {"Brazilian Portuguese", "pt-BR"},
                                                           {"Portuguese (Brazil)", "pt-BR"},
                                                           {"American English", "en-US"},
                                                           {"English (US)", "en-US"},
                                                           {"British English", "en-GB"},
                                                           {"English (UK)", "en-GB"},
                                                           {"Canadian French", "fr-CA"},
                                                           {"Flemish", "nl"},
                                                           {"Farsi", "fa"},
                                                           {"Castilian", "es"},
                                                           {"Castellano", "es"},
                                                           {"Bokmal", "nb"},
                                                           {"Norwegian", "no"}};
  for (const auto& [name, tag] : decisions) names.Add(name, tag, NameSource::kDecision);
}

Result<Tables> BuildTables() {
  SELFSAME_ASSIGN_OR_RETURN(const nlohmann::json languages, ReadIsoCodes("639-2"));
  SELFSAME_ASSIGN_OR_RETURN(const nlohmann::json rare, ReadIsoCodes("639-3"));
  SELFSAME_ASSIGN_OR_RETURN(const nlohmann::json scripts, ReadIsoCodes("15924"));
  SELFSAME_ASSIGN_OR_RETURN(const nlohmann::json countries, ReadIsoCodes("3166-1"));
  Tables tables;
  std::vector<std::string> common;
  AddDecisions(tables.names);
  AddIso(languages, common, tables);
  AddRare(rare, tables);
  for (const nlohmann::json& script : scripts) tables.scripts.insert(TextOf(script, "alpha_4"));
  for (const nlohmann::json& country : countries) tables.regions.insert(TextOf(country, "alpha_2"));
  for (const std::string& locale : NamingLocales()) AddNames(locale, common, tables.names);
  return tables;
}

bool IsNumber(std::string_view part) { return std::all_of(part.begin(), part.end(), IsDigit); }

// Script and region where a tag has them; false where a part in their place is neither.
bool AppendPart(std::string_view part, const Tables& tables, std::string& tag) {
  std::string cased = ToLowerAscii(part);
  if (part.size() == 4 && !IsDigit(part.front())) {
    cased[0] = ToUpper(cased[0]);
    if (!tables.scripts.contains(cased)) return false;
  } else if (part.size() == 2 || (part.size() == 3 && IsNumber(part))) {
    cased = ToUpperAscii(part);
    if (part.size() == 2 && !tables.regions.contains(cased)) return false;
  } else {
    return false;
  }
  tag += '-' + cased;
  return true;
}

// A tag's language, script and region; empty for what is no tag.
std::string TagOf(std::string_view value, const Tables& tables) {
  std::string_view rest = value.substr(0, value.find_first_of(".@"));
  std::string tag;
  for (bool first = true; !rest.empty(); first = false) {
    const std::size_t end = std::min(rest.find_first_of("-_"), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (first) {
      const auto code = tables.codes.find(ToLowerAscii(part));
      if (code == tables.codes.end()) return {};
      tag = code->second;
      continue;
    }
    const bool extension =
        part.size() == 1 || part.size() >= 5 || (part.size() == 4 && IsDigit(part.front()));
    if (extension && std::all_of(part.begin(), part.end(), IsAlnum)) return tag;
    if (!AppendPart(part, tables, tag)) return {};
  }
  return tag;
}

}  // namespace

Result<NormalizedLanguage> NormalizeLanguage(std::string_view value) {
  static Lazy<Tables> lazy;
  SELFSAME_ASSIGN_OR_RETURN(const Tables* tables, lazy.Get(BuildTables));
  const Error unknown = Invalid("LANGUAGE_UNKNOWN", "no language is known by that name");
  if (!IsUsableText(value)) return unknown;
  std::string tag = TagOf(TrimAscii(value), *tables);
  if (!tag.empty()) return NormalizedLanguage{.tag = std::move(tag)};
  const NameIndex::Entry* entry = tables->names.Find(value);
  if (entry == nullptr) return unknown;
  if (entry->ambiguous) {
    return Invalid("LANGUAGE_AMBIGUOUS", "more than one language is known by that name");
  }
  return NormalizedLanguage{.tag = entry->code};
}

}  // namespace selfsame::normalize
