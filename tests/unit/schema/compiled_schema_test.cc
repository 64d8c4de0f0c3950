// Messages that are lent to decode into.
#include "server/schema/compiled_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/schema/compile.h"
#include "tests/unit/schema/orders.h"

namespace selfsame::schema {
namespace {

using shop::v1::Customer;
using shop::v1::Order;
using test::Generated;
using test::GoodOrder;
using test::ReasonsOfJson;
using test::Registered;

TEST(CompiledSchemaTest, ABorrowedMessageIsAlwaysClear) {
  const auto& schema = Registered<Order>();
  for (int i = 0; i < 3; ++i) {
    const auto scratch = schema.Borrow();
    EXPECT_EQ((*scratch).ByteSizeLong(), 0u);
    ASSERT_TRUE((*scratch).ParseFromString(GoodOrder().SerializeAsString()));
  }
}

TEST(CompiledSchemaTest, AMessageIsLentToOneAtATime) {
  const auto& schema = Registered<Order>();
  const auto first = schema.Borrow();
  const auto second = schema.Borrow();
  EXPECT_NE(&*first, &*second);
}

TEST(CompiledSchemaTest, WhatOneHasDecodedTheNextDoesNotSee) {
  const auto& schema = Registered<Customer>();
  EXPECT_THAT(ReasonsOfJson(schema, R"({"email":"nobody","zz":1})"), testing::SizeIs(2));
  const auto checked = CheckPayload(schema, Encoding::kJson, "{}", {});
  EXPECT_TRUE(checked.violations.empty() && checked.attributes.empty() && checked.drift.empty());
}

TEST(CompiledSchemaTest, ManyThreadsMayCheckAtOnce) {
  const auto& schema = Registered<Order>();
  const std::string bytes = GoodOrder().SerializeAsString();
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        EXPECT_TRUE(CheckPayload(schema, Encoding::kProtobuf, bytes, {}).violations.empty());
        EXPECT_FALSE(
            CheckPayload(schema, Encoding::kJson, "{\"total\":\"x\"}", {}).violations.empty());
      }
    });
  }
}

TEST(CompiledSchemaTest, ItsKindSaysWhatItsRecordsAre) {
  EXPECT_EQ(Generated<Order>().use(), Use::kEvent);
  EXPECT_EQ(Registered<Customer>().use(), Use::kProfile);
}

}  // namespace
}  // namespace selfsame::schema
