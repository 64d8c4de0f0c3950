#include "identity/canonicalize.h"

#include <phonenumbers/phonenumberutil.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/check.h"
#include "base/domain.h"

namespace selfsame::identity {
namespace {

bool IsPlainAscii(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

bool IsZeroWidth(UChar32 c) {
  return c == 0x200b || c == 0x200c || c == 0x200d || c == 0x2060 || c == 0xfeff || c == 0x00ad;
}

bool IsSpace(UChar32 c) { return u_isUWhiteSpace(c) || u_iscntrl(c); }

// Cuts white space off both ends and drops zero-width characters everywhere.
icu::UnicodeString Tidy(const icu::UnicodeString& text) {
  icu::UnicodeString kept;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (!IsZeroWidth(c)) kept.append(c);
  }
  int32_t first = 0;
  int32_t last = kept.length();
  while (first < last && IsSpace(kept.char32At(first))) first = kept.moveIndex32(first, 1);
  while (last > first && IsSpace(kept.char32At(kept.moveIndex32(last, -1)))) {
    last = kept.moveIndex32(last, -1);
  }
  return {kept, first, last - first};
}

Error Invalid(std::string reason, std::string message) {
  return {.code = ErrorCode::kInvalidArgument,
          .reason = std::move(reason),
          .message = std::move(message)};
}

// "Jane <jane@x.com>" and "mailto:jane@x.com" to "jane@x.com".
std::string_view BareAddress(std::string_view value) {
  const std::size_t open = value.rfind('<');
  if (open != std::string_view::npos && value.back() == '>') {
    value = value.substr(open + 1, value.size() - open - 2);
  }
  constexpr std::string_view kMailto = "mailto:";
  if (value.size() > kMailto.size()) {
    std::string scheme(value.substr(0, kMailto.size()));
    std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    if (scheme == kMailto) value.remove_prefix(kMailto.size());
  }
  return value;
}

std::string FoldCase(std::string_view value) {
  std::string folded;
  icu::UnicodeString::fromUTF8({value.data(), static_cast<int32_t>(value.size())})
      .foldCase()
      .toUTF8String(folded);
  return folded;
}

Result<std::string> CanonicalEmail(const std::string& value) {
  const std::string_view address = BareAddress(value);
  const std::size_t at = address.rfind('@');
  const bool has_space = std::any_of(address.begin(), address.end(),
                                     [](unsigned char c) { return c <= 0x20 || c == 0x7f; });
  if (at == std::string::npos || at == 0 || at + 1 == address.size() || has_space) {
    return Invalid("EMAIL_INVALID", "not an e-mail address");
  }
  // The domain before its case is folded: folding would make another one of a German sharp s.
  const std::string_view domain = address.substr(at + 1);
  const std::optional<std::string> ascii = AsciiDomain(domain);
  return FoldCase(address.substr(0, at + 1)) + (ascii ? *ascii : FoldCase(domain));
}

// libphonenumber writes regions in upper case, and "ZZ" for none.
std::string RegionCode(std::string_view region) {
  std::string code(region.empty() ? "ZZ" : region);
  std::transform(code.begin(), code.end(), code.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return code;
}

Result<std::string> CanonicalPhone(const std::string& value, std::string_view default_region) {
  using i18n::phonenumbers::PhoneNumber;
  using i18n::phonenumbers::PhoneNumberUtil;
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  switch (util.Parse(value, RegionCode(default_region), &number)) {
    case PhoneNumberUtil::NO_PARSING_ERROR: break;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
      return Invalid("PHONE_REGION_UNKNOWN",
                     "a phone number needs its country code, as in +44, or a default region");
    default: return Invalid("PHONE_INVALID", "not a phone number");
  }
  if (!util.IsValidNumber(number)) return Invalid("PHONE_INVALID", "not a valid phone number");
  number.clear_extension();
  std::string e164;
  util.Format(number, PhoneNumberUtil::E164, &e164);
  return e164;
}

}  // namespace

// NFKC and Tidy. Printable ASCII without spaces is in that form already, and is nearly all there
// is.
std::string NormalizeText(std::string_view value) {
  if (IsPlainAscii(value)) return std::string(value);
  UErrorCode failed = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(failed);
  SELFSAME_CHECK(U_SUCCESS(failed));  // Only without ICU's own data.
  const auto text =
      icu::UnicodeString::fromUTF8({value.data(), static_cast<int32_t>(value.size())});
  // Zero-width characters go first: one of them between two marks would hide a composition.
  const icu::UnicodeString composed = nfkc->normalize(Tidy(text), failed);
  SELFSAME_CHECK(U_SUCCESS(failed));
  std::string out;
  Tidy(composed).toUTF8String(out);
  return out;
}

bool IsUtf8(std::string_view text) {
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 c;
    U8_NEXT(text.data(), i, length, c);
    if (c < 0) return false;
  }
  return true;
}

Result<std::string> Canonicalize(Canonical rule, std::string_view value,
                                 const CanonicalizeOptions& options) {
  std::string normal = NormalizeText(value);
  if (normal.empty()) return normal;
  switch (rule) {
    case Canonical::kOpaque: return normal;
    case Canonical::kEmail: return CanonicalEmail(normal);
    case Canonical::kPhone: return CanonicalPhone(normal, options.default_phone_region);
  }
  return normal;
}

}  // namespace selfsame::identity
