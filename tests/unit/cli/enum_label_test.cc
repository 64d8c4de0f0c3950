#include "cli/enum_label.h"

#include <gtest/gtest.h>

#include "selfsame/options/v1/options.pb.h"
#include "selfsame/schema/v1/schema.pb.h"

namespace selfsame::cli {
namespace {

TEST(EnumLabelTest, ThePrefixOfAllNamesIsLeftOut) {
  EXPECT_EQ(EnumLabel(options::v1::DATA_CLASS_PII), "PII");
  EXPECT_EQ(EnumLabel(options::v1::LEGAL_BASIS_PUBLIC_TASK), "PUBLIC_TASK");
  EXPECT_EQ(EnumLabel(options::v1::FORMAT_GIVEN_NAME), "GIVEN_NAME");
  EXPECT_EQ(EnumLabel(schema::v1::SCHEMA_STATE_DEPRECATED), "DEPRECATED");
}

TEST(EnumLabelTest, WhatIsNotSaidIsADashAndWhatIsNotKnownANumber) {
  EXPECT_EQ(EnumLabel(options::v1::DATA_CLASS_UNSPECIFIED), "-");
  EXPECT_EQ(EnumLabel(static_cast<options::v1::DataClass>(77)), "#77");
}

}  // namespace
}  // namespace selfsame::cli
