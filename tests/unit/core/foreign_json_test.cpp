// SPDX-License-Identifier: Apache-2.0
#include "core/foreign_json.hpp"

#include <gtest/gtest.h>

#include <string>

namespace edgeeval {
namespace {

TEST(ParseForeign, RefusesWhatIsNoJsonOrTooDeep) {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_TRUE(parse_foreign("{").is_discarded());
  EXPECT_TRUE(parse_foreign(nested(256)).is_array());
  EXPECT_TRUE(parse_foreign(nested(257)).is_discarded());
  EXPECT_TRUE(parse_foreign(nested(1'000'000)).is_discarded());
  // Neither brackets within strings nor brackets beside each other are depth.
  EXPECT_TRUE(parse_foreign("[\"\\\"" + std::string(1000, '[') + "\\\\\"]").is_array());
  std::string wide = "[[]";
  for (int i = 0; i < 1000; ++i) wide += ",{}";
  EXPECT_EQ(parse_foreign(wide + "]").size(), 1001U);
}

}  // namespace
}  // namespace edgeeval
