#include "server/normalize/iso_codes.h"

#include <unicode/uloc.h>

#include <fstream>

namespace selfsame::normalize {
namespace {

constexpr const char* kFolder = "/usr/share/iso-codes/json/";

}  // namespace

Result<nlohmann::json> ReadIsoCodes(std::string_view standard) {
  std::ifstream file(std::string(kFolder) + "iso_" + std::string(standard) + ".json");
  nlohmann::json all = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  const auto list = all.is_object() ? all.find(std::string(standard)) : all.end();
  if (!all.is_object() || list == all.end() || !list->is_array() || list->empty()) {
    return Error{
        .code = ErrorCode::kFailedPrecondition,
        .reason = "ISO_CODES_MISSING",
        .message = "cannot read ISO " + std::string(standard) + ": install the package iso-codes"};
  }
  return nlohmann::json(std::move(*list));
}

std::string TextOf(const nlohmann::json& entry, const char* field) {
  const auto found = entry.find(field);
  return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const std::vector<std::string>& NamingLocales() {
  static const std::vector<std::string> locales = [] {
    std::vector<std::string> all = {"en",    "en_GB", "en_AU", "de_AT", "de_CH",     "es_419",
                                    "es_MX", "fr_CA", "fr_CH", "pt_PT", "zh_Hant_HK"};
    for (int32_t i = 0; i < uloc_countAvailable(); ++i) {
      const std::string locale = uloc_getAvailable(i);
      char region[ULOC_COUNTRY_CAPACITY] = "";
      UErrorCode failed = U_ZERO_ERROR;
      uloc_getCountry(locale.c_str(), region, sizeof(region), &failed);
      if (U_SUCCESS(failed) && region[0] == 0 && locale != "en") all.push_back(locale);
    }
    return all;
  }();
  return locales;
}

}  // namespace selfsame::normalize
