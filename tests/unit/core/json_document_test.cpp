// SPDX-License-Identifier: Apache-2.0
#include "core/json_document.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

TEST(JsonDocument, KeepsWhatSteersAScreenEscaped) {
  const std::string name = "a\x1b\x7f\xc2\x9b\xd8\x9c\xe2\x80\xae\xe2\x81\xa6\xef\xbb\xbf é € 😀";
  const auto text = json_document(Json{{"name", name}});
  EXPECT_EQ(text, "{\n  \"name\": \"a\\u001b\\u007f\\u009b\\u061c\\u202e\\u2066\\ufeff é € 😀\"\n}\n");
  EXPECT_EQ(Json::parse(text)["name"], name) << "nothing is lost";
  EXPECT_EQ(to_line(Json(name)), "\"a\\u001b\\u007f\\u009b\\u061c\\u202e\\u2066\\ufeff é € 😀\"");
}

TEST(JsonDocument, LeavesOtherTextAsItIs) {
  for (const char* text : {"{}", "é⁂ª", "\xe2\x80", "\xc2", "[\n  1\n]"})
    EXPECT_EQ(with_escaped_steering(text), text);
  EXPECT_EQ(json_document(Json("\xff")), "\"\xEF\xBF\xBD\"\n") << "invalid UTF-8 is replaced";
}

}  // namespace
}  // namespace edgeeval
