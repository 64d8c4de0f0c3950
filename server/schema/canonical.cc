#include "server/schema/canonical.h"

#include <optional>
#include <utility>

#include "server/normalize/address.h"
#include "server/normalize/country.h"
#include "server/normalize/currency.h"
#include "server/normalize/email.h"
#include "server/normalize/free_text.h"
#include "server/normalize/language.h"
#include "server/normalize/person_name.h"
#include "server/normalize/phone.h"
#include "server/normalize/postal_code.h"
#include "server/normalize/url.h"
#include "server/normalize/uuid.h"

namespace selfsame::schema {
namespace {

namespace norm = normalize;
using options::v1::FieldRules;

// The canonical form of a normalizer's result, by the member that holds it.
template <typename Normalized>
Result<Canonical> Take(Result<Normalized> result, std::string Normalized::*member) {
  if (!result.ok()) return std::move(result).error();
  return Canonical{.value = std::move((*result).*member), .extension = {}};
}

Result<Canonical> Take(Result<std::string> result) {
  if (!result.ok()) return std::move(result).error();
  return Canonical{.value = std::move(*result), .extension = {}};
}

// The country beside a value, as a code; empty when there is none or it is no country, which is a
// violation of that field, not of this one.
std::string CountryCode(std::string_view country) {
  if (country.empty()) return {};
  Result<norm::NormalizedCountry> normalized = norm::NormalizeCountry(country);
  return normalized.ok() ? std::move(normalized->alpha2) : std::string();
}

Result<Canonical> TakePhone(const std::string& value, std::string_view country,
                            const Customs& customs) {
  const bool is_international = value.find('+') != std::string::npos;
  const std::string beside = is_international ? std::string() : CountryCode(country);
  if (customs.needs_country && !is_international && !country.empty() && beside.empty()) {
    return Error{.code = ErrorCode::kInvalidArgument,
                 .reason = "PHONE_REGION_UNKNOWN",
                 .message = "its country is not known"};
  }
  const norm::PhoneOptions options{.default_region =
                                       beside.empty() ? customs.phone_region : beside};
  SELFSAME_ASSIGN_OR_RETURN(norm::NormalizedPhone phone, norm::NormalizePhone(value, options));
  return Canonical{.value = std::move(phone.e164), .extension = std::move(phone.extension)};
}

Result<Canonical> TakeEmail(const std::string& value) {
  SELFSAME_ASSIGN_OR_RETURN(norm::NormalizedEmail email, norm::NormalizeEmail(value));
  return Canonical{.value = std::move(email.address), .is_disposable = email.disposable};
}

Result<Canonical> TakeName(const std::string& value, norm::NamePart part) {
  return Take(norm::NormalizePersonName(value, {.part = part}),
              &norm::NormalizedPersonName::display);
}

norm::DateOrder OrderOf(const FieldRules& rules, const Customs& customs) {
  if (rules.date_order() == options::v1::DATE_ORDER_DAY_FIRST) {
    return norm::DateOrder::kDayMonthYear;
  }
  if (rules.date_order() == options::v1::DATE_ORDER_MONTH_FIRST) {
    return norm::DateOrder::kMonthDayYear;
  }
  return customs.date_order;
}

// The unit of a text that is a number; nothing where the field knows none, or the text is no
// number.
std::optional<norm::EpochUnit> EpochUnitOf(const FieldRules& rules, const std::string& value) {
  if (rules.epoch() == options::v1::EPOCH_UNIT_UNSPECIFIED) return std::nullopt;
  // A sign in front and one decimal point: dates have more of them, or elsewhere.
  const bool is_number = value.find_first_not_of("0123456789.-") == std::string::npos &&
                         value.find('-', 1) == std::string::npos &&
                         value.find('.') == value.rfind('.');
  if (!is_number) return std::nullopt;
  return rules.epoch() == options::v1::EPOCH_UNIT_SECONDS ? norm::EpochUnit::kSeconds
                                                          : norm::EpochUnit::kMilliseconds;
}

Result<Canonical> TakeDate(const std::string& value, const FieldRules& rules,
                           const Customs& customs) {
  const auto unit = EpochUnitOf(rules, value);
  SELFSAME_ASSIGN_OR_RETURN(norm::NormalizedDate date,
                            unit ? norm::NormalizeEpochDate(value, *unit)
                                 : norm::NormalizeDate(value, {.order = OrderOf(rules, customs)}));
  if (rules.of_birth() && customs.now.us > 0)
    SELFSAME_RETURN_IF_ERROR(norm::CheckBirthDate(date, customs.now));
  return Canonical{.value = std::move(date.text)};
}

Result<Canonical> TakeDateTime(const std::string& value, const FieldRules& rules) {
  const auto unit = EpochUnitOf(rules, value);
  return Take(unit ? norm::NormalizeEpoch(value, *unit) : norm::NormalizeDateTime(value),
              &norm::NormalizedDateTime::text);
}

Result<Canonical> TakePostalCode(const std::string& value, std::string_view country) {
  const std::string code = CountryCode(country);
  if (code.empty()) {
    return Error{.code = ErrorCode::kInvalidArgument,
                 .reason = "POSTAL_CODE_COUNTRY_UNKNOWN",
                 .message = "its country is not known"};
  }
  return Take(norm::NormalizePostalCode(value, code));
}

Result<Canonical> TakeTerm(const std::string& value, const std::string& vocabulary,
                           const Customs& customs) {
  if (customs.vocabularies != nullptr) {
    const auto found = customs.vocabularies->find(vocabulary);
    const std::string* term =
        found == customs.vocabularies->end() ? nullptr : found->second->Find(value);
    if (term != nullptr) return Canonical{.value = *term, .extension = {}};
  }
  return Error{.code = ErrorCode::kInvalidArgument,
               .reason = "NOT_IN_VOCABULARY",
               .message = "is no term of vocabulary " + vocabulary};
}

}  // namespace

Result<Canonical> Canonicalize(const FieldRules& rules, const std::string& value,
                               std::string_view country, const Customs& customs) {
  if (!rules.vocabulary().empty()) return TakeTerm(value, rules.vocabulary(), customs);
  switch (rules.format()) {
    case options::v1::FORMAT_EMAIL: return TakeEmail(value);
    case options::v1::FORMAT_PHONE: return TakePhone(value, country, customs);
    case options::v1::FORMAT_DATE: return TakeDate(value, rules, customs);
    case options::v1::FORMAT_DATE_TIME: return TakeDateTime(value, rules);
    case options::v1::FORMAT_COUNTRY:
      return Take(norm::NormalizeCountry(value), &norm::NormalizedCountry::alpha2);
    case options::v1::FORMAT_CURRENCY:
      return Take(norm::NormalizeCurrency(value), &norm::NormalizedCurrency::code);
    case options::v1::FORMAT_LANGUAGE:
      return Take(norm::NormalizeLanguage(value), &norm::NormalizedLanguage::tag);
    case options::v1::FORMAT_GIVEN_NAME: return TakeName(value, norm::NamePart::kGiven);
    case options::v1::FORMAT_FAMILY_NAME: return TakeName(value, norm::NamePart::kFamily);
    case options::v1::FORMAT_FULL_NAME: return TakeName(value, norm::NamePart::kFull);
    case options::v1::FORMAT_URL: return Take(norm::NormalizeUrl(value));
    case options::v1::FORMAT_UUID: return Take(norm::NormalizeUuid(value));
    case options::v1::FORMAT_POSTAL_CODE: return TakePostalCode(value, country);
    case options::v1::FORMAT_ADDRESS_LINES:
      return Take(norm::NormalizeAddressLine(value, CountryCode(country)),
                  &norm::NormalizedAddressLine::display);
    case options::v1::FORMAT_TEXT: return Take(norm::NormalizeText(value));
    case options::v1::FORMAT_UNSPECIFIED:
    case options::v1::Format_INT_MIN_SENTINEL_DO_NOT_USE_:
    case options::v1::Format_INT_MAX_SENTINEL_DO_NOT_USE_: break;
  }
  return Canonical{.value = value, .extension = {}};
}

}  // namespace selfsame::schema
