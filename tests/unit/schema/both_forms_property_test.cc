// Any message says the same in protobuf and in JSON; and what is in canonical form stays as it is.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "server/schema/validate.h"
#include "tests/support/seed.h"
#include "tests/unit/schema/compile.h"
#include "tests/unit/schema/orders.h"
#include "tests/unit/schema/random_message.h"

namespace selfsame::schema {
namespace {

using google::protobuf::Message;
using shop::v1::Customer;
using shop::v1::Order;
using test::FillAtRandom;
using test::Generated;
using test::Reasons;
using test::Registered;
using test::Seed;

constexpr int kRounds = 3'000;

const Vocabularies& ThePlans() {
  static const Vocabularies vocabularies = [] {
    auto plans = normalize::Vocabulary::Make(
        std::vector<normalize::VocabularyTerm>{{"gold", {"premium", "Gold plan"}}, {"free", {}}});
    SELFSAME_CHECK(plans.ok());
    return Vocabularies{
        {"plans", std::make_shared<const normalize::Vocabulary>(std::move(*plans))}};
  }();
  return vocabularies;
}

CheckedPayload Check(const CompiledSchema& schema, Encoding encoding, const std::string& payload) {
  return CheckPayload(schema, encoding, payload,
                      {.phone_region = "GB", .vocabularies = &ThePlans()});
}

std::string JsonOf(const Message& message) {
  std::string json;
  SELFSAME_CHECK(google::protobuf::util::MessageToJsonString(message, &json).ok());
  return json;
}

// Entries of a map come in any order.
std::vector<std::string> Sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

std::vector<std::string> DriftPaths(const CheckedPayload& checked) {
  std::vector<std::string> paths;
  for (const Drift& drift : checked.drift) paths.push_back(drift.path);
  return Sorted(std::move(paths));
}

void ExpectSame(const CheckedPayload& bytes, const CheckedPayload& json, const std::string& text) {
  EXPECT_EQ(Sorted(Reasons(bytes.violations)), Sorted(Reasons(json.violations))) << text;
  EXPECT_EQ(bytes.attributes, json.attributes) << text;
  EXPECT_EQ(bytes.normalized, json.normalized) << text;
  EXPECT_EQ(bytes.filled, json.filled) << text;
  EXPECT_EQ(DriftPaths(bytes), DriftPaths(json)) << text;
}

template <typename Type>
Type Start(std::mt19937_64& random) {
  if constexpr (std::is_same_v<Type, Order>) {
    if (random() % 2 == 0) return test::GoodOrder();
  }
  return {};
}

template <typename Type>
int CompareForms(std::mt19937_64& random) {
  int valid = 0;
  for (int round = 0; round < kRounds; ++round) {
    Type message = Start<Type>(random);
    FillAtRandom(random, &message);
    const std::string json = JsonOf(message);
    const auto from_bytes =
        Check(Registered<Type>(), Encoding::kProtobuf, message.SerializeAsString());
    ExpectSame(from_bytes, Check(Registered<Type>(), Encoding::kJson, json), json);
    ExpectSame(from_bytes, Check(Generated<Type>(), Encoding::kJson, json), json);
    // Field by field.
    std::string with_more = json;
    with_more.insert(1, with_more == "{}" ? "\"zz\":1" : "\"zz\":1,");
    auto one_by_one = Check(Registered<Type>(), Encoding::kJson, with_more);
    std::erase_if(one_by_one.drift, [](const Drift& drift) { return drift.path == "payload.zz"; });
    std::erase_if(one_by_one.violations,
                  [](const Violation& v) { return v.field == "payload.zz"; });
    EXPECT_EQ(Sorted(Reasons(from_bytes.violations)), Sorted(Reasons(one_by_one.violations)))
        << json;
    EXPECT_EQ(DriftPaths(from_bytes), DriftPaths(one_by_one)) << json;
    valid += from_bytes.violations.empty();
    if (testing::Test::HasFailure()) break;
  }
  return valid;
}

TEST(BothFormsProperty, EventsSayTheSame) {
  std::mt19937_64 random(Seed());
  EXPECT_GT(CompareForms<Order>(random), kRounds / 20);
}

TEST(BothFormsProperty, ProfilesSayTheSame) {
  std::mt19937_64 random(Seed());
  EXPECT_GT(CompareForms<Customer>(random), kRounds / 20);
}

// The attributes of a profile, as JSON again.
std::string PayloadOf(const CheckedPayload& checked) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [name, value] : checked.attributes) {
    object[name] = nlohmann::json::parse(value);
  }
  return object.dump();
}

TEST(BothFormsProperty, NormalizingTwiceChangesNothing) {
  std::mt19937_64 random(Seed());
  int changed = 0;
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    Customer customer;
    FillAtRandom(random, &customer);
    const auto once =
        Check(Registered<Customer>(), Encoding::kProtobuf, customer.SerializeAsString());
    if (!once.violations.empty()) continue;
    const std::string canonical = PayloadOf(once);
    const auto twice = Check(Registered<Customer>(), Encoding::kJson, canonical);
    EXPECT_EQ(Reasons(twice.violations), std::vector<std::string>{}) << canonical;
    EXPECT_EQ(PayloadOf(twice), canonical);
    changed += canonical != nlohmann::json::parse(JsonOf(customer)).dump();
  }
  EXPECT_GT(changed, kRounds / 20);
}

}  // namespace
}  // namespace selfsame::schema
