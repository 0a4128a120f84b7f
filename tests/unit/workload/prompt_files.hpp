// SPDX-License-Identifier: Apache-2.0
// What the tests of prompt formats share: reading text that is good, or is not.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "workload/prompts.hpp"

namespace edgeeval::test {

inline std::vector<Prompt> good(std::string_view text, PromptFormat format) {
  auto read = parse_prompts(text, format, "file");
  EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().message);
  return read ? *read : std::vector<Prompt>{};
}

/// "where: message" of the error that reading gives.
inline std::string bad(std::string_view text, PromptFormat format) {
  const auto read = parse_prompts(text, format, "file");
  EXPECT_FALSE(read.has_value()) << text.substr(0, 200);
  if (read) return {};
  EXPECT_EQ(read.error().code, ErrorCode::invalid_task);
  EXPECT_FALSE(read.error().hint.empty()) << "the hint says what the format looks like";
  return read.error().where + ": " + read.error().message;
}

}  // namespace edgeeval::test
