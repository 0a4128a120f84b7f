// SPDX-License-Identifier: Apache-2.0
#include "core/hash.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/run_program.hpp"

namespace edgeeval {
namespace {

// FIPS 180-2, appendix B.1.
constexpr const char* kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, OfTheStandardsExample) { EXPECT_EQ(sha256("abc"), kAbc); }

TEST(Sha256, OfAFileEqualsThatOfItsBytes) {
  const testing::TempFolder temp;
  std::ofstream(temp.path() / "f") << "abc";
  EXPECT_EQ(sha256_file(temp.path() / "f").value(), kAbc);
  EXPECT_FALSE(sha256_file(temp.path() / "missing"));
}

}  // namespace
}  // namespace edgeeval
