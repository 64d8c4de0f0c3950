// A small schema for tests, made from text without a compiler.
#ifndef SELFSAME_TESTS_UNIT_CLI_SCHEMA_SHOP_SCHEMA_H_
#define SELFSAME_TESTS_UNIT_CLI_SCHEMA_SHOP_SCHEMA_H_

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "selfsame/options/v1/options.pb.h"
#include "server/schema/descriptors.h"

namespace selfsame::cli {

// shop.v1.Order with an enum and a nested message.
inline constexpr const char* kShopFile = R"(
  name: "shop/v1/order.proto" package: "shop.v1" syntax: "proto3"
  dependency: "selfsame/options/v1/options.proto"
  enum_type {
    name: "Channel"
    value { name: "CHANNEL_UNSPECIFIED" number: 0 } value { name: "CHANNEL_WEB" number: 1 }
  }
  message_type {
    name: "Item"
    field { name: "sku" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL json_name: "sku"
            options { [selfsame.options.v1.field] { class: DATA_CLASS_PUBLIC required: true } } }
  }
  message_type {
    name: "Order"
    field { name: "order_id" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL json_name: "orderId"
            options { [selfsame.options.v1.field] {
              class: DATA_CLASS_INTERNAL required: true length { min: 1 max: 20 } } } }
    field { name: "items" number: 2 type: TYPE_MESSAGE type_name: ".shop.v1.Item"
            label: LABEL_REPEATED json_name: "items" }
    field { name: "total" number: 3 type: TYPE_FLOAT label: LABEL_OPTIONAL json_name: "total"
            options { [selfsame.options.v1.field] {
              class: DATA_CLASS_INTERNAL range { min: 0 exclusive_min: true } } } }
    field { name: "channel" number: 4 type: TYPE_ENUM type_name: ".shop.v1.Channel"
            label: LABEL_OPTIONAL json_name: "channel"
            options { [selfsame.options.v1.field] { class: DATA_CLASS_INTERNAL } } }
    options { [selfsame.options.v1.schema] {
      kind: KIND_EVENT owner: "shop" purpose: "Fulfilment" legal_basis: LEGAL_BASIS_CONTRACT
      retention_days: 30 } }
  })";

inline google::protobuf::FileDescriptorSet ShopSet() {
  google::protobuf::FileDescriptorSet set;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kShopFile, set.add_file()));
  return set;
}

inline std::unique_ptr<schema::MessageType> Build(const google::protobuf::FileDescriptorSet& set,
                                                  const std::string& message = "shop.v1.Order") {
  auto type = schema::MessageType::Build(set, message);
  EXPECT_TRUE(type.ok()) << type.error().message;
  return *std::move(type);
}

}  // namespace selfsame::cli

#endif  // SELFSAME_TESTS_UNIT_CLI_SCHEMA_SHOP_SCHEMA_H_
