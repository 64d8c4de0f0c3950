// What the retail file itself says, read on its own: the test's yardstick for what the server made
// of it.
#ifndef SELFSAME_TESTS_E2E_RETAIL_RETAIL_TRUTH_H_
#define SELFSAME_TESTS_E2E_RETAIL_RETAIL_TRUTH_H_

#include <cstdint>
#include <functional>
#include <string>

namespace selfsame::test {

struct RetailTruth {
  std::int64_t rows = 0;
  std::int64_t customers = 0;          // Distinct CustomerID.
  std::int64_t orphaned_invoices = 0;  // Distinct InvoiceNo among rows without CustomerID.
};

struct OrderLine {
  std::string invoice;
  std::string customer;     // Empty: unknown.
  std::string description;  // Empty: none.
  std::string time;         // As YYYY-MM-DDTHH:MM:SS.
  std::int64_t quantity = 0;
  double unit_price = 0;
  std::string country;
  std::string whole;  // All columns.
};

// Calls `visit` with every line of the .csv.xz at `path`, in order; ends the process where it is
// not as expected.
void ForEachOrderLine(const std::string& path, const std::function<void(const OrderLine&)>& visit);

// Reads the .csv.xz at `path`; ends the process where it is not as expected.
RetailTruth ReadRetailTruth(const std::string& path);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_RETAIL_RETAIL_TRUTH_H_
