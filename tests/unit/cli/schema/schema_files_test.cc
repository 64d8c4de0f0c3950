#include "cli/schema/schema_files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "cli/text_file.h"
#include "server/schema/compiled_schema.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/cli/schema/shop_schema.h"

namespace selfsame::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kOrderProto = R"(syntax = "proto3";
package shop.v1;
import "shop/money.proto";
import "selfsame/options/v1/options.proto";
message Order {
  option (selfsame.options.v1.schema) = {
    kind: KIND_EVENT owner: "shop" purpose: "Fulfilment" retention_days: 30};
  Money total = 1;
}
)";
constexpr const char* kMoneyProto = R"(syntax = "proto3";
package shop.v1;
import "selfsame/options/v1/options.proto";
message Money { double amount = 1 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL}]; }
)";

class SchemaFilesTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = folder_.path() + "/" + name;
    EXPECT_TRUE(WriteFile(path, text).ok());
    return path;
  }
  // The error's reason, or nothing.
  static std::string ReasonOf(const SchemaFiles& files) {
    const auto loaded = LoadSchema(files);
    return loaded.ok() ? "" : loaded.error().reason;
  }

  const test::TempFolder folder_;
};

TEST_F(SchemaFilesTest, ProtoFilesNeedNoCopyOfTheOptions) {
  ASSERT_EQ(::mkdir((folder_.path() + "/shop").c_str(), 0700), 0);
  const std::string order = Write("order.proto", kOrderProto);
  Write("shop/money.proto", kMoneyProto);
  auto loaded = LoadSchema({.protos = {.files = {order}, .include_dirs = {folder_.path()}},
                            .descriptor_set = {},
                            .message = {}});
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(loaded->message(), "shop.v1.Order");
  EXPECT_THAT(schema::CompiledSchema(std::move(loaded->type)).findings(), IsEmpty());
}

TEST_F(SchemaFilesTest, WhatProtocSaysIsPassedOn) {
  const std::string path =
      Write("broken.proto", "syntax = \"proto3\";\nmessage X { strin a = 1; }");
  const auto loaded = LoadSchema({.protos = {.files = {path}, .include_dirs = {folder_.path()}},
                                  .descriptor_set = {},
                                  .message = {}});
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().reason, "PROTO_INVALID");
  EXPECT_THAT(loaded.error().message, HasSubstr("broken.proto:2:13"));
}

TEST_F(SchemaFilesTest, ADescriptorSetIsTakenAsItIs) {
  const std::string path = Write("set.pb", ShopSet().SerializeAsString());
  const auto loaded = LoadSchema({.protos = {}, .descriptor_set = path, .message = {}});
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(loaded->message(), "shop.v1.Order");
}

TEST_F(SchemaFilesTest, WhichSchemaIsMeantMustBeClear) {
  const std::string path = Write("set.pb", ShopSet().SerializeAsString());
  EXPECT_EQ(ReasonOf({}), "SCHEMA_FILES_MISSING");
  EXPECT_EQ(
      ReasonOf(
          {.protos = {.files = {"a"}, .include_dirs = {}}, .descriptor_set = path, .message = {}}),
      "SCHEMA_FILES_MISSING");
  EXPECT_EQ(ReasonOf({.protos = {}, .descriptor_set = path, .message = "shop.v1.Nothing"}),
            "MESSAGE_UNKNOWN");
  EXPECT_EQ(ReasonOf({.protos = {}, .descriptor_set = path, .message = "shop.v1.Item"}), "");
  auto two = ShopSet();
  two.mutable_file(0)->mutable_message_type(0)->mutable_options()->CopyFrom(
      two.file(0).message_type(1).options());
  EXPECT_EQ(ReasonOf({.protos = {},
                      .descriptor_set = Write("two.pb", two.SerializeAsString()),
                      .message = {}}),
            "MESSAGE_UNCLEAR");
  EXPECT_EQ(ReasonOf({.protos = {}, .descriptor_set = Write("no.pb", "\xff\xff"), .message = {}}),
            "DESCRIPTOR_SET_INVALID");
  EXPECT_EQ(ReasonOf({.protos = {.files = {"/nowhere.proto"}, .include_dirs = {}},
                      .descriptor_set = {},
                      .message = {}}),
            "FILE_NOT_FOUND");
}

}  // namespace
}  // namespace selfsame::cli
