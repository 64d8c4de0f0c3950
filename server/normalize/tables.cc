#include "server/normalize/tables.h"

#include "server/normalize/country.h"
#include "server/normalize/currency.h"
#include "server/normalize/language.h"

namespace selfsame::normalize {

Status BuildTables() {
  SELFSAME_RETURN_IF_ERROR(NormalizeCountry("DE"));
  SELFSAME_RETURN_IF_ERROR(NormalizeCurrency("EUR"));
  SELFSAME_RETURN_IF_ERROR(NormalizeLanguage("de"));
  return {};
}

}  // namespace selfsame::normalize
