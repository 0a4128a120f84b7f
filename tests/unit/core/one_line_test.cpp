// SPDX-License-Identifier: Apache-2.0
#include "core/one_line.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

TEST(OneLine, HasNeitherControlCharactersNorLineEnds) {
  EXPECT_EQ(one_line("a\n::error::b\tc\r\n\033[31m"), "a ::error::b c\xEF\xBF\xBD \xEF\xBF\xBD[31m");
  EXPECT_EQ(one_line(""), "");
  EXPECT_EQ(one_line("plain – text"), "plain – text");
}

}  // namespace
}  // namespace edgeeval
