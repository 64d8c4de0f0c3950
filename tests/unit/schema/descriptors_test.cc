// Descriptor sets as clients send them.
#include "server/schema/descriptors.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>
#include <gtest/gtest.h>

#include "shop/v1/shop.pb.h"
#include "tests/unit/schema/compile.h"

namespace selfsame::schema {
namespace {

using google::protobuf::FileDescriptorSet;
using test::CountsMap;
using test::Field;
using test::FieldOptions;
using test::FileSet;
using test::Generated;
using test::kWholeEntry;
using test::Message;
using test::MessageField;
using test::Reasons;
using test::Registered;
using test::SchemaOptions;
using testing::HasSubstr;
using testing::Not;

std::string HashOf(const FileDescriptorSet& set) {
  const auto type = MessageType::Build(set, "shop.Order");
  SELFSAME_CHECK(type.ok());
  return ContentHash((*type)->descriptor());
}

std::string ErrorOf(const FileDescriptorSet& set, const std::string& message = "shop.Order") {
  const auto type = MessageType::Build(set, message);
  return type.ok() ? "" : type.error().reason + ": " + type.error().message;
}

FileDescriptorSet Simple(const std::string& rules = "class: DATA_CLASS_PII") {
  return FileSet(Message("Order", SchemaOptions(kWholeEntry) +
                                      Field(1, "a", "STRING", FieldOptions(rules)) +
                                      MessageField(2, "item", "Item")) +
                 Message("Item", Field(1, "sku", "STRING", "")) +
                 Message("Other", Field(1, "x", "STRING", "")));
}

void AddFile(FileDescriptorSet& set, const std::string& name, const std::string& imports) {
  auto& file = *set.add_file();
  file.set_name(name);
  file.set_syntax("proto3");
  if (!imports.empty()) file.add_dependency(imports);
}

TEST(DescriptorsTest, TheSameContentHasTheSameHash) {
  const std::string hash = HashOf(Simple());
  FileDescriptorSet renamed = Simple();
  renamed.mutable_file(0)->set_name("elsewhere/orders.proto");
  EXPECT_EQ(HashOf(renamed), hash);
  FileDescriptorSet commented = Simple();
  auto& place = *commented.mutable_file(0)->mutable_source_code_info()->add_location();
  place.set_leading_comments(std::string(5'000, 'c'));
  EXPECT_EQ(HashOf(commented), hash);
  FileDescriptorSet without_others = Simple();
  without_others.mutable_file(0)->mutable_message_type()->RemoveLast();
  EXPECT_EQ(HashOf(without_others), hash);
  FileDescriptorSet with_more = Simple();
  AddFile(with_more, "more.proto", "");
  EXPECT_EQ(HashOf(with_more), hash);
}

TEST(DescriptorsTest, AnotherContentHasAnotherHash) {
  const std::string hash = HashOf(Simple());
  EXPECT_NE(HashOf(Simple("class: DATA_CLASS_PII required: true")), hash);
  FileDescriptorSet inner = Simple();
  inner.mutable_file(0)->mutable_message_type(1)->mutable_field(0)->set_number(2);
  EXPECT_NE(HashOf(inner), hash);
  FileDescriptorSet renamed = Simple();
  renamed.mutable_file(0)->mutable_message_type(0)->mutable_field(0)->set_name("b");
  EXPECT_NE(HashOf(renamed), hash);
  FileDescriptorSet proto2 = Simple();
  proto2.mutable_file(0)->set_syntax("proto2");
  for (auto& message : *proto2.mutable_file(0)->mutable_message_type()) {
    for (auto& field : *message.mutable_field()) {
      field.set_label(google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
    }
  }
  EXPECT_NE(HashOf(proto2), hash);
}

TEST(DescriptorsTest, TheHashOfAGeneratedMessageIsThatOfItsBytes) {
  EXPECT_EQ(ContentHash(Generated<shop::v1::Order>().descriptor()),
            ContentHash(Registered<shop::v1::Order>().descriptor()));
}

TEST(DescriptorsTest, WhatIsStoredCanBeBuiltAgain) {
  const auto first = MessageType::Build(Simple(), "shop.Order");
  ASSERT_TRUE(first.ok());
  const std::string stored = MinimalDescriptorSet((*first)->descriptor());
  const auto again = MessageType::Parse(stored, "shop.Order");
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(ContentHash((*again)->descriptor()), ContentHash((*first)->descriptor()));
  EXPECT_EQ(MinimalDescriptorSet((*again)->descriptor()), stored);
  FileDescriptorSet files;
  ASSERT_TRUE(files.ParseFromString(stored));
  EXPECT_EQ(files.file_size(), 1);  // Not what the server has itself.
}

TEST(DescriptorsTest, BytesThatAreNoSetAreRefused) {
  for (const char* bytes : {"\xff", "not a descriptor set"}) {
    const auto type = MessageType::Parse(bytes, "shop.Order");
    ASSERT_FALSE(type.ok());
    EXPECT_EQ(type.error().reason, "DESCRIPTOR_SET_INVALID");
  }
  const auto empty = MessageType::Parse("", "shop.Order");
  ASSERT_FALSE(empty.ok());
  EXPECT_EQ(empty.error().reason, "MESSAGE_UNKNOWN");
}

TEST(DescriptorsTest, ABrokenSetSaysWhere) {
  FileDescriptorSet set = Simple();
  set.mutable_file(0)->mutable_message_type(0)->mutable_field(1)->set_type_name(".shop.Nothing");
  EXPECT_THAT(ErrorOf(set), HasSubstr("DESCRIPTOR_SET_INVALID: shop.proto: shop.Order.item"));
}

TEST(DescriptorsTest, AMissingImportIsNamed) {
  FileDescriptorSet set = Simple();
  set.mutable_file(0)->add_dependency("other/missing.proto");
  EXPECT_THAT(ErrorOf(set), HasSubstr("imports other/missing.proto, which is not in the set"));
}

TEST(DescriptorsTest, CyclicImportsAreRefused) {
  FileDescriptorSet set = Simple();
  AddFile(set, "a.proto", "b.proto");
  AddFile(set, "b.proto", "a.proto");
  EXPECT_THAT(ErrorOf(set), HasSubstr("imports itself"));
  FileDescriptorSet self = Simple();
  AddFile(self, "a.proto", "a.proto");
  EXPECT_THAT(ErrorOf(self), HasSubstr("imports itself"));
}

TEST(DescriptorsTest, TwoFilesOfOneNameAreRefused) {
  FileDescriptorSet set = Simple();
  AddFile(set, "a.proto", "");
  AddFile(set, "a.proto", "");
  EXPECT_THAT(ErrorOf(set), HasSubstr("is in the set twice"));
}

TEST(DescriptorsTest, MessagesThatAreNotThereAreUnknown) {
  for (const char* name : {"shop.Nothing", "Order", "", "shop.Order.a", "shop"}) {
    EXPECT_THAT(ErrorOf(Simple(), name), HasSubstr("MESSAGE_UNKNOWN")) << name;
  }
}

TEST(DescriptorsTest, WhatProtobufMakesOfAMapIsNoSchema) {
  EXPECT_THAT(
      ErrorOf(FileSet(Message("Order", CountsMap("Order", "INT32"))), "shop.Order.CountsEntry"),
      HasSubstr("MESSAGE_UNKNOWN"));
}

TEST(DescriptorsTest, ItsOwnCopyOfTheOptionsDoesNotMatter) {
  const std::string hash = HashOf(Simple());
  FileDescriptorSet set = Simple();
  for (const auto* own : {options::v1::FieldRules::descriptor()->file(),
                          google::protobuf::Timestamp::descriptor()->file()}) {
    own->CopyTo(set.add_file());
  }
  // A newer one, say.
  auto& more = *set.mutable_file(1)->add_message_type();
  more.set_name("OfTomorrow");
  EXPECT_EQ(HashOf(set), hash);
  const auto type = MessageType::Build(set, "shop.Order");
  EXPECT_EQ(CompiledSchema(std::move(*MessageType::Build(set, "shop.Order"))).findings().size(),
            1u);
  EXPECT_EQ((*type)->descriptor().field(0)->options().GetExtension(options::v1::field).class_(),
            options::v1::DATA_CLASS_PII);
}

// Or its fields would pass the gate unseen, and what is stored could not be built again.
TEST(DescriptorsTest, AFileThatIsOnlyCalledLikeOursIsLikeAnyOther) {
  for (const char* name : {"google/protobuf/mine.proto", "selfsame/options/v9/mine.proto"}) {
    EXPECT_FALSE(IsSupplied(name));
    FileDescriptorSet set = FileSet(Message(
        "Order", SchemaOptions(kWholeEntry) + Field(1, "it", "MESSAGE", "type_name: '.mine.It' ")));
    AddFile(set, name, "");
    auto& file = *set.mutable_file(1);
    file.set_package("mine");
    auto& message = *file.add_message_type();
    message.set_name("It");
    auto& field = *message.add_field();
    field.set_name("secret");
    field.set_number(1);
    field.set_type(google::protobuf::FieldDescriptorProto::TYPE_STRING);
    set.mutable_file(0)->add_dependency(name);
    auto type = MessageType::Build(set, "shop.Order");
    ASSERT_TRUE(type.ok()) << type.error().message;
    EXPECT_TRUE(MessageType::Parse(MinimalDescriptorSet((*type)->descriptor()), "shop.Order").ok());
    EXPECT_EQ(Reasons(CompiledSchema(std::move(*type)).findings()),
              std::vector<std::string>{"mine.It.secret CATALOG_ENTRY_REQUIRED"});
  }
}

TEST(DescriptorsTest, FilesThatTheServerHasAreSupplied) {
  for (const char* name : {"any", "descriptor", "duration", "empty", "field_mask", "struct",
                           "timestamp", "wrappers"}) {
    EXPECT_TRUE(IsSupplied(std::string("google/protobuf/") + name + ".proto")) << name;
  }
  EXPECT_TRUE(IsSupplied("selfsame/options/v1/options.proto"));
  EXPECT_FALSE(IsSupplied("shop/v1/shop.proto"));
}

TEST(DescriptorsTest, ErrorsArePlainAndShortWhateverTheNames) {
  FileDescriptorSet set;
  AddFile(set, "a\n\xff\x01" + std::string(400, 'x') + ".proto", std::string(5'000, 'y'));
  const std::string error = ErrorOf(set);
  EXPECT_THAT(error, HasSubstr("DESCRIPTOR_SET_INVALID"));
  EXPECT_LE(error.size(), 600u);
  for (const char c : error) EXPECT_TRUE(c >= ' ' && c <= '~');
}

}  // namespace
}  // namespace selfsame::schema
