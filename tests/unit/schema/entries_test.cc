// The catalog gate: what a field has of itself, of its message, and of the field that holds it.
#include "server/schema/entries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/schema/compile.h"
#include "tests/unit/schema/orders.h"

namespace selfsame::schema {
namespace {

using test::CompileOrder;
using test::Field;
using test::FieldOptions;
using test::FileSet;
using test::Generated;
using test::GoodOrder;
using test::Message;
using test::MessageField;
using test::Reasons;
using test::SchemaOptions;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Entry& EntryOf(const CompiledSchema& schema, std::string_view path) {
  for (const Entry& entry : schema.entries().all) {
    if (entry.path == path) return entry;
  }
  ADD_FAILURE() << "no entry " << path;
  std::abort();
}

CompiledSchema CompileBare(const std::string& parts, const std::string& types = "") {
  auto type = MessageType::Build(FileSet(Message("Order", parts) + types), "shop.Order");
  SELFSAME_CHECK(type.ok());
  return CompiledSchema(std::move(*type));
}

TEST(EntriesTest, AFieldThatSaysNothingIsRefusedForAllThatIsMissing) {
  const auto schema = CompileBare(SchemaOptions("kind: KIND_EVENT") + Field(1, "a", "STRING", ""));
  ASSERT_THAT(Reasons(schema.findings()), ElementsAre("shop.Order.a CATALOG_ENTRY_REQUIRED"));
  EXPECT_THAT(schema.findings()[0].message, HasSubstr("owner, purpose, class, retention_days"));
}

TEST(EntriesTest, EachPartOfAnEntryIsRequired) {
  const char* parts[] = {"owner: 'o' ", "purpose: 'p' ", "class: DATA_CLASS_PII ",
                         "retention_days: 1 "};
  const char* names[] = {"owner", "purpose", "class", "retention_days"};
  for (int missing = 0; missing < 4; ++missing) {
    std::string rules;
    for (int i = 0; i < 4; ++i) rules += i == missing ? "" : parts[i];
    const auto schema = CompileBare(SchemaOptions("kind: KIND_EVENT") +
                                    Field(1, "a", "STRING", FieldOptions(rules)));
    ASSERT_THAT(schema.findings(), SizeIs(1)) << names[missing];
    EXPECT_EQ(schema.findings()[0].message, std::string("a says nothing of its ") + names[missing]);
  }
}

TEST(EntriesTest, AFieldHasWhatItsMessageSays) {
  const auto schema = CompileBare(
      SchemaOptions("kind: KIND_EVENT owner: 'o' purpose: 'p' retention_days: 30 "
                    "legal_basis: LEGAL_BASIS_CONTRACT") +
      Field(1, "a", "STRING", FieldOptions("class: DATA_CLASS_PII")) +
      Field(2, "b", "STRING",
            FieldOptions(
                "class: DATA_CLASS_PUBLIC owner: 'own' purpose: 'why' retention_days: 7 "
                "legal_basis: LEGAL_BASIS_CONSENT consumers: ['x', 'y'] recommended: true")));
  EXPECT_THAT(schema.findings(), IsEmpty());
  const Entry& a = EntryOf(schema, "a");
  EXPECT_EQ(a.owner + "/" + a.purpose + "/" + std::to_string(a.retention_days), "o/p/30");
  EXPECT_EQ(a.legal_basis, options::v1::LEGAL_BASIS_CONTRACT);
  EXPECT_FALSE(a.is_recommended);
  const Entry& b = EntryOf(schema, "b");
  EXPECT_EQ(b.owner + "/" + b.purpose + "/" + std::to_string(b.retention_days), "own/why/7");
  EXPECT_EQ(b.legal_basis, options::v1::LEGAL_BASIS_CONSENT);
  EXPECT_THAT(b.consumers, ElementsAre("x", "y"));
  EXPECT_TRUE(b.is_recommended);
}

TEST(EntriesTest, AFieldHasWhatTheFieldAroundItsMessageSays) {
  const auto schema = CompileOrder(
      MessageField(1, "bill", "Address", FieldOptions("owner: 'billing' retention_days: 3650")) +
          MessageField(2, "ship", "Address"),
      "", Message("Address", Field(1, "city", "STRING", FieldOptions("class: DATA_CLASS_PII"))));
  EXPECT_THAT(schema.findings(), IsEmpty());
  EXPECT_EQ(EntryOf(schema, "bill.city").owner, "billing");
  EXPECT_EQ(EntryOf(schema, "bill.city").retention_days, 3650u);
  EXPECT_EQ(EntryOf(schema, "bill.city").purpose, "p");
  EXPECT_EQ(EntryOf(schema, "ship.city").owner, "o@shop.example");
}

TEST(EntriesTest, AMessageOfItsOwnOwnerKeepsIt) {
  const auto schema = CompileOrder(
      MessageField(1, "bill", "Address", FieldOptions("owner: 'billing'")), "",
      Message("Address", SchemaOptions("owner: 'addresses'") +
                             Field(1, "city", "STRING", FieldOptions("class: DATA_CLASS_PII"))));
  EXPECT_EQ(EntryOf(schema, "bill.city").owner, "addresses");
}

TEST(EntriesTest, AClassIsNeverInherited) {
  const auto schema =
      CompileOrder(MessageField(1, "bill", "Address", FieldOptions("class: DATA_CLASS_SENSITIVE")),
                   "", Message("Address", Field(1, "city", "STRING", "")));
  ASSERT_THAT(Reasons(schema.findings()), ElementsAre("shop.Address.city CATALOG_ENTRY_REQUIRED"));
  EXPECT_EQ(schema.findings()[0].message, "bill.city says nothing of its class");
}

TEST(EntriesTest, AMessageIsNamedOncePerPlaceItLies) {
  const auto schema =
      CompileOrder(MessageField(1, "bill", "Address") + MessageField(2, "ship", "Address"), "",
                   Message("Address", Field(1, "city", "STRING", "")));
  EXPECT_THAT(schema.findings(), SizeIs(2));
}

TEST(EntriesTest, AMessageWithinItselfIsEnteredOnce) {
  const auto& entries = Generated<shop::v1::Order>().entries();
  std::vector<std::string> parts;
  for (const Entry& entry : entries.all) {
    if (entry.path.starts_with("items")) parts.push_back(entry.path);
  }
  EXPECT_THAT(parts, ElementsAre("items", "items.sku", "items.quantity", "items.price",
                                 "items.price.amount", "items.price.currency", "items.channel",
                                 "items.parts"));
  EXPECT_TRUE(entries.is_complete);
}

TEST(EntriesTest, TypesAreWrittenAsPeopleKnowThem) {
  const auto& schema = Generated<shop::v1::Order>();
  EXPECT_EQ(EntryOf(schema, "order_id").type, "string");
  EXPECT_EQ(EntryOf(schema, "items").type, "repeated shop.v1.Item");
  EXPECT_EQ(EntryOf(schema, "charges").type, "map<string, shop.v1.Money>");
  EXPECT_EQ(EntryOf(schema, "reached").type, "map<string, shop.v1.Channel>");
  EXPECT_EQ(EntryOf(schema, "ordered_at").type, "google.protobuf.Timestamp");
  EXPECT_EQ(EntryOf(schema, "points").type, "repeated int64");
}

TEST(EntriesTest, MapsOfMessagesAreLookedIntoAndOthersAreLeaves) {
  const auto& schema = Generated<shop::v1::Order>();
  EXPECT_FALSE(EntryOf(schema, "charges").is_leaf);
  EXPECT_EQ(EntryOf(schema, "charges.amount").full_name, "shop.v1.Money.amount");
  EXPECT_TRUE(EntryOf(schema, "labels").is_leaf);
  EXPECT_TRUE(EntryOf(schema, "extra").is_leaf);
}

TEST(EntriesTest, FilledNamesTheEntriesOfTheFieldsThatAreSet) {
  const auto& schema = Generated<shop::v1::Order>();
  shop::v1::Order order = GoodOrder();
  (*order.mutable_charges())["tax"].set_currency("EUR");
  (*order.mutable_charges())["tax"].set_amount(1);
  std::vector<std::string> filled;
  for (const auto index :
       CheckPayload(schema, Encoding::kProtobuf, order.SerializeAsString(), {}).filled) {
    filled.push_back(schema.entries().all[index].path);
  }
  EXPECT_THAT(filled, ElementsAre("order_id", "items", "items.sku", "items.quantity", "charges",
                                  "charges.amount", "charges.currency", "total"));
}

// A field that is not listed would pass the gate unseen.
TEST(EntriesTest, ASchemaThatCannotBeListedIsRefused) {
  std::string types;
  for (int level = 0; level < 5; ++level) {
    std::string fields;
    for (int i = 1; i <= 10; ++i) {
      fields += MessageField(i, "f" + std::to_string(i), "L" + std::to_string(level + 1));
    }
    types += Message("L" + std::to_string(level), fields);
  }
  types += Message("L5", "");
  const auto schema = CompileOrder(MessageField(1, "top", "L0"), "", types);
  EXPECT_THAT(Reasons(schema.findings()), ElementsAre("shop.Order DESCRIPTOR_SET_INVALID"));
  EXPECT_THAT(schema.entries().all, SizeIs(kEntriesMax));
}

TEST(EntriesTest, APathTooLongToBeStoredIsRefused) {
  std::string types;
  for (int level = 0; level < 20; ++level) {
    types += Message("L" + std::to_string(level),
                     MessageField(1, std::string(100, 'a'), "L" + std::to_string(level + 1)));
  }
  types += Message("L20", "");
  const auto schema = CompileOrder(MessageField(1, "top", "L0"), "", types);
  EXPECT_THAT(Reasons(schema.findings()), ElementsAre("shop.Order DESCRIPTOR_SET_INVALID"));
}

}  // namespace
}  // namespace selfsame::schema
