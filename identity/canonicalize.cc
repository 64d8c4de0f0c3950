#include "identity/canonicalize.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "base/check.h"

namespace selfsame::identity {
namespace {

bool IsPlainAscii(std::string_view value) {
  return std::all_of(value.begin(), value.end(),
                     [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

// Zero width, soft hyphen, and the marks that turn the direction of writing.
bool IsInvisible(UChar32 c) {
  return c == 0x00ad || c == 0x061c || c == 0xfeff || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069);
}

bool IsSpace(UChar32 c) { return u_isUWhiteSpace(c) || u_iscntrl(c); }

// Cuts white space off both ends and drops invisible characters everywhere.
icu::UnicodeString Tidy(const icu::UnicodeString& text) {
  icu::UnicodeString kept;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (!IsInvisible(c)) kept.append(c);
  }
  int32_t first = 0;
  int32_t last = kept.length();
  while (first < last && IsSpace(kept.char32At(first))) first = kept.moveIndex32(first, 1);
  while (last > first && IsSpace(kept.char32At(kept.moveIndex32(last, -1)))) {
    last = kept.moveIndex32(last, -1);
  }
  return {kept, first, last - first};
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
  // Invisible characters go first: one of them between two marks would hide a composition.
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

}  // namespace selfsame::identity
