// SPDX-License-Identifier: Apache-2.0
#include "wire/json_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "core/json.hpp"

namespace edgeeval {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

TEST(JsonText, EscapesWhatJsonMust) {
  EXPECT_EQ(escaped("plain text, café 東京 🙂"), "plain text, café 東京 🙂");
  EXPECT_EQ(escaped("\"\\\n\r\t"), R"(\"\\\n\r\t)");
  EXPECT_EQ(escaped(std::string_view("\0\x01\x1F\x7F", 4)), "\\u0000\\u0001\\u001f\x7F");
}

TEST(JsonText, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(escaped("a\xFF\x62"), "a\xEF\xBF\xBD\x62");
  EXPECT_EQ(escaped("\xC3\x28"), "\xEF\xBF\xBD(");
  EXPECT_EQ(escaped("\xE6\x9D"), "\xEF\xBF\xBD") << "a cut character is one wrong part";
  EXPECT_EQ(escaped("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") << "surrogate";
  EXPECT_EQ(escaped("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD") << "over-long";
  EXPECT_EQ(escaped("\xF4\x90\x80\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(escaped("\xF4\x8F\xBF\xBF"), "\xF4\x8F\xBF\xBF") << "the last code point";
}

TEST(JsonTextProperty, WhateverGoesInParsesAndWholeTextComesBack) {
  rc::check([](const std::string& bytes) {
    const auto json = Json::parse("\"" + escaped(bytes) + "\"", nullptr, false);
    RC_ASSERT(json.is_string());
    // The reference is nlohmann's own replacing writer.
    RC_ASSERT(to_line(json) == to_line(Json(bytes)));
  });
}

}  // namespace
}  // namespace edgeeval
