// Schemas that have no JSON form, or two for one member, are not let in.
#include "server/schema/json_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/schema/compile.h"

namespace selfsame::schema {
namespace {

using test::CompileOrder;
using test::Field;
using test::FieldOptions;
using test::FileSet;
using test::Message;
using test::MessageField;
using test::Reasons;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string kClass = FieldOptions("class: DATA_CLASS_PII");

std::string Text(int number, const std::string& name, const std::string& more = "") {
  return Field(number, name, "STRING", more + " " + kClass);
}

std::string Group(int number, const std::string& name, const std::string& type,
                  const std::string& label) {
  return Field(number, name, "GROUP", "label: LABEL_" + label + " type_name: '.shop." + type + "'");
}

const std::string kPlace =
    Message("Place", Field(2, "city", "STRING", "label: LABEL_OPTIONAL " + kClass));

TEST(JsonFormTest, GroupsAreRefused) {
  EXPECT_THAT(
      Reasons(
          CompileOrder(Group(1, "place", "Place", "OPTIONAL"), "", kPlace, "proto2").findings()),
      ElementsAre("shop.Order.place GROUP_UNSUPPORTED"));
  EXPECT_THAT(
      Reasons(
          CompileOrder(Group(1, "place", "Place", "REPEATED"), "", kPlace, "proto2").findings()),
      ElementsAre("shop.Order.place GROUP_UNSUPPORTED"));
}

TEST(JsonFormTest, GroupsAreRefusedWhereverTheyLie) {
  const std::string holder = Message("Holder", Group(1, "place", "Place", "OPTIONAL")) + kPlace;
  EXPECT_THAT(Reasons(CompileOrder(MessageField(1, "holder", "Holder", "label: LABEL_REPEATED"), "",
                                   holder, "proto2")
                          .findings()),
              ElementsAre("shop.Holder.place GROUP_UNSUPPORTED"));
  const std::string extension =
      "extension { extendee: '.shop.Order' number: 100 name: 'place' type: TYPE_GROUP "
      "label: LABEL_OPTIONAL type_name: '.shop.Place' } ";
  EXPECT_THAT(Reasons(CompileOrder(Text(1, "a", "label: LABEL_OPTIONAL") +
                                       "extension_range { start: 100 end: 200 } ",
                                   "", kPlace + extension, "proto2")
                          .findings()),
              ElementsAre("shop.place GROUP_UNSUPPORTED"));
}

TEST(JsonFormTest, AJsonNameThatIsAnotherFieldsNameIsRefused) {
  EXPECT_THAT(
      Reasons(
          CompileOrder(Text(1, "a", "json_name: 'b'") + Text(2, "b", "json_name: 'c'")).findings()),
      ElementsAre("shop.Order.b JSON_NAME_AMBIGUOUS"));
  // Swapped, each fills the other.
  EXPECT_THAT(
      Reasons(
          CompileOrder(Text(1, "a", "json_name: 'b'") + Text(2, "b", "json_name: 'a'")).findings()),
      ElementsAre("shop.Order.b JSON_NAME_AMBIGUOUS"));
}

TEST(JsonFormTest, NamesThatDifferByCaseOrUnderscoresAreRefused) {
  const auto optional = [](int number, const std::string& name) {
    return Text(number, name, "label: LABEL_OPTIONAL");
  };
  EXPECT_THAT(Reasons(CompileOrder(optional(1, "firstName") + optional(2, "first_name") +
                                       optional(3, "userid") + optional(4, "userId"),
                                   "", "", "proto2")
                          .findings()),
              UnorderedElementsAre("shop.Order.first_name JSON_NAME_AMBIGUOUS",
                                   "shop.Order.userId JSON_NAME_AMBIGUOUS"));
}

TEST(JsonFormTest, OtherNamesAreFine) {
  EXPECT_THAT(Reasons(CompileOrder(Text(1, "first_name") + Text(2, "name", "json_name: 'surname'") +
                                   Text(3, "id", "json_name: '@id'"))
                          .findings()),
              IsEmpty());
}

// Its fields would be read as those of protobuf's own.
TEST(JsonFormTest, NobodyElseDefinesMessagesOfProtobuf) {
  google::protobuf::FileDescriptorSet set =
      FileSet(Message("Duration", Field(1, "seconds", "STRING")));
  set.mutable_file(0)->set_package("google.protobuf");
  const auto type = MessageType::Build(set, "google.protobuf.Duration");
  ASSERT_FALSE(type.ok());
  EXPECT_EQ(type.error().reason, "DESCRIPTOR_SET_INVALID");
}

}  // namespace
}  // namespace selfsame::schema
