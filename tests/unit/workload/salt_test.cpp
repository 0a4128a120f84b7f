// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>
#include <string>

#include "workload/salt.hpp"

namespace edgeeval {
namespace {

std::ptrdiff_t words_of(const std::string& salt) { return std::count(salt.begin(), salt.end(), ' '); }

TEST(WordSalts, DifferWhereNumbersDoAndHaveEquallyManyWords) {
  const WordSalts salts;
  EXPECT_EQ(salts.words(), 8U);
  std::set<std::string> seen;
  for (std::uint32_t number = 0; number < 50'000; ++number) {
    const auto salt = salts.salt(1, number);
    ASSERT_EQ(words_of(salt), 8) << salt;
    seen.insert(salt);
    // As a warm-up's are numbered.
    seen.insert(salts.salt(1, std::numeric_limits<std::uint32_t>::max() - number));
  }
  EXPECT_EQ(seen.size(), 100'000U);
}

TEST(WordSalts, DependOnTheSeed) {
  const WordSalts salts;
  EXPECT_EQ(salts.salt(1, 5), salts.salt(1, 5));
  EXPECT_NE(salts.salt(1, 5), salts.salt(2, 5));
}

TEST(WordSalts, AreLongerWhereThereAreFewWords) {
  const WordSalts four({"a", "b", "c", "d", "e"});
  EXPECT_EQ(four.words(), 16U) << "two bits a word, of 32";
  std::set<std::string> seen;
  for (std::uint32_t number = 0; number < 10'000; ++number) seen.insert(four.salt(3, number));
  EXPECT_EQ(seen.size(), 10'000U);
  EXPECT_EQ(four.salt(3, 0).find('e'), std::string::npos) << "only a power of two of the words is used";
  EXPECT_EQ(WordSalts({"a", "b"}).words(), 32U);
  EXPECT_EQ(WordSalts({"a"}).words(), 8U) << "one word tells nothing: the usual ones";
}

}  // namespace
}  // namespace edgeeval
