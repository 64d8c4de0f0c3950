#include "server/normalize/phone.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <set>

#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr const char* kNoRegion = "ZZ";
constexpr std::size_t kPhoneBytesMax = 250;  // libphonenumber's own limit.

Error NotAPhone() { return Invalid("PHONE_INVALID", "not a valid phone number"); }

Error NoRegion() {
  return Invalid("PHONE_REGION_UNKNOWN",
                 "a phone number needs its country code, as in +44, or a default region");
}

bool IsRegion(const std::string& region) {
  static const std::set<std::string> regions = [] {
    std::set<std::string> all;
    PhoneNumberUtil::GetInstance()->GetSupportedRegions(&all);
    return all;
  }();
  return regions.contains(region);
}

bool HasDigit(std::string_view text) { return std::any_of(text.begin(), text.end(), IsDigit); }

bool NamesItsCountry(std::string_view text) { return text.find('+') != std::string_view::npos; }

// Numbering plans for which a plain number can be taken apart by hand: what dials a long-distance
// number at home (`trunk`) never starts a number within the plan. Parse gives the same, at three
// times the cost; a test holds the two together.
struct SimplePlan {
  std::string_view region;
  int country_code;
  char trunk;  // Zero byte: none.
};
constexpr std::array kSimplePlans = {
    SimplePlan{"US", 1, '1'},  SimplePlan{"CA", 1, '1'},   SimplePlan{"GB", 44, '0'},
    SimplePlan{"DE", 49, '0'}, SimplePlan{"FR", 33, '0'},  SimplePlan{"NL", 31, '0'},
    SimplePlan{"BE", 32, '0'}, SimplePlan{"CH", 41, '0'},  SimplePlan{"AT", 43, '0'},
    SimplePlan{"SE", 46, '0'}, SimplePlan{"IE", 353, '0'}, SimplePlan{"IN", 91, '0'},
    SimplePlan{"ZA", 27, '0'}, SimplePlan{"ES", 34, 0},    SimplePlan{"DK", 45, 0},
    SimplePlan{"PL", 48, 0},   SimplePlan{"PT", 351, 0},
};

// Digits with nothing between them but what people put there; empty for all else.
std::string PlainDigits(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (IsDigit(c)) {
      digits += c;
    } else if (c != ' ' && c != '-' && c != '.' && c != '(' && c != ')') {
      return {};
    }
  }
  return digits;
}

// The national part of a plain number by its plan; empty where the number is anything but plain.
std::string_view SimpleNational(const SimplePlan& plan, std::string_view region, bool has_plus,
                                std::string_view digits) {
  const std::string code = std::to_string(plan.country_code);
  if (has_plus) {
    if (!digits.starts_with(code)) return {};
    digits.remove_prefix(code.size());
  } else {
    if (plan.region != region) return {};
    if (plan.trunk != 0 && digits.starts_with(plan.trunk)) digits.remove_prefix(1);
  }
  const bool plain = !digits.empty() && digits.front() != '0' && digits.front() != plan.trunk;
  return plain && digits.size() <= 15 ? digits : std::string_view();
}

// Nothing where the plan is not simple or the number not plain: Parse knows the rest.
std::optional<PhoneNumber> ParsePlain(std::string_view text, std::string_view region) {
  const bool has_plus = text.starts_with('+');
  const std::string digits = PlainDigits(text.substr(has_plus ? 1 : 0));
  if (digits.empty()) return std::nullopt;
  for (const SimplePlan& plan : kSimplePlans) {
    const std::string_view national = SimpleNational(plan, region, has_plus, digits);
    if (national.empty()) continue;
    PhoneNumber number;
    number.set_country_code(plan.country_code);
    number.set_national_number(std::strtoull(std::string(national).c_str(), nullptr, 10));
    return number;
  }
  return std::nullopt;
}

// In E.164 by hand: PhoneNumberUtil::Format does the same by way of regular expressions.
std::string E164(const PhoneNumber& number) {
  std::string national;
  PhoneNumberUtil::GetInstance()->GetNationalSignificantNumber(number, &national);
  return '+' + std::to_string(number.country_code()) + national;
}

// Nothing for a number that its plan gives to nobody.
std::optional<NormalizedPhone> ValidPhone(const PhoneNumber& number) {
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  NormalizedPhone phone;
  util.GetRegionCodeForNumber(number, &phone.region);
  if (!util.IsValidNumberForRegion(number, phone.region)) return std::nullopt;
  phone.extension = number.extension();
  phone.e164 = E164(number);
  return phone;
}

}  // namespace

Result<NormalizedPhone> NormalizePhone(std::string_view value, const PhoneOptions& options) {
  if (value.size() > kPhoneBytesMax || !IsUsableText(value)) return NotAPhone();
  const std::string text = TidyNfkc(value);
  std::string region = ToUpperAscii(options.default_region);
  if (!region.empty() && !IsRegion(region)) return NoRegion();
  if (const auto plain = ParsePlain(text, region)) {
    if (auto phone = ValidPhone(*plain)) return *std::move(phone);
  }
  if (region.empty()) region = kNoRegion;
  PhoneNumber number;
  const auto parsed = PhoneNumberUtil::GetInstance()->Parse(text, region, &number);
  if (parsed == PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR && region == kNoRegion &&
      !NamesItsCountry(text) && HasDigit(text)) {
    return NoRegion();
  }
  if (parsed != PhoneNumberUtil::NO_PARSING_ERROR) return NotAPhone();
  auto phone = ValidPhone(number);
  if (!phone) return NotAPhone();
  return *std::move(phone);
}

}  // namespace selfsame::normalize
