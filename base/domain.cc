#include "base/domain.h"

#include <unicode/bytestream.h>
#include <unicode/idna.h>

#include <algorithm>
#include <memory>

#include "base/check.h"

namespace selfsame {
namespace {

// The longest text that is looked at: what maps to kDomainBytesMax is hardly longer.
constexpr std::size_t kTextBytesMax = 2048;

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) >= 0; });
}

// By hand, since std::tolower asks the process's locale.
char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool IsLabelCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

const icu::IDNA& Uts46() {
  static const std::unique_ptr<const icu::IDNA> idna = [] {
    UErrorCode failed = U_ZERO_ERROR;
    std::unique_ptr<const icu::IDNA> made(
        icu::IDNA::createUTS46Instance(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                                           UIDNA_CHECK_CONTEXTO | UIDNA_NONTRANSITIONAL_TO_ASCII |
                                           UIDNA_NONTRANSITIONAL_TO_UNICODE | UIDNA_USE_STD3_RULES,
                                       failed));
    SELFSAME_CHECK(U_SUCCESS(failed));
    return made;
  }();
  return *idna;
}

std::optional<std::string> InternationalDomain(std::string_view domain) {
  UErrorCode failed = U_ZERO_ERROR;
  icu::IDNAInfo info;
  std::string ascii;
  icu::StringByteSink<std::string> sink(&ascii);
  Uts46().nameToASCII_UTF8({domain.data(), static_cast<int32_t>(domain.size())}, sink, info,
                           failed);
  if (U_FAILURE(failed) || info.hasErrors()) return std::nullopt;
  return ascii;
}

bool IsLabel(std::string_view label) {
  return !label.empty() && label.size() <= kLabelBytesMax && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), IsLabelCharacter);
}

bool HasOnlyLabels(std::string_view domain) {
  while (true) {
    const std::size_t dot = domain.find('.');
    if (!IsLabel(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

}  // namespace

std::optional<std::string> AsciiDomain(std::string_view domain) {
  if (domain.empty() || domain.size() > kTextBytesMax) return std::nullopt;
  std::string ascii(domain);
  std::transform(ascii.begin(), ascii.end(), ascii.begin(), ToLower);
  // Plain labels go past ICU, which is slow and refuses "--" where hosts in use have it.
  if (!IsAscii(domain) || ascii.starts_with("xn--") || ascii.find(".xn--") != std::string::npos) {
    std::optional<std::string> mapped = InternationalDomain(domain);
    if (!mapped) return std::nullopt;
    ascii = std::move(*mapped);
  }
  if (ascii.size() > kDomainBytesMax || !HasOnlyLabels(ascii)) return std::nullopt;
  return ascii;
}

}  // namespace selfsame
