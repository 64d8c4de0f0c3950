// What a profile's two JSON columns hold comes back as it was: the next fold goes by it.
#include "storage/attributes_json.h"

#include <gtest/gtest.h>

namespace selfsame::storage {
namespace {

using identity::Claim;
using identity::ClaimOperation;
using identity::Folded;

Claim ClaimOf(std::string value, ClaimOperation operation) {
  Claim claim{.trust_priority = 3,
              .event_time = TimeUs{1'700'000'000'000'000},
              .source = SourceId{7},
              .key = "k\"1",
              .record_id = {},
              .value = std::move(value),
              .operation = operation,
              .schema = SchemaId{4}};
  claim.record_id.bytes[0] = 9;
  return claim;
}

TEST(AttributesJsonTest, WhatIsWrittenComesBack) {
  const Claim set = ClaimOf(R"("York")", ClaimOperation::kSet);
  const Claim unset = ClaimOf("null", ClaimOperation::kUnset);
  const Claim base = ClaimOf(R"("12")", ClaimOperation::kSet);
  const Claim added = ClaimOf("17.5", ClaimOperation::kAdd);
  identity::Additions additions{.base = base, .sum = {}};
  additions.sum.Add("5.5");
  const identity::Attributes attributes = {
      {"city", {.claim = set}},
      {"gone",
       {.claim = unset, .is_composite = true, .additions = identity::Additions{.base = unset}}},
      {"points", {.claim = added, .is_composite = true, .additions = additions}},
      {"visits", {.claim = added, .is_composite = true, .additions = identity::Additions{}}}};
  const auto back = ParseAttributes(AttributesJson(attributes), ProvenanceJson(attributes));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, attributes);
}

TEST(AttributesJsonTest, WhatDoesNotBelongTogetherIsMalformed) {
  constexpr const char* kEntry =
      R"("p":1,"t":1,"s":1,"k":"k","r":"00000000-0000-0000-0000-000000000000")";
  const auto parse = [&](const std::string& more) {
    const std::string provenance = "{\"n\":{" + std::string(kEntry) + more + "}}";
    return ParseAttributes(R"({"n":1})", provenance).ok();
  };
  EXPECT_TRUE(parse(""));
  EXPECT_TRUE(parse(R"(,"a":{"n":"-5"})"));
  for (const char* wrong : {R"(,"a":5)", R"(,"a":{})", R"(,"a":{"n":5})", R"(,"a":{"n":"x"})",
                            R"(,"a":{"n":"5","b":{}})"}) {
    EXPECT_FALSE(parse(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace selfsame::storage
