#include "server/normalize/phone.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <set>

#include "server/normalize/phone_text.h"
#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr const char* kNoRegion = "ZZ";
constexpr std::size_t kPhoneBytesMax = 250;  // libphonenumber's own limit.

Error NotAPhone() {
  return Invalid("PHONE_INVALID",
                 "not one valid phone number; write it as +, country code, number");
}

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

// Parses what holds digits and at most a plus in front.
std::optional<NormalizedPhone> Parse(const std::string& text, const std::string& region) {
  PhoneNumber number;
  const auto parsed = PhoneNumberUtil::GetInstance()->Parse(text, region, &number);
  return parsed == PhoneNumberUtil::NO_PARSING_ERROR ? ValidPhone(number) : std::nullopt;
}

bool IsMobile(const std::string& e164) {
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(e164, kNoRegion, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return false;
  return util.GetNumberType(number) == PhoneNumberUtil::MOBILE;
}

// Countries in which letters on the keys are part of how numbers are written: the North American
// plan, Australia, New Zealand. Elsewhere a letter is a mistake.
bool HasVanityNumbers(const PhoneText& phone, const std::string& region) {
  constexpr std::array<std::string_view, 3> kCodes = {"1", "61", "64"};
  std::string code = phone.digits;
  if (!phone.has_plus) {
    code = std::to_string(PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(region));
    return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
  }
  return std::any_of(kCodes.begin(), kCodes.end(),
                     [&](std::string_view known) { return code.starts_with(known); });
}

// The digits with letters dialled, where there are any; nothing where there must be none.
std::optional<std::string> DialledDigits(const PhoneText& phone, const std::string& region) {
  if (phone.letters.empty()) return phone.digits;
  constexpr std::size_t kDigitsBeforeMin = 2;  // Of "13 CATS".
  if (phone.digits.size() < kDigitsBeforeMin || !HasVanityNumbers(phone, region)) {
    return std::nullopt;
  }
  std::string tail = phone.letters;
  PhoneNumberUtil::GetInstance()->ConvertAlphaCharactersInNumber(&tail);
  std::string digits = phone.digits;
  std::copy_if(tail.begin(), tail.end(), std::back_inserter(digits), IsDigit);
  return digits;
}

// Two numbers in one field: the first group of digits comes again ("089/12345 089/123"), or both
// parts are numbers by themselves.
bool HoldsTwoNumbers(const std::string& body, const std::string& region) {
  constexpr std::size_t kSecondDigitsMin = 7;
  for (const std::size_t start : SecondNumberStarts(body)) {
    const std::string right = body.substr(start);
    if (right.front() != '0' && right.front() != '(') continue;
    const std::string first = body.substr(0, body.find_first_not_of("(0123456789"));
    if (first.size() > 2 && right.starts_with(first) && !IsDigit(right[first.size()])) return true;
    const auto digits = std::count_if(right.begin(), right.end(), IsDigit);
    if (static_cast<std::size_t>(digits) < kSecondDigitsMin) continue;
    if (Parse(body.substr(0, start), region) && Parse(right, region)) return true;
  }
  return false;
}

// The reading of digits as a whole number abroad, where they begin with the region's own code.
std::optional<NormalizedPhone> InternationalReading(const std::string& digits,
                                                    const std::string& region) {
  const int code = PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(region);
  if (code == 0 || !digits.starts_with(std::to_string(code))) return std::nullopt;
  if (auto plain = ParsePlain('+' + digits, region)) {
    if (auto phone = ValidPhone(*plain)) return phone;
  }
  return Parse('+' + digits, region);
}

// What digits mean, at home and abroad; nothing where they mean no number, or two.
std::optional<NormalizedPhone> ReadDigits(const std::string& digits, bool has_plus,
                                          const std::string& region) {
  const std::string text = (has_plus ? "+" : "") + digits;
  std::optional<NormalizedPhone> phone;
  if (const auto plain = ParsePlain(text, region)) phone = ValidPhone(*plain);
  if (!phone) phone = Parse(text, region.empty() ? kNoRegion : region);
  if (has_plus || region.empty() || !phone) return phone;
  auto abroad = InternationalReading(digits, region);
  if (!abroad || abroad->e164 == phone->e164) return phone;
  if (IsMobile(abroad->e164) && !IsMobile(phone->e164)) return abroad;
  return std::nullopt;
}

// RFC 3966 with a context that is no default region: the library's business.
bool HasContext(std::string_view text) {
  return text.find(";phone-context=") != std::string_view::npos;
}

}  // namespace

Result<NormalizedPhone> NormalizePhone(std::string_view value, const PhoneOptions& options) {
  if (value.size() > kPhoneBytesMax || !IsUsableText(value)) return NotAPhone();
  const std::string text = PlainPhoneText(TidyNfkc(value));
  const std::string region = ToUpperAscii(options.default_region);
  if (!region.empty() && !IsRegion(region)) return NoRegion();
  if (HasContext(text)) {
    auto phone = Parse(text, region.empty() ? kNoRegion : region);
    return phone ? Result<NormalizedPhone>(*std::move(phone)) : NotAPhone();
  }
  const auto read = IsDecimal(text) ? std::nullopt : ReadPhoneText(text);
  if (!read) return NotAPhone();
  if (region.empty() && !read->has_plus) return NoRegion();
  const auto digits = DialledDigits(*read, region);
  if (!digits || (!region.empty() && HoldsTwoNumbers(read->body, region))) return NotAPhone();
  auto phone = ReadDigits(*digits, read->has_plus, region);
  if (!phone) return NotAPhone();
  phone->extension = read->extension;
  return *std::move(phone);
}

Result<std::string> NormalizePhoneIdentifier(std::string_view value, const PhoneOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(NormalizedPhone phone, NormalizePhone(value, options));
  if (phone.extension.empty()) return std::move(phone.e164);
  return std::move(phone.e164) + ";ext=" + phone.extension;
}

}  // namespace selfsame::normalize
