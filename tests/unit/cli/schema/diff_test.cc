#include "cli/schema/diff.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/unit/cli/schema/shop_schema.h"

namespace selfsame::cli {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorSet;
using testing::ElementsAre;
using testing::IsEmpty;

// What changes when `edit` is made to the shop's file, one text a difference.
template <typename MakeEdit>
std::vector<std::string> After(const MakeEdit& edit) {
  const auto old = Build(ShopSet());
  FileDescriptorSet set = ShopSet();
  edit(*set.mutable_file(0));
  const auto now = Build(set);
  std::vector<std::string> texts;
  for (const Difference& d : DiffSchemas(old->descriptor(), now->descriptor())) {
    texts.push_back(
        fmt::format("{} {} {}: {} -> {}", ChangeName(d.change), d.path, d.aspect, d.old, d.now));
  }
  return texts;
}

DescriptorProto& Order(google::protobuf::FileDescriptorProto& file) {
  return *file.mutable_message_type(1);
}

TEST(DiffTest, TheSameContentDiffersInNothing) {
  EXPECT_THAT(After([](auto&) {}), IsEmpty());
}

TEST(DiffTest, FieldsComeGoAndChange) {
  EXPECT_THAT(After([](auto& file) {
                DescriptorProto& order = Order(file);
                order.mutable_field(2)->set_type(FieldDescriptorProto::TYPE_DOUBLE);
                order.mutable_field()->DeleteSubrange(3, 1);
                order.add_reserved_name("channel");
                auto* added = order.add_field();
                added->set_name("note");
                added->set_json_name("note");
                added->set_number(9);
                added->set_type(FieldDescriptorProto::TYPE_STRING);
                added->set_label(FieldDescriptorProto::LABEL_OPTIONAL);
              }),
              ElementsAre("removed shop.v1.Channel enum:  -> ",
                          "changed shop.v1.Order reserved channel:  -> reserved",
                          "removed shop.v1.Order.channel field: shop.v1.Channel channel = 4 -> ",
                          "added shop.v1.Order.note field:  -> string note = 9",
                          "changed shop.v1.Order.total type: float -> double"));
}

TEST(DiffTest, ARenamedFieldIsTheSameByItsNumber) {
  EXPECT_THAT(After([](auto& file) {
                Order(file).mutable_field(2)->set_name("sum");
                Order(file).mutable_field(2)->set_json_name("sum");
              }),
              ElementsAre("changed shop.v1.Order.sum name: total -> sum"));
}

TEST(DiffTest, OptionsAreComparedOneByOne) {
  EXPECT_THAT(
      After([](auto& file) {
        auto* field =
            Order(file).mutable_field(0)->mutable_options()->MutableExtension(options::v1::field);
        field->set_class_(options::v1::DATA_CLASS_PII);
        field->mutable_length()->set_max(40);
        field->mutable_length()->clear_min();
        Order(file).mutable_options()->MutableExtension(options::v1::schema)->set_owner("sales");
        Order(file).mutable_field(3)->mutable_options()->set_deprecated(true);
      }),
      ElementsAre("changed shop.v1.Order owner: shop -> sales",
                  "changed shop.v1.Order.channel deprecated:  -> true",
                  "changed shop.v1.Order.order_id class: INTERNAL -> PII",
                  "changed shop.v1.Order.order_id length.max: 20 -> 40",
                  "changed shop.v1.Order.order_id length.min: 1 -> "));
}

TEST(DiffTest, NestedMessagesAndEnumsAreLookedInto) {
  EXPECT_THAT(After([](auto& file) {
                file.mutable_message_type(0)->mutable_field(0)->clear_options();
                auto* value = file.mutable_enum_type(0)->add_value();
                value->set_name("CHANNEL_SHOP");
                value->set_number(2);
              }),
              ElementsAre("changed shop.v1.Channel value 2:  -> CHANNEL_SHOP",
                          "changed shop.v1.Item.sku class: PUBLIC -> ",
                          "changed shop.v1.Item.sku required: true -> "));
}

}  // namespace
}  // namespace selfsame::cli
