// SPDX-License-Identifier: Apache-2.0
#include "wire/words.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "wire/json_text.hpp"

namespace edgeeval {
namespace {

std::string words(std::string_view text) {
  std::string out = "left over";
  write_words(out, text);
  return out;
}

TEST(Words, AreOnOneLineAndPrintable) {
  EXPECT_EQ(words("  The model\r\n\tis \x1B[31mbusy\x1B[0m  "), "The model is [31mbusy [0m");
  EXPECT_EQ(words("a\xC2\x9B"
                  "b"),
            "ab")
      << "a C1 control";
  EXPECT_EQ(words("caf\xC3"), "caf\xEF\xBF\xBD");
  EXPECT_EQ(words(""), "");
}

TEST(Words, AreCutAtACharacter) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "é";
  const auto cut = words(text);
  EXPECT_LE(cut.size(), kMostWords);
  EXPECT_GE(cut.size(), kMostWords - 4);
  EXPECT_TRUE(cut.ends_with("é…"));
}

TEST(Words, HideWhatLooksLikeAKey) {
  EXPECT_EQ(words("Incorrect API key provided: sk-proj-abc123. Find yours"),
            "Incorrect API key provided: sk-*** Find yours");
  EXPECT_EQ(words("got Authorization: Bearer abcDEF.123-x"), "got Authorization: ***");
  EXPECT_EQ(words("header 'authorization: hunter2secret'"), "header 'authorization: ***'");
  EXPECT_EQ(words("bad token: bearer eyJhbGciOi.J9"), "bad token: bearer ***");
  EXPECT_EQ(words("token hf_abcdefgh1 is not valid"), "token hf_*** is not valid");
  EXPECT_EQ(words("{\"Authorization\":\"Bearer s3cr3t\"}"), "{\"Authorization\":\"***\"}");
}

TEST(Words, LeaveProseAlone) {
  EXPECT_EQ(words("Bearer token is missing"), "Bearer token is missing");
  EXPECT_EQ(words("Authorization header is missing"), "Authorization header is missing");
  EXPECT_EQ(words("the task-sk-list"), "the task-sk-list");
}

TEST(WordsProperty, AreShortUtf8WithoutControlCharacters) {
  rc::check([](const std::string& text) {
    const auto out = words(text);
    RC_ASSERT(out.size() <= kMostWords);
    std::string_view rest = out;
    while (!rest.empty()) {
      std::size_t wrong = 0;
      const auto length = utf8_length(rest, wrong);
      RC_ASSERT(length > 0U);
      RC_ASSERT(static_cast<unsigned char>(rest[0]) >= 0x20);
      rest.remove_prefix(length);
    }
  });
}

}  // namespace
}  // namespace edgeeval
