// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <edgeeval/result.hpp>
#include <set>

namespace edgeeval {
namespace {

constexpr int kLast = static_cast<int>(ErrorCode::invalid_table);

TEST(ErrorCodes, EachHasANameAndAnExitCodeOfItsOwn) {
  std::set<int> exits;
  std::set<std::string_view> names;
  for (int i = 0; i <= kLast; ++i) {
    const auto code = static_cast<ErrorCode>(i);
    EXPECT_TRUE(exits.insert(exit_code(code)).second) << i;
    EXPECT_TRUE(names.insert(to_string(code)).second) << i;
    EXPECT_EQ(error_code_from(to_string(code)), code);
    EXPECT_EQ(error_code_of_exit(exit_code(code)), code);
    EXPECT_NE(exit_code(code), 0);
  }
}

TEST(ErrorCodes, AForeignExitStatusIsAFailedTool) {
  EXPECT_EQ(error_code_of_exit(99), ErrorCode::tool_failed);
}

}  // namespace
}  // namespace edgeeval
