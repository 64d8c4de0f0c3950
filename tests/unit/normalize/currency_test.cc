#include "server/normalize/currency.h"

#include <gtest/gtest.h>

namespace selfsame::normalize {
namespace {

std::string CurrencyOf(std::string_view value) {
  const auto currency = NormalizeCurrency(value);
  return currency.ok() ? currency->code : currency.error().reason;
}

TEST(NormalizeCurrency, TakesCodes) {
  for (const char* value : {"EUR", "eur", " Eur ", "978"}) EXPECT_EQ(CurrencyOf(value), "EUR");
}

TEST(NormalizeCurrency, TakesNamesInAnyLanguage) {
  EXPECT_EQ(CurrencyOf("US Dollar"), "USD");
  EXPECT_EQ(CurrencyOf("British pounds"), "GBP");
  EXPECT_EQ(CurrencyOf("Schweizer Franken"), "CHF");
  EXPECT_EQ(CurrencyOf("yen"), "JPY");
  EXPECT_EQ(CurrencyOf("\u0440\u043e\u0441\u0441\u0438\u0439\u0441\u043a\u0438\u0439 "
                       "\u0440\u0443\u0431\u043b\u044c"),
            "RUB");
  EXPECT_EQ(CurrencyOf("euros"), "EUR");
}

TEST(NormalizeCurrency, TakesSymbolsOfOneCurrencyOnly) {
  EXPECT_EQ(CurrencyOf("\u20ac"), "EUR");
  EXPECT_EQ(CurrencyOf("\u00a3"), "GBP");
  EXPECT_EQ(CurrencyOf("US$"), "USD");
  EXPECT_EQ(CurrencyOf("CA$"), "CAD");
  EXPECT_EQ(CurrencyOf("R$"), "BRL");
  for (const char* value : {"$", "\u00a5", "kr", "dollar", "Pesos", "franc"}) {
    EXPECT_EQ(CurrencyOf(value), "CURRENCY_AMBIGUOUS") << value;
  }
}

// Whatever the installed list of current codes still has.
TEST(NormalizeCurrency, RefusesWithdrawnCurrencies) {
  for (const char* value : {"HRK", "hrk", "Croatian Kuna", "191", "DEM", "CUC", "SLL", "ZWL", "VEF",
                            "LTL", "STD", "MRO", "BYR", "ANG"}) {
    EXPECT_EQ(CurrencyOf(value), "CURRENCY_UNKNOWN") << value;
  }
  for (const char* value : {"SLE", "ZWG", "XCG", "VES", "STN", "MRU", "BYN", "EUR"}) {
    EXPECT_EQ(CurrencyOf(value), value);
  }
}

TEST(NormalizeCurrency, RefusesTheRest) {
  for (const char* value : {"", "DEM", "QQQ", "shells", "\xff", "000", "#"}) {
    EXPECT_EQ(CurrencyOf(value), "CURRENCY_UNKNOWN") << value;
  }
}

}  // namespace
}  // namespace selfsame::normalize
