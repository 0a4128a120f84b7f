// SPDX-License-Identifier: Apache-2.0
#include "core/csv_records.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace edgeeval {
namespace {

using Record = std::vector<std::string>;

TEST(CsvRecords, AreCutOutOfPieces) {
  std::vector<Record> seen;
  CsvRecords records([&](const Record& fields) { seen.push_back(fields); });
  for (const auto* piece : {"a,b\r\n\n\"x,", "y\",\"q\"\"q\"\n", "1,", "\n\"two\nlines\",", "end"})
    EXPECT_TRUE(records.feed(piece));
  EXPECT_EQ(seen.size(), 3U) << "the last record has not ended";
  EXPECT_TRUE(records.finish());
  const std::vector<Record> expected{{"a", "b"}, {"x,y", "q\"q"}, {"1", ""}, {"two\nlines", "end"}};
  EXPECT_EQ(seen, expected);
}

TEST(CsvRecords, WithMalformedQuotesAreRefused) {
  CsvRecords inside([](const Record&) {});
  EXPECT_FALSE(inside.feed("\"a\"b,c\n"));
  EXPECT_FALSE(inside.problem().empty());
  CsvRecords open([](const Record&) {});
  EXPECT_TRUE(open.feed("\"never closed\n"));
  EXPECT_FALSE(open.finish());
}

}  // namespace
}  // namespace edgeeval
