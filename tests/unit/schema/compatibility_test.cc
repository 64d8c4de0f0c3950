#include "server/schema/compatibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/schema/schema_text.h"

namespace selfsame::schema {
namespace {

using test::CountsMap;
using test::Enum;
using test::EnumField;
using test::Field;
using test::Message;
using test::MessageField;
using test::ReservedName;
using test::ReservedNumbers;
using test::SchemaFile;
using test::Value;
using testing::ElementsAre;
using testing::IsEmpty;

// Each break in short: "RULE path: was -> is".
std::vector<std::string> Told(const SchemaFile& was, const SchemaFile& is) {
  std::vector<std::string> told;
  for (const Break& one : FindBreaks(was.Find("Order"), is.Find("Order"))) {
    EXPECT_FALSE(one.message.empty());
    told.push_back(one.rule + " " + one.path + ": " + one.was + " -> " + one.is);
  }
  return told;
}

// Files that hold a message Order with these parts, and whatever else.
std::vector<std::string> Orders(const std::string& was, const std::string& is,
                                const std::string& else_was = "", const std::string& else_is = "",
                                std::string_view syntax = "proto3") {
  return Told(SchemaFile(Message("Order", was) + else_was, syntax),
              SchemaFile(Message("Order", is) + else_is, syntax));
}

std::vector<std::string> Proto2Orders(const std::string& was, const std::string& is) {
  return Orders(was, is, "", "", "proto2");
}

std::vector<std::string> Enums(const std::string& was, const std::string& is) {
  const std::string field = EnumField(1, "status", "Status");
  return Orders(field, field, Enum("Status", Value(0, "NONE") + was),
                Enum("Status", Value(0, "NONE") + is));
}

TEST(Compatibility, AddingAndReorderingIsFree) {
  const std::string id = Field(1, "id", "INT64");
  const std::string note = Field(2, "note", "STRING");
  EXPECT_THAT(Orders(id, id), IsEmpty());
  EXPECT_THAT(Orders(id, id + note), IsEmpty());
  EXPECT_THAT(Orders(id + note, note + id), IsEmpty());
  EXPECT_THAT(Enums(Value(1, "OPEN"), Value(1, "OPEN") + Value(2, "PAID")), IsEmpty());
}

TEST(Compatibility, DeletedFieldMustReserveNumberAndName) {
  const std::string id = Field(1, "id", "INT64");
  const std::string was = id + Field(2, "total", "DOUBLE");
  const std::string number = ReservedNumbers(2, 3);
  const std::string name = ReservedName("total");
  EXPECT_THAT(Orders(was, id), ElementsAre("FIELD_DELETE_RESERVES_NAME shop.Order.total: total -> ",
                                           "FIELD_DELETE_RESERVES_NUMBER shop.Order.total: 2 -> "));
  EXPECT_THAT(Orders(was, id + number),
              ElementsAre("FIELD_DELETE_RESERVES_NAME shop.Order.total: total -> "));
  EXPECT_THAT(Orders(was, id + name),
              ElementsAre("FIELD_DELETE_RESERVES_NUMBER shop.Order.total: 2 -> "));
  EXPECT_THAT(Orders(was, id + number + name), IsEmpty());
}

TEST(Compatibility, FieldKeepsItsNames) {
  EXPECT_THAT(Orders(Field(1, "note", "STRING"), Field(1, "remark", "STRING")),
              ElementsAre("FIELD_SAME_JSON_NAME shop.Order.note: note -> remark",
                          "FIELD_SAME_NAME shop.Order.note: note -> remark"));
  EXPECT_THAT(Orders(Field(1, "unit_price", "DOUBLE"),
                     Field(1, "unit_price", "DOUBLE", "json_name: 'price'")),
              ElementsAre("FIELD_SAME_JSON_NAME shop.Order.unit_price: unitPrice -> price"));
  EXPECT_THAT(Orders(Field(1, "unit_price", "DOUBLE"),
                     Field(1, "unit_price", "DOUBLE", "json_name: 'unitPrice'")),
              IsEmpty());
}

TEST(Compatibility, ScalarsReplaceEachOtherWithinTheirFamilyOnly) {
  const std::vector<std::vector<std::string>> families = {{"INT32", "UINT32"},
                                                          {"INT64", "UINT64"},
                                                          {"FIXED32", "SFIXED32"},
                                                          {"FIXED64", "SFIXED64"},
                                                          {"BOOL"},
                                                          {"SINT32"},
                                                          {"SINT64"},
                                                          {"STRING"},
                                                          {"BYTES"},
                                                          {"DOUBLE"},
                                                          {"FLOAT"}};
  for (const auto& family : families) {
    for (const auto& other_family : families) {
      for (const std::string& was : family) {
        for (const std::string& is : other_family) {
          const auto told = Orders(Field(1, "a", was), Field(1, "a", is));
          EXPECT_EQ(told.empty(), family == other_family) << was << " to " << is;
        }
      }
    }
  }
  EXPECT_THAT(Orders(Field(1, "id", "INT32"), Field(1, "id", "STRING")),
              ElementsAre("FIELD_COMPATIBLE_TYPE shop.Order.id: int32 -> string"));
}

TEST(Compatibility, MessageTypesAreTheirNames) {
  const std::string sku = Field(1, "sku", "STRING");
  EXPECT_THAT(Orders(MessageField(1, "line", "Line"), MessageField(1, "line", "Item"),
                     Message("Line", sku), Message("Item", sku)),
              ElementsAre("FIELD_COMPATIBLE_TYPE shop.Order.line: shop.Line -> shop.Item"));
}

TEST(Compatibility, EnumMayMoveWithAllItsValues) {
  const std::string values = Value(0, "NONE") + Value(1, "OPEN");
  const std::string was = EnumField(1, "status", "Status");
  const std::string is = EnumField(1, "status", "Order.Status");
  const auto moved_as = [&](const std::string& name, const std::string& new_values) {
    return Orders(was, EnumField(1, "status", "Order." + name) + Enum(name, new_values),
                  Enum("Status", values));
  };
  EXPECT_THAT(moved_as("Status", values), IsEmpty());
  EXPECT_THAT(moved_as("Status", values + Value(2, "PAID")), IsEmpty());
  const std::string broken =
      "FIELD_COMPATIBLE_TYPE shop.Order.status: shop.Status -> shop.Order.Status";
  EXPECT_THAT(moved_as("Status", Value(0, "NONE")), ElementsAre(broken));
  EXPECT_THAT(moved_as("Status", Value(0, "NONE") + Value(2, "OPEN")), ElementsAre(broken));
  EXPECT_THAT(moved_as("State", values),
              ElementsAre("FIELD_COMPATIBLE_TYPE shop.Order.status: shop.Status -> "
                          "shop.Order.State"));
}

TEST(Compatibility, SingleValuesListsAndMapsDiffer) {
  const std::string one = Field(7, "counts", "INT32");
  const std::string list = Field(7, "counts", "INT32", "label: LABEL_REPEATED");
  EXPECT_THAT(Orders(one, list),
              ElementsAre("FIELD_COMPATIBLE_CARDINALITY shop.Order.counts: singular -> repeated"));
  EXPECT_THAT(Orders(list, CountsMap("Order", "INT32")),
              ElementsAre("FIELD_COMPATIBLE_CARDINALITY shop.Order.counts: repeated -> map",
                          "FIELD_COMPATIBLE_TYPE shop.Order.counts: int32 -> map<string, int32>"));
}

TEST(Compatibility, PresenceIsFree) {
  const std::string implicit = Field(1, "count", "INT32");
  const std::string optional = Field(1, "count", "INT32", "proto3_optional: true oneof_index: 0") +
                               "oneof_decl { name: '_count' } ";
  EXPECT_THAT(Orders(implicit, optional), IsEmpty());
  EXPECT_THAT(Orders(optional, implicit), IsEmpty());
}

TEST(Compatibility, FieldStaysInItsOneof) {
  const std::string outside = Field(1, "card", "STRING");
  const std::string inside = Field(1, "card", "STRING", "oneof_index: 0");
  const std::string payment = inside + "oneof_decl { name: 'payment' } ";
  EXPECT_THAT(Orders(outside, payment),
              ElementsAre("FIELD_SAME_ONEOF shop.Order.card:  -> payment"));
  EXPECT_THAT(Orders(payment, outside),
              ElementsAre("FIELD_SAME_ONEOF shop.Order.card: payment -> "));
  EXPECT_THAT(Orders(payment, inside + "oneof_decl { name: 'paid_by' } "),
              ElementsAre("FIELD_SAME_ONEOF shop.Order.card: payment -> paid_by"));
  EXPECT_THAT(Orders(payment, payment + Field(2, "iban", "STRING", "oneof_index: 0")), IsEmpty());
}

TEST(Compatibility, MapIsNamedAfterItsField) {
  EXPECT_THAT(Orders(CountsMap("Order", "INT32"), CountsMap("Order", "UINT32")), IsEmpty());
  EXPECT_THAT(Orders(CountsMap("Order", "INT32"), CountsMap("Order", "STRING")),
              ElementsAre("FIELD_COMPATIBLE_TYPE shop.Order.counts.value: int32 -> string"));
}

TEST(Compatibility, ReservedStaysReserved) {
  const std::string id = Field(1, "id", "INT64");
  EXPECT_THAT(Orders(id + ReservedNumbers(2, 10) + ReservedName("note"),
                     id + ReservedNumbers(6, 7) + ReservedNumbers(3, 5)),
              ElementsAre("MESSAGE_KEEPS_RESERVED shop.Order: 2 -> ",
                          "MESSAGE_KEEPS_RESERVED shop.Order: 5 -> ",
                          "MESSAGE_KEEPS_RESERVED shop.Order: 7 to 9 -> ",
                          "MESSAGE_KEEPS_RESERVED shop.Order: note -> "));
  EXPECT_THAT(
      Orders(id + ReservedNumbers(2, 10), id + ReservedNumbers(5, 20) + ReservedNumbers(2, 5)),
      IsEmpty());
}

TEST(Compatibility, ReservedToTheLastNumber) {
  const std::string id = Field(1, "id", "INT64");
  EXPECT_THAT(Orders(id + ReservedNumbers(100, 536870912), id + ReservedNumbers(100, 536870911)),
              ElementsAre("MESSAGE_KEEPS_RESERVED shop.Order: 536870911 -> "));
  // An enum's ranges include their end.
  EXPECT_THAT(Enums(ReservedNumbers(-2147483648, -1) + ReservedNumbers(2, 2147483647),
                    ReservedNumbers(-2147483647, -1) + ReservedNumbers(2, 2147483646)),
              ElementsAre("ENUM_KEEPS_RESERVED shop.Status: -2147483648 -> ",
                          "ENUM_KEEPS_RESERVED shop.Status: 2147483647 -> "));
}

TEST(Compatibility, DeletedEnumValueMustReserveNumberAndName) {
  const std::string was = Value(1, "OPEN");
  const std::string number = ReservedNumbers(1, 1);
  const std::string name = ReservedName("OPEN");
  EXPECT_THAT(Enums(was, ""),
              ElementsAre("ENUM_VALUE_DELETE_RESERVES_NAME shop.Status.OPEN: OPEN -> ",
                          "ENUM_VALUE_DELETE_RESERVES_NUMBER shop.Status.OPEN: 1 -> "));
  EXPECT_THAT(Enums(was, number),
              ElementsAre("ENUM_VALUE_DELETE_RESERVES_NAME shop.Status.OPEN: OPEN -> "));
  EXPECT_THAT(Enums(was, name),
              ElementsAre("ENUM_VALUE_DELETE_RESERVES_NUMBER shop.Status.OPEN: 1 -> "));
  EXPECT_THAT(Enums(was, number + name), IsEmpty());
}

TEST(Compatibility, EnumValueKeepsItsNames) {
  const std::string aliases = "options { allow_alias: true } ";
  EXPECT_THAT(Enums(Value(1, "OPEN"), Value(1, "OPENED")),
              ElementsAre("ENUM_VALUE_SAME_NAME shop.Status.OPEN: OPEN -> OPENED"));
  EXPECT_THAT(Enums(Value(1, "OPEN"), aliases + Value(1, "OPENED") + Value(1, "OPEN")), IsEmpty());
  EXPECT_THAT(Enums(aliases + Value(1, "OPENED") + Value(1, "OPEN"), Value(1, "OPENED")),
              ElementsAre("ENUM_VALUE_SAME_NAME shop.Status.OPEN: OPEN -> OPENED"));
}

TEST(Compatibility, EnumKeepsReservedNames) {
  EXPECT_THAT(Enums(ReservedName("LOST"), Value(1, "LOST")),
              ElementsAre("ENUM_KEEPS_RESERVED shop.Status: LOST -> "));
}

TEST(Compatibility, RequiredFieldsStayTheSame) {
  const std::string optional = Field(1, "id", "INT64", "label: LABEL_OPTIONAL");
  const std::string required = Field(1, "id", "INT64", "label: LABEL_REQUIRED");
  EXPECT_THAT(Proto2Orders(required, required), IsEmpty());
  EXPECT_THAT(Proto2Orders("", required),
              ElementsAre("MESSAGE_SAME_REQUIRED_FIELDS shop.Order.id:  -> required"));
  EXPECT_THAT(Proto2Orders(required, ReservedNumbers(1, 2) + ReservedName("id")),
              ElementsAre("MESSAGE_SAME_REQUIRED_FIELDS shop.Order.id: required -> "));
  EXPECT_THAT(Proto2Orders(optional, required),
              ElementsAre("FIELD_COMPATIBLE_CARDINALITY shop.Order.id: singular -> required",
                          "MESSAGE_SAME_REQUIRED_FIELDS shop.Order.id:  -> required"));
  EXPECT_THAT(Proto2Orders(required, optional),
              ElementsAre("FIELD_COMPATIBLE_CARDINALITY shop.Order.id: required -> singular",
                          "MESSAGE_SAME_REQUIRED_FIELDS shop.Order.id: required -> "));
}

TEST(Compatibility, DefaultsStayTheSame) {
  const auto changed = [](const std::string& type, const std::string& was, const std::string& is) {
    const auto field = [&](const std::string& value) {
      return Field(1, "a", type, value.empty() ? "" : "default_value: '" + value + "'");
    };
    return Proto2Orders(field(was), field(is));
  };
  EXPECT_THAT(changed("INT32", "1", "2"), ElementsAre("FIELD_SAME_DEFAULT shop.Order.a: 1 -> 2"));
  EXPECT_THAT(changed("UINT64", "", "18446744073709551615"),
              ElementsAre("FIELD_SAME_DEFAULT shop.Order.a: 0 -> 18446744073709551615"));
  EXPECT_THAT(changed("STRING", "", "EUR"),
              ElementsAre("FIELD_SAME_DEFAULT shop.Order.a:  -> EUR"));
  EXPECT_THAT(changed("BYTES", "\\\\001\\\\377", "ok"),
              ElementsAre("FIELD_SAME_DEFAULT shop.Order.a: 0x01ff -> ok"));
  EXPECT_THAT(changed("BOOL", "", "true"),
              ElementsAre("FIELD_SAME_DEFAULT shop.Order.a: false -> true"));
  EXPECT_THAT(changed("DOUBLE", "inf", "-inf"),
              ElementsAre("FIELD_SAME_DEFAULT shop.Order.a: inf -> -inf"));
  EXPECT_THAT(changed("DOUBLE", "", "-0"), IsEmpty());
  EXPECT_THAT(changed("FLOAT", "nan", "nan"), IsEmpty());
  EXPECT_THAT(changed("DOUBLE", "1000", "1e3"), IsEmpty());
  EXPECT_THAT(changed("BOOL", "", "false"), IsEmpty());
}

TEST(Compatibility, FirstEnumValueIsADefaultInProto2) {
  const std::string field = EnumField(1, "status", "Status");
  const std::string open = Value(1, "OPEN");
  const std::string paid = Value(2, "PAID");
  EXPECT_THAT(
      Orders(field, field, Enum("Status", open + paid), Enum("Status", paid + open), "proto2"),
      ElementsAre("FIELD_SAME_DEFAULT shop.Order.status: 1 -> 2"));
}

TEST(Compatibility, JsonFormStays) {
  const std::string parts =
      Message("Order", EnumField(1, "status", "Status")) + Enum("Status", Value(0, "NONE"));
  EXPECT_THAT(Told(SchemaFile(parts, "proto3"), SchemaFile(parts, "proto2")),
              ElementsAre("MESSAGE_SAME_JSON_FORMAT shop.Order: proto3 -> proto2",
                          "ENUM_SAME_JSON_FORMAT shop.Status: proto3 -> proto2"));
  EXPECT_THAT(Told(SchemaFile(parts, "proto2"), SchemaFile(parts, "proto3")), IsEmpty());
}

TEST(Compatibility, GroupsAreOtherBytesThanMessages) {
  const std::string line = "nested_type { name: 'Line' " + Field(1, "sku", "STRING") + "} ";
  EXPECT_THAT(Proto2Orders(Field(1, "line", "GROUP", "type_name: '.shop.Order.Line'") + line,
                           MessageField(1, "line", "Order.Line") + line),
              ElementsAre("FIELD_COMPATIBLE_TYPE shop.Order.line: group shop.Order.Line -> "
                          "shop.Order.Line"));
}

TEST(Compatibility, ReachesNestedMessagesListsAndMaps) {
  const auto file = [](const std::string& type) {
    return Message("Price", Field(1, "currency", type)) +
           Message("Basket", MessageField(1, "lines", "Order.Line", "label: LABEL_REPEATED")) +
           Message("Order", MessageField(1, "basket", "Basket") + "nested_type { name: 'Line' " +
                                MessageField(1, "price", "Price") + "} ");
  };
  EXPECT_THAT(Told(SchemaFile(file("STRING")), SchemaFile(file("BYTES"))),
              ElementsAre("FIELD_COMPATIBLE_TYPE shop.Price.currency: string -> bytes"));
}

TEST(Compatibility, MessagesThatHoldThemselvesAreComparedOnce) {
  const auto file = [](const std::string& type) {
    return Message("Order", MessageField(1, "replaces", "Order") +
                                MessageField(2, "lines", "Line", "label: LABEL_REPEATED")) +
           Message("Line", MessageField(1, "order", "Order") + Field(2, "count", type));
  };
  EXPECT_THAT(Told(SchemaFile(file("INT32")), SchemaFile(file("INT32"))), IsEmpty());
  EXPECT_THAT(Told(SchemaFile(file("INT32")), SchemaFile(file("INT64"))),
              ElementsAre("FIELD_COMPATIBLE_TYPE shop.Line.count: int32 -> int64"));
}

TEST(Compatibility, LongChainsOfMessagesNeedNoStack) {
  constexpr int kMessages = 20'000;
  const auto file = [](const std::string& type) {
    std::string parts = Message("Order", MessageField(1, "next", "M0"));
    for (int i = 0; i < kMessages; ++i)
      parts +=
          Message("M" + std::to_string(i), MessageField(1, "next", "M" + std::to_string(i + 1)));
    return parts + Message("M" + std::to_string(kMessages), Field(1, "last", type));
  };
  EXPECT_THAT(Told(SchemaFile(file("INT32")), SchemaFile(file("BOOL"))),
              ElementsAre("FIELD_COMPATIBLE_TYPE shop.M20000.last: int32 -> bool"));
}

// Each names the names that took their place, which must not grow with the square of them.
TEST(Compatibility, ManyLostAliasesStaySmall) {
  constexpr int kMany = 3'000;
  std::string values = "options { allow_alias: true } ";
  std::string others = values;
  for (int i = 0; i < kMany; ++i) {
    values += Value(0, "A" + std::to_string(i));
    others += Value(0, "B" + std::to_string(i));
  }
  const std::string field = EnumField(1, "status", "Status");
  const SchemaFile was(Message("Order", field) + Enum("Status", values));
  const SchemaFile is(Message("Order", field) + Enum("Status", others));
  const std::vector<Break> breaks = FindBreaks(was.Find("Order"), is.Find("Order"));
  ASSERT_EQ(breaks.size(), kBreaksMax);
  for (const Break& one : breaks) EXPECT_LE(one.is.size(), 200u);
}

TEST(Compatibility, WhatIsNotReachedMayChange) {
  const std::string id = Field(1, "id", "INT64");
  EXPECT_THAT(Orders(id, id, Message("Refund", Field(1, "id", "INT64")),
                     Message("Refund", Field(1, "id", "BOOL"))),
              IsEmpty());
}

TEST(Compatibility, ExtensionsAreFields) {
  const auto extension = [](const std::string& name, const std::string& type) {
    return "extension { extendee: '.shop.Order' number: 100 name: '" + name +
           "' label: LABEL_OPTIONAL type: TYPE_" + type + " }";
  };
  const std::string order = "extension_range { start: 100 end: 200 } ";
  EXPECT_THAT(
      Orders(order, order, extension("code", "STRING"), extension("mark", "BOOL"), "proto2"),
      ElementsAre("FIELD_COMPATIBLE_TYPE shop.code: string -> bool",
                  "FIELD_SAME_NAME shop.code: shop.code -> shop.mark"));
}

TEST(Compatibility, OptionsAreNoBreaks) {
  EXPECT_THAT(Orders(Field(1, "id", "INT64"),
                     Field(1, "id", "INT64", "options { deprecated: true jstype: JS_NUMBER }") +
                         "options { deprecated: true } ",
                     "options { java_package: 'a' }", "options { java_package: 'b' }"),
              IsEmpty());
}

TEST(Compatibility, TextsOfAnyLengthArePresentable) {
  const std::string id = Field(1, "id", "INT64");
  std::string long_name;
  for (int i = 0; i < 1000; ++i) long_name += "\u20ac";  // Three bytes each.
  const auto told = Orders(id + ReservedName(long_name) + ReservedName("\\377"), id);
  EXPECT_THAT(told,
              ElementsAre("MESSAGE_KEEPS_RESERVED shop.Order: " + long_name.substr(0, 198) + " -> ",
                          "MESSAGE_KEEPS_RESERVED shop.Order: 0xff -> "));
}

// Options of ours arrive in a descriptor as numbers: field 50001 of FieldOptions, say.
TEST(Compatibility, RelaxedValidationIsNoBreak) {
  const auto file = [](const std::string& rules) {
    google::protobuf::FileDescriptorProto file;
    SELFSAME_CHECK(google::protobuf::TextFormat::ParseFromString(
        "name: 'shop.proto' package: 'shop' syntax: 'proto3' " +
            Message("Order", Field(1, "note", "STRING", "options {}")),
        &file));
    file.mutable_message_type(0)
        ->mutable_field(0)
        ->mutable_options()
        ->mutable_unknown_fields()
        ->AddLengthDelimited(50001, rules);
    return file;
  };
  google::protobuf::DescriptorPool was;
  google::protobuf::DescriptorPool is;
  ASSERT_TRUE(was.BuildFile(file("required, at most 10")) != nullptr);
  ASSERT_TRUE(is.BuildFile(file("at most 1000")) != nullptr);
  EXPECT_THAT(
      FindBreaks(*was.FindMessageTypeByName("shop.Order"), *is.FindMessageTypeByName("shop.Order")),
      IsEmpty());
}

TEST(Compatibility, TellsTheSameToManyThreads) {
  const SchemaFile was(Message("Order", Field(2, "b", "INT32") + Field(1, "a", "INT32")));
  const SchemaFile is(Message("Order", Field(1, "c", "BOOL")));
  const std::vector<std::string> expected = Told(was, is);
  EXPECT_THAT(expected, ElementsAre("FIELD_COMPATIBLE_TYPE shop.Order.a: int32 -> bool",
                                    "FIELD_SAME_JSON_NAME shop.Order.a: a -> c",
                                    "FIELD_SAME_NAME shop.Order.a: a -> c",
                                    "FIELD_DELETE_RESERVES_NAME shop.Order.b: b -> ",
                                    "FIELD_DELETE_RESERVES_NUMBER shop.Order.b: 2 -> "));
  std::vector<std::jthread> threads;
  std::vector<std::vector<std::string>> told(4);
  for (auto& mine : told) threads.emplace_back([&] { mine = Told(was, is); });
  threads.clear();
  EXPECT_THAT(told, testing::Each(expected));
}

}  // namespace
}  // namespace selfsame::schema
