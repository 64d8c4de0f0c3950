// What the retail file itself says, read on its own: the test's yardstick for what the server made of it.
#ifndef SELFSAME_TESTS_E2E_RETAIL_RETAIL_TRUTH_H_
#define SELFSAME_TESTS_E2E_RETAIL_RETAIL_TRUTH_H_

#include <cstdint>
#include <string>

namespace selfsame::test {

struct RetailTruth {
  std::int64_t rows = 0;
  std::int64_t customers = 0;            // Distinct CustomerID.
  std::int64_t orphaned_invoices = 0;    // Distinct InvoiceNo among rows without CustomerID.
};

// Reads the .csv.xz at `path`; ends the process where it is not as expected.
RetailTruth ReadRetailTruth(const std::string& path);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_RETAIL_RETAIL_TRUTH_H_
