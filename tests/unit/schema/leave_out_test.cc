// Leaving out invalid optional fields: by example, and random payloads against a plain model.
#include "server/schema/leave_out.h"

#include <gmock/gmock.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "server/schema/json_payload.h"
#include "tests/support/seed.h"
#include "tests/unit/schema/compile.h"

namespace selfsame::test {
namespace {

using nlohmann::json;
using schema::CheckedPayload;
using schema::CheckPayload;
using schema::CompiledSchema;
using schema::Customs;
using schema::Encoding;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

constexpr const char* kPii = "class: DATA_CLASS_PII ";

std::string Text(int number, const std::string& name, const std::string& rules) {
  return Field(number, name, "STRING", FieldOptions(kPii + rules));
}

// A shop.Order with a field of each sort. `options` are the message's own.
CompiledSchema Shop(const std::string& options) {
  return CompileOrder(
      Text(1, "id", "required: true length { max: 5 }") + Text(2, "email", "format: FORMAT_EMAIL") +
          Field(3, "age", "INT32", FieldOptions(std::string(kPii) + "range { min: 0 max: 120 }")) +
          Field(4, "tags", "STRING",
                "label: LABEL_REPEATED " + FieldOptions(std::string(kPii) + "length { max: 3 }")) +
          MessageField(5, "address", "Address", FieldOptions(kPii)) +
          Text(6, "plan", "one_of: 'free' one_of: 'paid'") +
          Text(7, "country", "format: FORMAT_COUNTRY") +
          Text(8, "phone", "format: FORMAT_PHONE country_field: 'country'") +
          Text(9, "note", "length { max: 20 }"),
      options,
      Message("Address",
              Text(1, "street", "required: true") + Text(2, "zip", "pattern: '[0-9]{5}'")));
}

const CompiledSchema& Lenient() {
  static const CompiledSchema schema = Shop("invalid_optional: INVALID_OPTIONAL_LEAVE_OUT");
  return schema;
}
const CompiledSchema& Strict() {
  static const CompiledSchema schema = Shop("");
  return schema;
}

CheckedPayload CheckJson(const CompiledSchema& schema, const std::string& payload,
                         const Customs& customs = {}) {
  return CheckPayload(schema, Encoding::kJson, payload, customs);
}

TEST(LeaveOutTest, AnInvalidOptionalFieldIsLeftOutAndTheRestIsKeptAsSent) {
  const CheckedPayload checked =
      CheckJson(Lenient(), R"({ "id":"1", "email":"nobody", "age": 1.0e1, "extra" : [ 1 ] })");
  EXPECT_THAT(Reasons(checked.violations), IsEmpty());
  EXPECT_THAT(Reasons(checked.left_out), ElementsAre("payload.email EMAIL_INVALID"));
  EXPECT_EQ(checked.remaining, R"({"id":"1","age":1.0e1,"extra":[ 1 ]})");
  EXPECT_EQ(checked.drift.size(), 1u);
}

TEST(LeaveOutTest, NothingIsLeftOutUnlessSchemaOrSourceSaySo) {
  const std::string payload = R"({"id":"1","email":"nobody"})";
  const CheckedPayload strict = CheckJson(Strict(), payload);
  EXPECT_THAT(Reasons(strict.violations), ElementsAre("payload.email EMAIL_INVALID"));
  EXPECT_THAT(strict.left_out, IsEmpty());
  EXPECT_THAT(Reasons(CheckJson(Strict(), payload, {.leaves_out = true}).left_out),
              ElementsAre("payload.email EMAIL_INVALID"));
}

TEST(LeaveOutTest, AValidPayloadIsUntouched) {
  const CheckedPayload checked = CheckJson(Lenient(), R"({"id":"1","email":"a@b.example"})");
  EXPECT_THAT(checked.violations, IsEmpty());
  EXPECT_THAT(checked.left_out, IsEmpty());
  EXPECT_EQ(checked.remaining, "");
}

TEST(LeaveOutTest, ARequiredFieldIsNeverLeftOut) {
  EXPECT_THAT(Reasons(CheckJson(Lenient(), R"({"id":"123456","email":"nobody"})").violations),
              ElementsAre("payload.id TOO_LONG", "payload.email EMAIL_INVALID"));
  EXPECT_THAT(Reasons(CheckJson(Lenient(), R"({"email":"nobody"})").violations),
              ElementsAre("payload.id FIELD_REQUIRED", "payload.email EMAIL_INVALID"));
}

TEST(LeaveOutTest, AMessageWithoutARequiredFieldIsLeftOutWhole) {
  const CheckedPayload checked = CheckJson(Lenient(), R"({"id":"1","address":{"zip":"12345"}})");
  EXPECT_THAT(Reasons(checked.left_out), ElementsAre("payload.address FIELD_REQUIRED"));
  EXPECT_EQ(checked.left_out[0].message, "street must be set");
  EXPECT_EQ(checked.remaining, R"({"id":"1"})");
}

TEST(LeaveOutTest, AListWithAnInvalidItemIsLeftOutWhole) {
  const CheckedPayload checked = CheckJson(Lenient(), R"({"id":"1","tags":["ok","too long"]})");
  EXPECT_THAT(Reasons(checked.left_out), ElementsAre("payload.tags TOO_LONG"));
  EXPECT_THAT(checked.left_out[0].message, HasSubstr("item [1]"));
  EXPECT_EQ(checked.remaining, R"({"id":"1"})");
}

TEST(LeaveOutTest, EveryMemberThatNamesTheFieldGoes) {
  const CheckedPayload checked =
      CheckJson(Lenient(), R"({"email":"a@b.example","id":"1","\u0065mail":"nobody"})");
  EXPECT_THAT(Reasons(checked.left_out), ElementsAre("payload.email EMAIL_INVALID"));
  EXPECT_EQ(checked.remaining, R"({"id":"1"})");
}

TEST(LeaveOutTest, ANumberIsNotReadInAnotherCountryThanTheOneThatWasLeftOut) {
  const Customs customs{.phone_region = "DE"};
  EXPECT_THAT(
      Reasons(CheckJson(Lenient(), R"({"id":"1","country":"Narnia","phone":"030 901820"})", customs)
                  .left_out),
      ElementsAre("payload.country COUNTRY_UNKNOWN", "payload.phone PHONE_REGION_UNKNOWN"));
  EXPECT_THAT(Reasons(CheckJson(Lenient(),
                                R"({"id":"1","country":"Narnia","phone":"+49 30 901820"})", customs)
                          .left_out),
              ElementsAre("payload.country COUNTRY_UNKNOWN"));
}

TEST(LeaveOutTest, WhatTheUnknownPolicyRefusesIsNotLeftOut) {
  const CompiledSchema schema =
      Shop("invalid_optional: INVALID_OPTIONAL_LEAVE_OUT unknown: UNKNOWN_POLICY_QUARANTINE");
  EXPECT_THAT(Reasons(CheckJson(schema, R"({"id":"1","email":"nobody","extra":1})").violations),
              ElementsAre("payload.email EMAIL_INVALID", "payload.extra UNKNOWN_FIELD"));
}

TEST(LeaveOutTest, ARuleAcrossFieldsHoldsForWhatIsLeft) {
  const std::string leave_out = "invalid_optional: INVALID_OPTIONAL_LEAVE_OUT ";
  const CompiledSchema together =
      Shop(leave_out + "rules { all_or_none_of { fields: 'email' fields: 'note' } }");
  EXPECT_THAT(Reasons(CheckJson(together, R"({"id":"1","email":"nobody","note":"x"})").violations),
              ElementsAre("payload.email EMAIL_INVALID", "payload ALL_OR_NONE_REQUIRED"));
  EXPECT_THAT(Reasons(CheckJson(together, R"({"id":"1","email":"nobody","note":")" +
                                              std::string(21, 'x') + R"("})")
                          .left_out),
              ElementsAre("payload.email EMAIL_INVALID", "payload.note TOO_LONG"));
  const CompiledSchema required =
      Shop(leave_out + "rules { required_when { field: 'email' when: 'plan' equals: 'paid' } }");
  EXPECT_THAT(
      Reasons(CheckJson(required, R"({"id":"1","email":"nobody","plan":"paid"})").violations),
      ElementsAre("payload.email EMAIL_INVALID", "payload.email FIELD_REQUIRED"));
  EXPECT_THAT(Reasons(CheckJson(required, R"({"id":"1","email":"nobody","plan":"free"})").left_out),
              ElementsAre("payload.email EMAIL_INVALID"));
}

TEST(LeaveOutTest, TooManyFieldsAreNotLeftOut) {
  std::string fields = Text(1, "id", "required: true");
  json payload = {{"id", "1"}};
  const auto count = static_cast<int>(schema::kLeftOutMax) + 1;
  for (int i = 0; i < count; ++i) {
    fields += Text(i + 2, "f" + std::to_string(i), "length { max: 1 }");
    payload["f" + std::to_string(i)] = "long";
  }
  const CompiledSchema schema =
      CompileOrder(fields, "invalid_optional: INVALID_OPTIONAL_LEAVE_OUT");
  EXPECT_EQ(CheckJson(schema, payload.dump()).violations.size(), schema::kLeftOutMax + 1);
  payload.erase("f0");
  EXPECT_EQ(CheckJson(schema, payload.dump()).left_out.size(), schema::kLeftOutMax);
}

// A payload, what is to be stored of it, and which fields are to be left out.
struct Case {
  json sent = json::object();
  json stored = json::object();
  std::vector<std::string> left_out;
  bool is_quarantined = false;
};

class Cases {
 public:
  explicit Cases(std::uint64_t seed) : random_(seed) {}

  Case Next() {
    Case one;
    one.sent["id"] = Chance(9) ? "ok" : "too long";
    one.is_quarantined = one.sent["id"] != "ok";
    one.stored["id"] = one.sent["id"];
    Maybe(one, "email", "a@b.example", "nobody");
    Maybe(one, "age", 30, 500);
    Maybe(one, "plan", "free", "gold");
    Maybe(one, "note", "short", std::string(30, 'x'));
    Maybe(one, "tags", json::array({"a", "b"}), json::array({"a", "long"}));
    if (Chance(5)) AddAddress(one);
    return one;
  }

 private:
  // `of_ten` times of ten.
  bool Chance(int of_ten) { return std::uniform_int_distribution<int>(0, 9)(random_) < of_ten; }

  void Maybe(Case& one, const std::string& name, const json& valid, const json& invalid) {
    if (Chance(3)) return;
    const bool is_valid = Chance(6);
    one.sent[name] = is_valid ? valid : invalid;
    if (is_valid) {
      one.stored[name] = valid;
    } else {
      one.left_out.push_back("payload." + name);
    }
  }

  void AddAddress(Case& one) {
    json address = json::object();
    if (Chance(8)) address["street"] = "Main Street 1";
    address["zip"] = Chance(5) ? "12345" : "no";
    one.sent["address"] = address;
    // Without what it requires it goes whole.
    if (!address.contains("street")) return one.left_out.push_back("payload.address");
    if (address["zip"] == "no") {
      one.left_out.push_back("payload.address.zip");
      address.erase("zip");
    }
    one.stored["address"] = address;
  }

  std::mt19937_64 random_;
};

std::string ProtobufOf(const CompiledSchema& schema, const json& payload) {
  const CompiledSchema::Scratch scratch = schema.Borrow();
  schema::Validation validation;
  schema::ParseJsonPayload(payload.dump(), *scratch, &validation);
  return (*scratch).SerializeAsString();
}

TEST(LeaveOutTest, WhatIsStoredIsThePayloadWithoutItsInvalidFields) {
  const std::uint64_t seed = Seed();
  Cases cases(seed);
  for (int i = 0; i < 1'000; ++i) {
    const Case one = cases.Next();
    for (const Encoding encoding : {Encoding::kJson, Encoding::kProtobuf}) {
      const std::string sent =
          encoding == Encoding::kJson ? one.sent.dump() : ProtobufOf(Lenient(), one.sent);
      const CheckedPayload checked = CheckPayload(Lenient(), encoding, sent, {});
      SCOPED_TRACE(one.sent.dump());
      ASSERT_EQ(!checked.violations.empty(), one.is_quarantined);
      if (one.is_quarantined) continue;
      std::vector<std::string> left_out;
      for (const Violation& field : checked.left_out) left_out.push_back(field.field);
      ASSERT_THAT(left_out, UnorderedElementsAreArray(one.left_out));
      const std::string& stored = one.left_out.empty() ? sent : checked.remaining;
      const auto read = schema::PayloadJson(Lenient(), encoding, stored);
      ASSERT_TRUE(read.ok());
      ASSERT_EQ(json::parse(*read), one.stored);
      // What is stored follows its schema by itself.
      ASSERT_THAT(CheckPayload(Strict(), encoding, stored, {}).violations, IsEmpty());
    }
  }
}

}  // namespace
}  // namespace selfsame::test
