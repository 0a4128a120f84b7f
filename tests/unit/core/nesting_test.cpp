// SPDX-License-Identifier: Apache-2.0
#include "core/nesting.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

TEST(Nesting, IsTheDepthOfTheDeepestBracket) {
  EXPECT_EQ(nesting(""), 0U);
  EXPECT_EQ(nesting("17"), 0U);
  EXPECT_EQ(nesting("[]"), 1U);
  EXPECT_EQ(nesting(R"([{},{"a":[1]},2])"), 3U);
}

TEST(Nesting, PassesOverStrings) {
  EXPECT_EQ(nesting(R"({"[[[":"[{\"[["})"), 1U);
  EXPECT_EQ(nesting(R"(["\\",[]])"), 2U);
}

TEST(Nesting, IsToldOfWhatIsNoJson) {
  EXPECT_EQ(nesting("]]]["), 1U);
  EXPECT_EQ(nesting("[[["), 3U);
  EXPECT_EQ(nesting("[\"[["), 1U);
  EXPECT_EQ(nesting("\"\\"), 0U);
}

}  // namespace
}  // namespace edgeeval
