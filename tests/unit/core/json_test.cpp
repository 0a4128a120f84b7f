// SPDX-License-Identifier: Apache-2.0
#include "core/json.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

TEST(ParseJson, SaysWhereTheTextIsBroken) {
  const auto json = parse_json("{\"a\": ", "file.json:3");
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().where, "file.json:3");
}

TEST(ToLine, KeepsKeysInOrderAndDoublesExact) {
  EXPECT_EQ(to_line({{"b", 0.1}, {"a", 1}}), R"({"b":0.1,"a":1})");
  const double awkward = 0.1 + 0.2;
  EXPECT_EQ(parse_json(to_line({{"x", awkward}}), "").value().at("x").get<double>(), awkward);
}

TEST(ToLine, ReplacesInvalidUtf8InsteadOfThrowing) { EXPECT_NO_THROW((void)to_line({{"x", "\xFF\xFE"}})); }

TEST(Required, NamesTheMissingOrWronglyTypedKey) {
  const Json object{{"a", "text"}};
  EXPECT_NE(required<int>(object, "b", "w").error().message.find("\"b\""), std::string::npos);
  EXPECT_NE(required<int>(object, "a", "w").error().message.find("\"a\""), std::string::npos);
  EXPECT_EQ(required<std::string>(object, "a", "w").value(), "text");
}

TEST(ValueOr, FallsBackOnAbsenceNullAndOtherTypes) {
  const Json object{{"a", nullptr}, {"b", "text"}, {"c", 3}};
  EXPECT_EQ(value_or(object, "a", 7), 7);
  EXPECT_EQ(value_or(object, "b", 7), 7);
  EXPECT_EQ(value_or(object, "c", 7), 3);
  EXPECT_EQ(value_or(object, "d", 7), 7);
}

}  // namespace
}  // namespace edgeeval
