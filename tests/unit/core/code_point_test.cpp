// SPDX-License-Identifier: Apache-2.0
#include "core/code_point.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

TEST(CodePoint, IsReadWithItsLength) {
  const auto expect = [](std::string_view text, std::uint32_t value, std::size_t bytes) {
    const auto point = first_code_point(text);
    ASSERT_TRUE(point) << text;
    EXPECT_EQ(point->value, value) << text;
    EXPECT_EQ(point->bytes, bytes) << text;
  };
  expect("a€", 0x61, 1);
  expect("\xc2\x80", 0x80, 2);
  expect("€", 0x20AC, 3);
  expect("\xef\xbf\xbf", 0xFFFF, 3);
  expect("😀a", 0x1F600, 4);
  expect("\xf4\x8f\xbf\xbf", 0x10FFFF, 4);
}

TEST(CodePoint, IsNothingWhereBytesAreNoUtf8) {
  for (const char* wrong : {"\x80", "\xff", "\xc3(", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80",
                            "\xf4\x90\x80\x80", "\xf0\x8f\xbf\xbf", "\xe2\x82", "\xf0\x9f\x98"})
    EXPECT_FALSE(first_code_point(wrong)) << wrong;
}

TEST(CodePoint, SteersWhereItIsAControlOrTurnsText) {
  for (const std::uint32_t steering :
       {0x00U,  0x09U,   0x0AU,   0x1BU,   0x1FU,   0x7FU,   0x80U,   0x85U,   0x9BU,   0x9FU,
        0x61CU, 0x200EU, 0x200FU, 0x2028U, 0x2029U, 0x202AU, 0x202EU, 0x2066U, 0x2069U, 0xFEFFU})
    EXPECT_TRUE(steers(steering)) << steering;
  for (const std::uint32_t seen : {0x20U, 0x7EU, 0xA0U, 0xADU, 0x61BU, 0x61DU, 0x200DU, 0x2010U, 0x2027U,
                                   0x202FU, 0x2065U, 0x206AU, 0xFFFDU, 0x1F600U})
    EXPECT_FALSE(steers(seen)) << seen;
}

}  // namespace
}  // namespace edgeeval
