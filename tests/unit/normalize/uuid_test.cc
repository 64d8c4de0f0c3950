#include "server/normalize/uuid.h"

#include <gtest/gtest.h>

#include "tests/support/data_dir.h"
#include "tests/unit/normalize/vectors.h"

namespace selfsame::normalize {
namespace {

using test::NormalizerVectors;

TEST(NormalizeUuid, HasOneForm) {
  for (const char* value :
       {"2EB8AA08-AA98-11EA-B4AA-73B441D16380", "{2eb8aa08-aa98-11ea-b4aa-73b441d16380}",
        "urn:uuid:2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2eb8aa08aa9811eab4aa73b441d16380",
        " 2eb8aa08-aa98-11ea-b4aa-73b441d16380\n"}) {
    EXPECT_EQ(*NormalizeUuid(value), "2eb8aa08-aa98-11ea-b4aa-73b441d16380") << value;
  }
}

TEST(NormalizeUuid, RefusesWhatIsNone) {
  for (const char* value : {"", "1", "2eb8-aa08-aa98-11ea-b4aa73b44-1d16380", "{}", "urn:uuid:"}) {
    EXPECT_EQ(NormalizeUuid(value).error().reason, "UUID_INVALID") << value;
  }
}

TEST_F(NormalizerVectors, JsonSchemaUuidAgreesButForTheStatedPolicy) {
  const auto path = selfsame::test::DataFile("vectors/date/jsts_uuid.json");
  if (!path) GTEST_SKIP() << "no vectors/date";
  test::Tally tally("format uuid");
  for (const auto& test : test::ReadFormatCases(*path)) {
    tally.Count(NormalizeUuid(test.data).ok() == test.valid, test.data);
  }
  tally.ExpectExceptions({
      {"other writings of the same bytes",
       {"2eb8aa08aa9811eab4aa73b441d16380", "urn:uuid:2eb8aa08-aa98-11ea-b4aa-73b441d16380"}},
      {"with white space, which is cut off", {"2eb8aa08-aa98-11ea-b4aa-73b441d16380\n"}},
  });
}

}  // namespace
}  // namespace selfsame::normalize
