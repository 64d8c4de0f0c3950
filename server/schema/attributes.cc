#include "server/schema/attributes.h"

#include <google/protobuf/descriptor.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "base/result.h"
#include "selfsame/options/v1/options.pb.h"
#include "server/normalize/country.h"
#include "server/normalize/date.h"
#include "server/normalize/email.h"
#include "server/normalize/language.h"
#include "server/normalize/person_name.h"
#include "server/normalize/phone.h"

namespace selfsame::schema {
namespace {

using nlohmann::json;
using options::v1::Format;

// A canonical value, and what is kept apart from it.
struct Canonical {
  std::string value;
  std::string extension;
};

// The canonical form of a normalizer's result, by the member that holds it.
template <typename Normalized>
Result<Canonical> Take(Result<Normalized> result, std::string Normalized::*member) {
  if (!result.ok()) return std::move(result).error();
  return Canonical{.value = std::move((*result).*member), .extension = {}};
}

Result<Canonical> TakePhone(const std::string& value) {
  SELFSAME_ASSIGN_OR_RETURN(normalize::NormalizedPhone phone, normalize::NormalizePhone(value));
  return Canonical{.value = std::move(phone.e164), .extension = std::move(phone.extension)};
}

Result<Canonical> TakeName(const std::string& value, normalize::NamePart part) {
  return Take(normalize::NormalizePersonName(value, {.part = part}),
              &normalize::NormalizedPersonName::display);
}

Result<Canonical> ByFormat(Format format, const std::string& value) {
  namespace norm = normalize;
  switch (format) {
    case options::v1::FORMAT_EMAIL:
      return Take(norm::NormalizeEmail(value), &norm::NormalizedEmail::address);
    case options::v1::FORMAT_PHONE: return TakePhone(value);
    case options::v1::FORMAT_DATE:
      return Take(norm::NormalizeDate(value), &norm::NormalizedDate::text);
    case options::v1::FORMAT_COUNTRY:
      return Take(norm::NormalizeCountry(value), &norm::NormalizedCountry::alpha2);
    case options::v1::FORMAT_LANGUAGE:
      return Take(norm::NormalizeLanguage(value), &norm::NormalizedLanguage::tag);
    case options::v1::FORMAT_GIVEN_NAME: return TakeName(value, norm::NamePart::kGiven);
    case options::v1::FORMAT_FAMILY_NAME: return TakeName(value, norm::NamePart::kFamily);
    case options::v1::FORMAT_UNSPECIFIED:
    case options::v1::Format_INT_MIN_SENTINEL_DO_NOT_USE_:
    case options::v1::Format_INT_MAX_SENTINEL_DO_NOT_USE_: break;
  }
  return Canonical{.value = value, .extension = {}};
}

Format FormatOf(const Schema& schema, const std::string& attribute) {
  const auto* field = schema.descriptor->FindFieldByName(attribute);
  return field == nullptr ? options::v1::FORMAT_UNSPECIFIED
                          : field->options().GetExtension(options::v1::field).format();
}

}  // namespace

void NormalizeAttributes(const Schema& schema, CheckedPayload& checked) {
  std::vector<AttributeValue> extensions;
  for (auto& [name, text] : checked.attributes) {
    const Format format = FormatOf(schema, name);
    const json value = json::parse(text);
    // An empty string says that the field is known to be empty: there is nothing to bring to form.
    if (format == options::v1::FORMAT_UNSPECIFIED || !value.is_string() || text == "\"\"") continue;
    const Result<Canonical> canonical = ByFormat(format, value.get_ref<const std::string&>());
    if (!canonical.ok()) {
      checked.violations.push_back(
          {"payload." + name, canonical.error().reason, canonical.error().message});
      continue;
    }
    text = json(canonical->value).dump();
    if (!canonical->extension.empty()) {
      extensions.emplace_back(name + "_extension", json(canonical->extension).dump());
    }
  }
  std::move(extensions.begin(), extensions.end(), std::back_inserter(checked.attributes));
}

}  // namespace selfsame::schema
