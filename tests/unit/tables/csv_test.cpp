// SPDX-License-Identifier: Apache-2.0
#include "tables/csv.hpp"

#include <gtest/gtest.h>

#include "table_files.hpp"

namespace edgeeval {
namespace {

struct Read {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> lines;
  std::optional<Error> error;
};

Read read(const std::string& content) {
  const TableFolder folder;
  folder.write("t.csv", content);
  Read result;
  const auto done = read_csv(
      folder.file("t.csv"),
      [&](const CsvRow& row) -> Result<void> {
        result.header = row.fields;
        return {};
      },
      [&](const CsvRow& row) -> Result<void> {
        result.rows.push_back(row.fields);
        result.lines.push_back(row.line);
        return {};
      });
  if (!done) result.error = done.error();
  return result;
}

using Fields = std::vector<std::string>;

TEST(Csv, ReadsLineEndsOfBothKindsTheSame) {
  for (const char* content :
       {"a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4"}) {
    const auto table = read(content);
    ASSERT_FALSE(table.error) << content;
    EXPECT_EQ(table.header, (Fields{"a", "b"}));
    EXPECT_EQ(table.rows, (std::vector<Fields>{{"1", "2"}, {"3", "4"}})) << content;
  }
}

TEST(Csv, ForgivesAByteOrderMarkAndBlankLines) {
  const auto table = read(
      "\xEF\xBB\xBF"
      "a,b\n\n1,2\n\n\n3,4\n\n\n");
  ASSERT_FALSE(table.error);
  EXPECT_EQ(table.header.front(), "a");
  EXPECT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.lines, (std::vector<std::size_t>{3, 6})) << "lines are those of the file";
}

TEST(Csv, KeepsCommasQuotesAndLineEndsOfQuotedFields) {
  const auto table = read("a,b\n\"x, y\",\"say \"\"no\"\"\"\n\"two\nlines\",z\nlast,1\n");
  ASSERT_FALSE(table.error);
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_EQ(table.rows[0], (Fields{"x, y", "say \"no\""}));
  EXPECT_EQ(table.rows[1], (Fields{"two\nlines", "z"}));
  EXPECT_EQ(table.lines, (std::vector<std::size_t>{2, 3, 5})) << "a row is where it begins";
}

TEST(Csv, KeepsEmptyFields) {
  EXPECT_EQ(read("a,b,c\n,,\n1,,3\n").rows, (std::vector<Fields>{{"", "", ""}, {"1", "", "3"}}));
}

TEST(Csv, TakesSpacesAroundAFieldAway) {
  EXPECT_EQ(read("a,b\n 1 , x y \n").rows, (std::vector<Fields>{{"1", "x y"}}));
}

TEST(Csv, RefusesRowsOfAnotherWidthWithTheirLine) {
  const auto table = read("a,b\n1,2\n1,2,3\n");
  ASSERT_TRUE(table.error);
  EXPECT_EQ(table.error->code, ErrorCode::invalid_table);
  EXPECT_NE(table.error->where.find("t.csv:3"), std::string::npos) << table.error->where;
  EXPECT_NE(table.error->message.find("3 fields where the header has 2"), std::string::npos);
}

TEST(Csv, RefusesAQuoteThatIsNeverClosed) {
  const auto table = read("a,b\n1,\"2\n3,4\n");
  ASSERT_TRUE(table.error);
  EXPECT_EQ(table.error->code, ErrorCode::invalid_table);
  EXPECT_FALSE(table.error->hint.empty());
}

TEST(Csv, RefusesTextAfterAClosingQuote) { EXPECT_TRUE(read("a,b\n\"1\"x,2\n").error); }

TEST(Csv, RefusesAnEmptyFileAndNamesAMissingOne) {
  ASSERT_TRUE(read("").error);
  EXPECT_NE(read("").error->message.find("no header"), std::string::npos);
  const auto nothing = [](const CsvRow&) -> Result<void> { return {}; };
  const auto done = read_csv("no/such.csv", nothing, nothing);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::io);
}

TEST(Csv, RefusesADeviceThatWouldGiveLinesWithoutEnd) {
  const auto nothing = [](const CsvRow&) -> Result<void> { return {}; };
  const auto done = read_csv("/dev/zero", nothing, nothing);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::io);
  EXPECT_EQ(done.error().message, "is a device, not a table");
}

TEST(Csv, StopsAtTheFirstErrorOfItsReader) {
  const TableFolder folder;
  folder.write("t.csv", "a\n1\n2\n3\n");
  int seen = 0;
  const auto done = read_csv(
      folder.file("t.csv"), [](const CsvRow&) -> Result<void> { return {}; },
      [&](const CsvRow&) -> Result<void> {
        ++seen;
        return fail(ErrorCode::invalid_table, "enough");
      });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().message, "enough");
  EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace edgeeval
