// Any bytes as a value of any normalizer: it answers, an answer is UTF-8 and is its own normal
// form, and a refusal is an invalid argument. The first byte chooses the normalizer.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/domain.h"
#include "base/result.h"
#include "identity/canonicalize.h"
#include "server/ingest/canonical_identifier.h"
#include "server/normalize/address.h"
#include "server/normalize/country.h"
#include "server/normalize/currency.h"
#include "server/normalize/date.h"
#include "server/normalize/email.h"
#include "server/normalize/free_text.h"
#include "server/normalize/language.h"
#include "server/normalize/person_name.h"
#include "server/normalize/phone.h"
#include "server/normalize/postal_code.h"
#include "server/normalize/text.h"
#include "server/normalize/url.h"
#include "server/normalize/us_state.h"
#include "server/normalize/uuid.h"
#include "server/normalize/vocabulary.h"

namespace {

namespace identity = selfsame::identity;
namespace ingest = selfsame::ingest;
namespace norm = selfsame::normalize;
using selfsame::Result;

using Text = Result<std::string>;

// The text of a result by the member that holds it.
template <typename T>
Text Take(Result<T> result, std::string T::*member) {
  if (!result.ok()) return std::move(result).error();
  return std::move((*result).*member);
}

Text NormalizedDomain(std::string_view value) {
  auto domain = selfsame::AsciiDomain(value);
  return domain ? Text(*std::move(domain)) : Text(norm::Invalid("DOMAIN_INVALID", "not a domain"));
}

Text CanonicalIdentifier(identity::Canonical rule, std::string_view value) {
  if (!identity::IsUtf8(value)) return norm::Invalid("IDENTIFIER_NOT_UTF8", "is not UTF-8");
  return ingest::CanonicalIdentifier(rule, value, {.default_phone_region = "GB"});
}

// Each takes a value to its normal form, which it leaves alone.
using Normalizer = Text (*)(std::string_view);
constexpr Normalizer kNormalizers[] = {
    [](std::string_view v) {
      return Take(norm::NormalizeAddressLine(v, ""), &norm::NormalizedAddressLine::display);
    },
    [](std::string_view v) {
      return Take(norm::NormalizeCountry(v), &norm::NormalizedCountry::alpha2);
    },
    [](std::string_view v) {
      return Take(norm::NormalizeCurrency(v), &norm::NormalizedCurrency::code);
    },
    [](std::string_view v) { return Take(norm::NormalizeDate(v), &norm::NormalizedDate::text); },
    [](std::string_view v) {
      return Take(norm::NormalizeDate(v, {.order = norm::DateOrder::kDayMonthYear}),
                  &norm::NormalizedDate::text);
    },
    [](std::string_view v) {
      return Take(norm::NormalizeDateTime(v), &norm::NormalizedDateTime::text);
    },
    [](std::string_view v) { return norm::NormalizeTimeOfDay(v); },
    [](std::string_view v) {
      return Take(norm::NormalizeEmail(v), &norm::NormalizedEmail::address);
    },
    [](std::string_view v) {
      return Take(norm::NormalizeEmail(v), &norm::NormalizedEmail::match_key);
    },
    [](std::string_view v) { return norm::NormalizeText(v); },
    [](std::string_view v) {
      return Take(norm::NormalizeLanguage(v), &norm::NormalizedLanguage::tag);
    },
    [](std::string_view v) {
      return Take(norm::NormalizePersonName(v), &norm::NormalizedPersonName::display);
    },
    [](std::string_view v) {
      return Take(norm::NormalizePersonName(v, {.part = norm::NamePart::kFamily}),
                  &norm::NormalizedPersonName::display);
    },
    [](std::string_view v) { return Take(norm::NormalizePhone(v), &norm::NormalizedPhone::e164); },
    [](std::string_view v) {
      return Take(norm::NormalizePhone(v, {.default_region = "GB"}), &norm::NormalizedPhone::e164);
    },
    [](std::string_view v) {
      return Take(norm::NormalizePhone(v, {.default_region = "US"}), &norm::NormalizedPhone::e164);
    },
    [](std::string_view v) { return norm::NormalizePostalCode(v, "GB"); },
    [](std::string_view v) { return norm::NormalizePostalCode(v, "SE"); },
    [](std::string_view v) { return norm::NormalizeUrl(v); },
    [](std::string_view v) { return norm::NormalizeUsState(v); },
    [](std::string_view v) { return norm::NormalizeUuid(v); },
    NormalizedDomain,
    [](std::string_view v) { return CanonicalIdentifier(identity::Canonical::kOpaque, v); },
    [](std::string_view v) { return CanonicalIdentifier(identity::Canonical::kEmail, v); },
    [](std::string_view v) { return CanonicalIdentifier(identity::Canonical::kPhone, v); },
};

void CheckNormalizer(Normalizer normalize, std::string_view value) {
  const Text once = normalize(value);
  if (!once.ok()) {
    SELFSAME_CHECK(once.error().code == selfsame::ErrorCode::kInvalidArgument);
    SELFSAME_CHECK(!once.error().reason.empty());
    return;
  }
  SELFSAME_CHECK(norm::IsUtf8(*once));
  const Text twice = normalize(*once);
  // A form may be longer than what it was made of, and then too long.
  SELFSAME_CHECK(twice.ok() ? *twice == *once : once->size() > value.size());
}

// Not its own normal form for all bytes: two rules may meet in a line that is no address, and the
// second one finds what the first one made.
void CheckUsAddress(std::string_view value) {
  const auto line = norm::NormalizeAddressLine(value, "US");
  if (line.ok()) SELFSAME_CHECK(norm::IsUtf8(line->display) && norm::IsUtf8(line->match_key));
}

// The texts between zero bytes are a term, its synonyms, the next term and so on.
void CheckVocabulary(std::string_view bytes) {
  std::vector<norm::VocabularyTerm> terms;
  for (std::size_t i = 0; !bytes.empty() && i < 64; ++i) {
    const std::string text(bytes.substr(0, bytes.find('\0')));
    bytes.remove_prefix(std::min(text.size() + 1, bytes.size()));
    if (i % 3 == 0) {
      terms.push_back({text, {}});
    } else {
      terms.back().synonyms.push_back(text);
    }
  }
  const auto vocabulary = norm::Vocabulary::Make(terms);
  if (!vocabulary.ok()) {
    SELFSAME_CHECK(!vocabulary.error().violations.empty());
    return;
  }
  for (const norm::VocabularyTerm& term : terms) {
    const std::string* value = vocabulary->Find(term.value);
    SELFSAME_CHECK(value != nullptr && vocabulary->Find(*value) == value);
    for (const std::string& synonym : term.synonyms) {
      SELFSAME_CHECK(vocabulary->Find(synonym) == value);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view value(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t choice = data[0] % (std::size(kNormalizers) + 2);
  if (choice == std::size(kNormalizers)) {
    CheckVocabulary(value);
  } else if (choice > std::size(kNormalizers)) {
    CheckUsAddress(value);
  } else {
    CheckNormalizer(kNormalizers[choice], value);
  }
  return 0;
}
