// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "workload/prompts.hpp"

namespace edgeeval {
namespace {

TEST(Salt, IsShortAndDiffersByRequestAndSeed) {
  std::set<std::string> seen;
  for (std::uint64_t index = 0; index < 50'000; ++index) seen.insert(salt_of(1, index));
  EXPECT_EQ(seen.size(), 50'000U);
  for (std::uint64_t index = 0; index < 50'000; ++index) seen.insert(salt_of(2, index));
  EXPECT_EQ(seen.size(), 100'000U);
  for (const auto& salt : seen) {
    ASSERT_EQ(salt.size(), 13U);
    ASSERT_EQ(salt.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz"), std::string::npos);
  }
}

TEST(Salt, IsTheSameForTheSameSeed) {
  EXPECT_EQ(salt_of(1, 0), "y8rj3t11bdgw5") << "in every version";
  std::set<char> first;
  for (std::uint64_t index = 0; index < 1000; ++index) first.insert(salt_of(7, index).front());
  EXPECT_EQ(first.size(), 32U) << "salts differ from their first letter on";
}

}  // namespace
}  // namespace edgeeval
