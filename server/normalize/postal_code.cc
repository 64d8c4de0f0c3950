#include "server/normalize/postal_code.h"

#include <re2/re2.h>

#include <memory>
#include <unordered_map>

#include "base/check.h"
#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

constexpr std::size_t kCodeBytesMax = 32;

// `pattern` is for the code in upper case without spaces and hyphens. `separator` stands before
// the character at `place`, counted from the end where negative; none where the code is shorter.
struct Form {
  std::string_view country;
  const char* pattern;
  char separator = 0;
  int place = 0;
};

constexpr const char* kFour = "[0-9]{4}";
constexpr const char* kFive = "[0-9]{5}";
constexpr const char* kSix = "[0-9]{6}";

constexpr Form kForms[] = {
    {"US", "[0-9]{5}(?:[0-9]{4})?", '-', 5},
    {"CA", "[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z][0-9][ABCEGHJ-NPRSTV-Z][0-9]", ' ', 3},
    {"GB",
     "GIR0AA|[A-PR-UWYZ](?:[0-9][0-9A-HJKPSTUW]?|[A-HK-Y][0-9][0-9ABEHMNPRVWXY]?)"
     "[0-9][ABD-HJLNP-UW-Z]{2}",
     ' ', -3},
    {"IE", "(?:[AC-FHKNPRTV-Y][0-9]{2}|D6W)[0-9AC-FHKNPRTV-Y]{4}", ' ', 3},
    {"NL", "[1-9][0-9]{3}[A-Z]{2}", ' ', 4},
    {"PL", kFive, '-', 2},
    {"PT", "[1-9][0-9]{3}(?:[0-9]{3})?", '-', 4},
    {"JP", "[0-9]{7}", '-', 3},
    {"BR", "[0-9]{8}", '-', 5},
    {"SE", "[1-9][0-9]{4}", ' ', 3},
    {"CZ", "[1-7][0-9]{4}", ' ', 3},
    {"SK", "[089][0-9]{4}", ' ', 3},
    {"GR", "[1-8][0-9]{4}", ' ', 3},
    {"AR", "[1-9][0-9]{3}|[A-HJ-NP-Z][0-9]{4}[A-Z]{3}"},
    {"AT", "[1-9][0-9]{3}"},
    {"AU", kFour},
    {"BE", "[1-9][0-9]{3}"},
    {"BG", kFour},
    {"CH", "[1-9][0-9]{3}"},
    {"CL", "[0-9]{7}", '-', 3},
    {"CN", kSix},
    {"CY", kFour},
    {"DE", "0[1-9][0-9]{3}|[1-9][0-9]{4}"},
    {"DK", kFour},
    {"EE", kFive},
    {"ES", "(?:0[1-9]|[1-4][0-9]|5[0-2])[0-9]{3}"},
    {"FI", kFive},
    {"FR", "(?:0[1-9]|[1-8][0-9]|9[0-8])[0-9]{3}"},
    {"HR", kFive},
    {"HU", "[1-9][0-9]{3}"},
    {"IL", "[0-9]{5}(?:[0-9]{2})?"},
    {"IN", "[1-9][0-9]{5}"},
    {"IS", "[1-9][0-9]{2}"},
    {"IT", kFive},
    {"KR", kFive},
    {"LT", kFive},
    {"LU", kFour},
    {"LV", kFour},
    {"MX", kFive},
    {"MY", kFive},
    {"NO", kFour},
    {"NZ", kFour},
    {"PH", kFour},
    {"RO", kSix},
    {"RS", kFive},
    {"RU", "[1-6][0-9]{5}"},
    {"SG", kSix},
    {"SI", "[1-9][0-9]{3}"},
    {"TH", "[1-9][0-9]{4}"},
    {"TR", kFive},
    {"TW", "[0-9]{3}(?:[0-9]{2,3})?"},
    {"UA", kFive},
    {"VN", "[0-9]{5,6}"},
    {"ZA", kFour},
};

struct Rule {
  const Form* form = nullptr;
  std::unique_ptr<const RE2> pattern;
};

const Rule* RuleOf(const std::string& country) {
  static const auto rules = [] {
    std::unordered_map<std::string, Rule> all;
    for (const Form& form : kForms) {
      auto pattern = std::make_unique<const RE2>(form.pattern);
      SELFSAME_CHECK(pattern->ok());
      all.emplace(form.country, Rule{&form, std::move(pattern)});
    }
    return all;
  }();
  const auto found = rules.find(country);
  return found == rules.end() ? nullptr : &found->second;
}

std::string Compact(std::string_view text) {
  std::string compact;
  for (const char c : text) {
    if (c != ' ' && c != '-') compact += ToUpper(c);
  }
  return compact;
}

// "D-10115", "LV-1050": what stood on letters abroad.
std::string_view WithoutCountry(std::string_view code, std::string_view country) {
  const std::size_t hyphen = code.find('-');
  if (hyphen == std::string_view::npos || hyphen > 2) return code;
  const std::string prefix = ToUpperAscii(code.substr(0, hyphen));
  const bool of_country = !prefix.empty() && (prefix == country || prefix == country.substr(0, 1));
  return of_country ? code.substr(hyphen + 1) : code;
}

std::string Written(std::string code, const Form& form) {
  const int size = static_cast<int>(code.size());
  const int place = form.place < 0 ? size + form.place : form.place;
  if (form.separator != 0 && place < size) {
    code.insert(static_cast<std::size_t>(place), 1, form.separator);
  }
  return code;
}

}  // namespace

Result<std::string> NormalizePostalCode(std::string_view value, std::string_view country) {
  const std::string region = ToUpperAscii(country);
  const Rule* rule = RuleOf(region);
  if (rule == nullptr) {
    return Invalid("POSTAL_CODE_COUNTRY_UNKNOWN", "no form of postal codes is known there");
  }
  const Error invalid = Invalid("POSTAL_CODE_INVALID", "not a postal code of that country");
  if (value.size() > kCodeBytesMax || !IsUsableText(value)) return invalid;
  const std::string tidy = TidyNfkc(value);
  std::string code = Compact(tidy);
  if (!RE2::FullMatch(code, *rule->pattern)) {
    code = Compact(WithoutCountry(tidy, region));
    if (!RE2::FullMatch(code, *rule->pattern)) return invalid;
  }
  return Written(std::move(code), *rule->form);
}

}  // namespace selfsame::normalize
