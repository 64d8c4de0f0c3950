// Sets that were made to hurt are refused before anything is built of them.
#include "server/schema/descriptor_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/schema/compatibility.h"
#include "shop/v1/shop.pb.h"
#include "tests/unit/schema/compile.h"

namespace selfsame::schema {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorSet;
using test::FileSet;
using test::kWholeEntry;
using test::Message;
using test::Reasons;
using test::SchemaOptions;
using testing::HasSubstr;
using testing::SizeIs;

std::string ErrorOf(const FileDescriptorSet& set) {
  const auto type = MessageType::Build(set, "shop.Order");
  return type.ok() ? "" : type.error().reason + ": " + type.error().message;
}

FileDescriptorSet Empty() { return FileSet(Message("Order", SchemaOptions(kWholeEntry))); }

void AddField(DescriptorProto& message, const std::string& name, int number,
              const std::string& type_name = "") {
  auto& field = *message.add_field();
  field.set_name(name);
  field.set_number(number);
  field.set_label(FieldDescriptorProto::LABEL_OPTIONAL);
  field.set_type(type_name.empty() ? FieldDescriptorProto::TYPE_STRING
                                   : FieldDescriptorProto::TYPE_MESSAGE);
  if (!type_name.empty()) field.set_type_name(type_name);
}

// Messages M1 to Mn, each of which holds the next, and Order the first.
FileDescriptorSet Chain(int length) {
  FileDescriptorSet set = Empty();
  auto& file = *set.mutable_file(0);
  AddField(*file.mutable_message_type(0), "f", 1, ".shop.M1");
  for (int i = 1; i <= length; ++i) {
    auto& message = *file.add_message_type();
    message.set_name("M" + std::to_string(i));
    if (i < length) AddField(message, "f", 1, ".shop.M" + std::to_string(i + 1));
  }
  return set;
}

TEST(DescriptorLimitsTest, TheDeepestSetThatIsTakenCanBeCompiledAndHashed) {
  auto type = MessageType::Build(Chain(kTypesMax - 1), "shop.Order");
  ASSERT_TRUE(type.ok()) << type.error().message;
  EXPECT_THAT(ContentHash((*type)->descriptor()), SizeIs(64));
  EXPECT_TRUE(FindBreaks((*type)->descriptor(), (*type)->descriptor()).empty());
  const CompiledSchema schema(std::move(*type));
  EXPECT_EQ(Reasons(schema.findings()),
            std::vector<std::string>{"shop.Order DESCRIPTOR_SET_INVALID"});
  EXPECT_TRUE(CheckPayload(schema, Encoding::kProtobuf, "", {}).violations.empty());
}

TEST(DescriptorLimitsTest, TypesAreBounded) {
  EXPECT_THAT(ErrorOf(Chain(kTypesMax)), HasSubstr("more than 2000 messages and enums"));
  FileDescriptorSet nested = Empty();
  for (int i = 0; i < kTypesMax; ++i) {
    nested.mutable_file(0)->mutable_message_type(0)->add_nested_type();
  }
  EXPECT_THAT(ErrorOf(nested), HasSubstr("more than 2000 messages and enums"));
}

TEST(DescriptorLimitsTest, FieldsAreBounded) {
  FileDescriptorSet set = Empty();
  for (int i = 1; i <= kFieldsMax + 1; ++i) {
    AddField(*set.mutable_file(0)->mutable_message_type(0), "f" + std::to_string(i), i);
  }
  EXPECT_THAT(ErrorOf(set), HasSubstr("more than 10000 fields"));
}

TEST(DescriptorLimitsTest, ImportsInARowAreBounded) {
  FileDescriptorSet set = Empty();
  for (int i = 0; i < 5'000; ++i) {
    auto& file = *set.add_file();
    file.set_name(std::to_string(i));
    file.add_dependency(std::to_string(i + 1));
  }
  EXPECT_THAT(ErrorOf(set), HasSubstr("more than 500 files"));
}

TEST(DescriptorLimitsTest, ValuesAndRangesAreBounded) {
  FileDescriptorSet values = Empty();
  auto& an_enum = *values.mutable_file(0)->add_enum_type();
  for (int i = 0; i <= kEnumValuesMax; ++i) an_enum.add_value();
  EXPECT_THAT(ErrorOf(values), HasSubstr("more than 20000 values of enums"));
  FileDescriptorSet ranges = Empty();
  for (int i = 0; i <= kRangesMax; ++i) {
    auto& range = *ranges.mutable_file(0)->mutable_message_type(0)->add_reserved_range();
    range.set_start(2 * i + 1);
    range.set_end(2 * i + 2);
  }
  EXPECT_THAT(ErrorOf(ranges), HasSubstr("more than 4000 ranges"));
}

TEST(DescriptorLimitsTest, NamesAreBounded) {
  const std::string long_name(kSimpleNameBytesMax + 1, 'a');
  FileDescriptorSet field = Empty();
  AddField(*field.mutable_file(0)->mutable_message_type(0), long_name, 1);
  EXPECT_THAT(ErrorOf(field), HasSubstr("a name that is too long"));
  FileDescriptorSet json = Empty();
  AddField(*json.mutable_file(0)->mutable_message_type(0), "a", 1);
  json.mutable_file(0)->mutable_message_type(0)->mutable_field(0)->set_json_name(long_name);
  EXPECT_THAT(ErrorOf(json), HasSubstr("a name that is too long"));
  FileDescriptorSet package = Empty();
  package.mutable_file(0)->set_package(std::string(kNameBytesMax - 3, 'p'));
  EXPECT_THAT(ErrorOf(package), HasSubstr("too long with its package"));
  FileDescriptorSet nested = Empty();
  auto* inner = nested.mutable_file(0)->mutable_message_type(0);
  for (int i = 0; i < 10; ++i) {
    inner = inner->add_nested_type();
    inner->set_name(std::string(100, 'n'));
  }
  EXPECT_THAT(ErrorOf(nested), HasSubstr("too long with its package"));
}

TEST(DescriptorLimitsTest, TheNameOfTheSchemaIsBounded) {
  const auto type = MessageType::Build(Empty(), std::string(kMessageNameBytesMax + 1, 'a'));
  ASSERT_FALSE(type.ok());
  EXPECT_EQ(type.error().reason, "DESCRIPTOR_SET_INVALID");
}

TEST(DescriptorLimitsTest, OptionsThatNobodyInterpretedAreRefused) {
  FileDescriptorSet set = Empty();
  auto& option =
      *set.mutable_file(0)->mutable_message_type(0)->mutable_options()->add_uninterpreted_option();
  option.set_aggregate_value(std::string(100'000, '{'));
  EXPECT_THAT(ErrorOf(set), HasSubstr("options that are not interpreted"));
}

TEST(DescriptorLimitsTest, CommentsDoNotCount) {
  FileDescriptorSet set = Empty();
  for (int i = 0; i < 20'000; ++i) {
    set.mutable_file(0)->mutable_source_code_info()->add_location()->set_leading_comments("c");
  }
  EXPECT_EQ(ErrorOf(set), "");
}

TEST(DescriptorLimitsTest, BreaksAreBounded) {
  FileDescriptorSet many = Empty();
  for (int i = 1; i <= 5'000; ++i) {
    AddField(*many.mutable_file(0)->mutable_message_type(0), "f" + std::to_string(i), i);
  }
  const auto was = MessageType::Build(many, "shop.Order");
  const auto is = MessageType::Build(Empty(), "shop.Order");
  ASSERT_TRUE(was.ok() && is.ok());
  EXPECT_THAT(FindBreaks((*was)->descriptor(), (*is)->descriptor()), SizeIs(kBreaksMax));
}

TEST(DescriptorLimitsTest, FindingsOfTheGateAreBounded) {
  FileDescriptorSet many = Empty();
  for (int i = 1; i <= 5'000; ++i) {
    AddField(*many.mutable_file(0)->mutable_message_type(0), "f" + std::to_string(i), i);
  }
  auto type = MessageType::Build(many, "shop.Order");
  ASSERT_TRUE(type.ok());
  EXPECT_THAT(CompiledSchema(std::move(*type)).findings(), SizeIs(kFindingsMax));
}

}  // namespace
}  // namespace selfsame::schema
