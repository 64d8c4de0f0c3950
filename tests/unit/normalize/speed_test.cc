// Prints what a call costs. Asserts no time: the machine may be shared.
#include <gtest/gtest.h>

#include "server/normalize/date.h"
#include "server/normalize/email.h"
#include "server/normalize/phone.h"
#include "tests/unit/normalize/vectors.h"

namespace selfsame::normalize {
namespace {

template <typename Call>
void Measure(const std::string& name, Call call) {
  int ok = 0;
  test::PrintTime(name, [&] { ok += call().ok() ? 1 : 0; });
  EXPECT_GT(ok, 0) << name;
}

TEST(NormalizerSpeed, IsPrinted) {
  Measure("phone international", [] { return NormalizePhone("+44 20 7946 0958"); });
  Measure("phone national", [] {
    return NormalizePhone("(201) 555-0123", {.default_region = "US"});
  });
  Measure("e-mail", [] { return NormalizeEmail(" Jane.Doe+news@GMail.com"); });
  Measure("date", [] { return NormalizeDate("2020-04-03"); });
  Measure("date-time", [] { return NormalizeDateTime("1990-12-31T15:59:50.123-08:00"); });
  Measure("e-mail, IDN", [] { return NormalizeEmail("info@B\u00fccher.example"); });
}

}  // namespace
}  // namespace selfsame::normalize
