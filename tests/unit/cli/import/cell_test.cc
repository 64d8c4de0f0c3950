#include "cli/import/cell.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace selfsame::cli {
namespace {

std::string Json(CellType type, std::string_view text) {
  std::string json;
  AppendJsonValue(type, text, json);
  return json;
}

TEST(CellTest, NumbersAreNumbers) {
  EXPECT_EQ(Json(CellType::kInt, "6"), "6");
  EXPECT_EQ(Json(CellType::kInt, "-12"), "-12");
  EXPECT_EQ(Json(CellType::kInt, "+7"), "7");
  EXPECT_EQ(Json(CellType::kInt, "007"), "7");
  EXPECT_EQ(Json(CellType::kDouble, "2.55"), "2.55");
  EXPECT_EQ(Json(CellType::kDouble, ".5"), "0.5");
  EXPECT_EQ(Json(CellType::kDouble, "-11062.06"), "-11062.06");
  EXPECT_EQ(nlohmann::json::parse(Json(CellType::kDouble, "1e300")).get<double>(), 1e300);
}

TEST(CellTest, BooleansAreBooleans) {
  for (const char* text : {"true", "TRUE", "Yes", "1"}) {
    EXPECT_EQ(Json(CellType::kBool, text), "true");
  }
  for (const char* text : {"false", "no", "0"}) EXPECT_EQ(Json(CellType::kBool, text), "false");
}

TEST(CellTest, WhatIsNotOfItsTypeIsKeptAsText) {
  EXPECT_EQ(Json(CellType::kInt, "six"), "\"six\"");
  EXPECT_EQ(Json(CellType::kInt, "6.5"), "\"6.5\"");
  EXPECT_EQ(Json(CellType::kInt, "99999999999999999999"), "\"99999999999999999999\"");
  EXPECT_EQ(Json(CellType::kInt, " 6"), "\" 6\"");
  EXPECT_EQ(Json(CellType::kDouble, "nan"), "\"nan\"");
  EXPECT_EQ(Json(CellType::kDouble, "inf"), "\"inf\"");
  EXPECT_EQ(Json(CellType::kDouble, "1,5"), "\"1,5\"");
  EXPECT_EQ(Json(CellType::kBool, "maybe"), "\"maybe\"");
}

TEST(CellTest, EveryStringComesBackFromJson) {
  std::string text = "quote \" backslash \\ pound \xC2\xA3 ";
  for (char c = 0; c < 0x20; ++c) text.push_back(c);
  EXPECT_EQ(nlohmann::json::parse(Json(CellType::kString, text)).get<std::string>(), text);
}

}  // namespace
}  // namespace selfsame::cli
