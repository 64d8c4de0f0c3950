#include "server/normalize/currency.h"

#include <unicode/ucurr.h>
#include <unicode/unistr.h>

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/lazy.h"
#include "server/normalize/iso_codes.h"
#include "server/normalize/name_index.h"

namespace selfsame::normalize {
namespace {

constexpr std::string_view kAmbiguous = "ambiguous";

struct Tables {
  NameIndex names;
  // Apart from names, whose keys hold letters and digits only.
  std::unordered_map<std::string, std::string> symbols;
};

std::string ToUtf8(const UChar* text, int32_t length) {
  std::string utf8;
  icu::UnicodeString(text, length).toUTF8String(utf8);
  return utf8;
}

// What is called so without the country is nobody's in particular.
void AddDecisions(Tables& tables) {
  for (const char* name :
       {"dollar",   "dollars",   "pound",  "pounds",  "peso",  "pesos",  "franc", "francs",
        "krone",    "krona",     "kroner", "kronor",  "crown", "crowns", "rupee", "rupees",
        "dinar",    "dinars",    "dirham", "dirhams", "real",  "riyal",  "rial",  "won",
        "shilling", "shillings", "leu",    "lira",    "kr",    "rs",     "fr"}) {
    tables.names.Add(name, kAmbiguous, NameSource::kDecision);
  }
  for (const char* symbol : {"$", "\u00a5", "\uffe5", "\u0e3f$"})
    tables.symbols[symbol] = kAmbiguous;
  const std::pair<const char*, const char*> known[] = {{"quid", "GBP"},
                                                       {"sterling", "GBP"},
                                                       {"pound sterling", "GBP"},
                                                       {"pounds sterling", "GBP"},
                                                       {"buck", "USD"},
                                                       {"euros", "EUR"},
                                                       {"renminbi", "CNY"},
                                                       {"RMB", "CNY"},
                                                       {"yuan", "CNY"},
                                                       {"yen", "JPY"},
                                                       {"STG", "GBP"},
                                                       {"zloty", "PLN"}};
  for (const auto& [name, code] : known) tables.names.Add(name, code, NameSource::kDecision);
}

// ISO 4217's list of codes for historic denominations: iso-codes still has some of them as current.
bool IsWithdrawn(std::string_view code) {
  static const std::unordered_set<std::string_view> codes = {
      "ADP", "AFA", "ALK", "ANG", "AOK", "AON", "AOR", "ARA", "ARP", "ARY", "ATS", "AYM", "AZM",
      "BAD", "BEC", "BEF", "BEL", "BGJ", "BGK", "BGL", "BGN", "BOP", "BRB", "BRC", "BRE", "BRN",
      "BRR", "BUK", "BYB", "BYR", "CHC", "CSD", "CSJ", "CSK", "CUC", "CYP", "DDM", "DEM", "ECS",
      "ECV", "EEK", "ESA", "ESB", "ESP", "FIM", "FRF", "GEK", "GHC", "GHP", "GNE", "GNS", "GQE",
      "GRD", "GWE", "GWP", "HRD", "HRK", "IEP", "ILP", "ILR", "ISJ", "ITL", "LAJ", "LSM", "LTL",
      "LTT", "LUC", "LUF", "LUL", "LVL", "LVR", "MGF", "MLF", "MRO", "MTL", "MTP", "MVQ", "MXP",
      "MZE", "MZM", "NIC", "NLG", "PEH", "PEI", "PES", "PLZ", "PTE", "RHD", "ROK", "ROL", "RUR",
      "SDD", "SDP", "SIT", "SKK", "SLL", "SRG", "STD", "SUR", "TJR", "TMM", "TPE", "TRL", "UAK",
      "UGS", "UGW", "USS", "UYN", "UYP", "VEB", "VEF", "VNC", "XEU", "XFO", "XFU", "XRE", "YDD",
      "YUD", "YUM", "YUN", "ZAL", "ZMK", "ZRN", "ZRZ", "ZWC", "ZWD", "ZWL", "ZWN", "ZWR"};
  return codes.contains(code);
}

// Currencies that are newer than iso-codes.
void AddNewer(std::vector<std::string>& codes, Tables& tables) {
  struct Newer {
    const char* code;
    const char* numeric;
    const char* name;
  };
  for (const Newer& newer :
       {Newer{"XCG", "532", "Caribbean guilder"}, Newer{"ZWG", "924", "Zimbabwe Gold"}}) {
    codes.emplace_back(newer.code);
    tables.names.Add(newer.code, newer.code, NameSource::kCode);
    tables.names.Add(newer.numeric, newer.code, NameSource::kCode);
    tables.names.Add(newer.name, newer.code, NameSource::kEnglish);
  }
}

void AddIso(const nlohmann::json& entries, std::vector<std::string>& codes, Tables& tables) {
  for (const nlohmann::json& entry : entries) {
    const std::string code = TextOf(entry, "alpha_3");
    if (IsWithdrawn(code) || code == "XCG" || code == "ZWG") continue;
    codes.push_back(code);
    tables.names.Add(code, code, NameSource::kCode);
    tables.names.Add(TextOf(entry, "numeric"), code, NameSource::kCode);
    tables.names.AddWithVariants(TextOf(entry, "name"), code, NameSource::kEnglish,
                                 NameSource::kEnglishVariant);
  }
}

void AddName(const char* locale, const std::string& code, NameSource source, NameIndex& names) {
  const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(code);
  UErrorCode failed = U_ZERO_ERROR;
  int32_t length = 0;
  const UChar* name = ucurr_getName(icu::UnicodeString(wide).getTerminatedBuffer(), locale,
                                    UCURR_LONG_NAME, nullptr, &length, &failed);
  if (U_SUCCESS(failed) && failed != U_USING_DEFAULT_WARNING) {
    names.Add(ToUtf8(name, length), code, source);
  }
  for (const char* count : {"one", "few", "many", "other"}) {
    failed = U_ZERO_ERROR;
    name = ucurr_getPluralName(icu::UnicodeString(wide).getTerminatedBuffer(), locale, nullptr,
                               count, &length, &failed);
    if (U_SUCCESS(failed) && failed != U_USING_DEFAULT_WARNING) {
      names.Add(ToUtf8(name, length), code, source);
    }
  }
}

// CLDR's root locale gives each currency the symbol that it has among all others.
void AddSymbol(const std::string& code, Tables& tables) {
  UErrorCode failed = U_ZERO_ERROR;
  int32_t length = 0;
  icu::UnicodeString wide = icu::UnicodeString::fromUTF8(code);
  const UChar* symbol = ucurr_getName(wide.getTerminatedBuffer(), "root", UCURR_SYMBOL_NAME,
                                      nullptr, &length, &failed);
  if (U_FAILURE(failed)) return;
  const std::string text = ToUtf8(symbol, length);
  if (text != code) tables.symbols.try_emplace(text, code);
}

Result<Tables> BuildTables() {
  SELFSAME_ASSIGN_OR_RETURN(const nlohmann::json entries, ReadIsoCodes("4217"));
  Tables tables;
  std::vector<std::string> codes;
  AddDecisions(tables);
  AddIso(entries, codes, tables);
  AddNewer(codes, tables);
  for (const std::string& code : codes) AddSymbol(code, tables);
  for (const std::string& locale : NamingLocales()) {
    const bool english = locale.starts_with("en");
    for (const std::string& code : codes) {
      AddName(locale.c_str(), code, english ? NameSource::kEnglish : NameSource::kLanguage,
              tables.names);
    }
  }
  return tables;
}

}  // namespace

Result<NormalizedCurrency> NormalizeCurrency(std::string_view value) {
  static Lazy<Tables> lazy;
  SELFSAME_ASSIGN_OR_RETURN(const Tables* tables, lazy.Get(BuildTables));
  const Error unknown = Invalid("CURRENCY_UNKNOWN", "no currency is known by that name");
  if (!IsUsableText(value)) return unknown;
  std::string code;
  const auto symbol = tables->symbols.find(std::string(TrimAscii(value)));
  if (symbol != tables->symbols.end()) {
    code = symbol->second;
  } else if (const NameIndex::Entry* entry = tables->names.Find(value)) {
    code = entry->ambiguous ? std::string(kAmbiguous) : entry->code;
  }
  if (code.empty()) return unknown;
  if (code == kAmbiguous) {
    return Invalid("CURRENCY_AMBIGUOUS", "more than one currency is known by that name");
  }
  return NormalizedCurrency{.code = std::move(code)};
}

}  // namespace selfsame::normalize
