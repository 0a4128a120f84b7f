// SPDX-License-Identifier: Apache-2.0
#include "core/csv_field.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

TEST(CsvField, QuotesWhatRfc4180WantsQuoted) {
  EXPECT_EQ(csv_field("plain – text"), "plain – text");
  EXPECT_EQ(csv_field("a \"b\", c"), "\"a \"\"b\"\", c\"");
  EXPECT_EQ(csv_field(""), "");
}

TEST(CsvField, IsOneLineThatSteersNothing) {
  EXPECT_EQ(csv_field("a\nb\tc"), "a b c");
  EXPECT_EQ(csv_field("a\x1b[31m\r"), "a\xEF\xBF\xBD[31m\xEF\xBF\xBD");
  EXPECT_EQ(csv_field("a\xc2\x9b,\xe2\x80\xae"), "\"a\xEF\xBF\xBD,\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace edgeeval
