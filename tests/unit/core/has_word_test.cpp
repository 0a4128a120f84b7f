// SPDX-License-Identifier: Apache-2.0
#include "core/has_word.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

TEST(HasWord, FindsWholeWordsOnly) {
  EXPECT_TRUE(has_word("Intel(R) Xeon(R) Gold 6148 CPU", "Gold 6148"));
  EXPECT_FALSE(has_word("Intel(R) Xeon(R) Gold 6148F CPU", "Gold 6148"));
  EXPECT_TRUE(has_word("l4", "l4"));
  EXPECT_FALSE(has_word("nvidia l40s", "l4"));
  EXPECT_TRUE(has_word("l40 and l4", "l4")) << "a later place may be whole";
  EXPECT_FALSE(has_word("", "l4"));
}

}  // namespace
}  // namespace edgeeval
