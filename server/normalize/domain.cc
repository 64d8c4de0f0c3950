#include "server/normalize/domain.h"

#include <unicode/bytestream.h>
#include <unicode/idna.h>

#include <algorithm>
#include <memory>

#include "base/check.h"
#include "server/normalize/text.h"

namespace selfsame::normalize {
namespace {

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
         label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) { return IsAlnum(c) || c == '-'; });
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
  if (domain.empty() || !IsUsableText(domain)) return std::nullopt;
  std::string ascii = ToLowerAscii(domain);
  // Plain labels go past ICU, which is slow and refuses "--" where hosts in use have it.
  if (!IsAscii(domain) || ascii.starts_with("xn--") || ascii.find(".xn--") != std::string::npos) {
    std::optional<std::string> mapped = InternationalDomain(domain);
    if (!mapped) return std::nullopt;
    ascii = std::move(*mapped);
  }
  if (ascii.size() > kDomainBytesMax || !HasOnlyLabels(ascii)) return std::nullopt;
  return ascii;
}

}  // namespace selfsame::normalize
