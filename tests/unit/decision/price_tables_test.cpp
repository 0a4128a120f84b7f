// SPDX-License-Identifier: Apache-2.0
#include "decision/price_tables.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "core/paths.hpp"
#include "support/run_program.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;
constexpr const char* kHeader = "name,key,value,unit,lo,hi,shape,source,date,licence\n";

class Tables : public ::testing::Test {
 protected:
  fs::path file(const std::string& rows, const std::string& header = kHeader) {
    const auto path = temp_.path() / "own.csv";
    std::ofstream(path) << header << rows;
    return path;
  }
  /// What is wrong with a file of these rows.
  Error error_of(const std::string& rows, const std::string& header = kHeader) {
    PriceTables tables;
    const auto added = tables.add("device", file(rows, header));
    return added ? Error{ErrorCode::internal, "no error"} : added.error();
  }
  testing::TempFolder temp_;
};

TEST_F(Tables, AreReadWithTheirSpreadSourceAndPlace) {
  PriceTables tables;
  ASSERT_TRUE(
      tables.add("device", file("t4,rent_usd_per_h,0.35,USD/h,0.16,0.53,lognormal,a list,2026-04-08,fact\n"
                                "t4,embodied_kg,150,kg,,,,a study,,fact\n")));
  const auto rows = tables.find("device", "t4");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]->spread.value, 0.35);
  EXPECT_EQ(rows[0]->spread.lo, 0.16);
  EXPECT_EQ(rows[0]->spread.hi, 0.53);
  EXPECT_EQ(rows[0]->spread.shape, economics::Shape::split_lognormal);
  EXPECT_EQ(rows[0]->source, "a list");
  EXPECT_EQ(rows[0]->place, "own.csv:2");
  EXPECT_EQ(rows[1]->spread.shape, economics::Shape::fixed);
  EXPECT_TRUE(tables.find("api", "t4").empty());
}

TEST_F(Tables, OfTheUserTakeThePlaceOfRowsOfTheSameNameAndKey) {
  PriceTables tables;
  ASSERT_TRUE(tables.add(
      "device", file("t4,rent_usd_per_h,0.35,USD/h,,,,a list,,fact\nt4,embodied_kg,150,kg,,,,s,,f\n")));
  ASSERT_TRUE(tables.add("device", file("t4,rent_usd_per_h,0.5,USD/h,,,,our contract,,ours\n")));
  const auto rows = tables.find("device", "t4");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]->spread.value, 0.5);
  EXPECT_EQ(rows[0]->source, "our contract");
  EXPECT_EQ(rows[1]->spread.value, 150.0);
}

TEST_F(Tables, RefuseAnUnknownKeyWithItsNearMiss) {
  const auto error = error_of("t4,rent_usd_per_hour,0.35,USD/h,,,,a list,,fact\n");
  EXPECT_EQ(error.code, ErrorCode::invalid_table);
  EXPECT_EQ(error.message, "column key: unknown key \"rent_usd_per_hour\"");
  EXPECT_TRUE(error.where.ends_with("own.csv:2")) << error.where;
  EXPECT_EQ(error.hint, "did you mean \"rent_usd_per_h\"?");
}

TEST_F(Tables, RefuseAWrongUnitARangeANumberADateAndAShape) {
  EXPECT_EQ(error_of("t4,rent_usd_per_h,0.35,EUR/h,,,,s,,f\n").hint, "must be: USD/h");
  EXPECT_EQ(error_of("t4,pue,0.5,1,,,,s,,f\n").message, "column value: 0.5 is out of range");
  EXPECT_EQ(error_of("t4,pue,nan,1,,,,s,,f\n").message, "column value: \"nan\" is no number");
  EXPECT_EQ(error_of("t4,pue,1.5x,1,,,,s,,f\n").message, "column value: \"1.5x\" is no number");
  EXPECT_EQ(error_of("t4,pue,,1,,,,s,,f\n").message, "column value: \"\" is no number");
  EXPECT_EQ(error_of("t4,pue,1.5,1,1.6,2,,s,,f\n").message,
            "column lo: lo 1.6 ≤ value 1.5 ≤ hi 2 does not hold");
  EXPECT_EQ(error_of("t4,pue,1.5,1,1.2,,,s,,f\n").message, "column hi: lo and hi come together");
  EXPECT_EQ(error_of("t4,pue,1.5,1,1.2,2,gamma,s,,f\n").message, "column shape: unknown shape \"gamma\"");
  EXPECT_EQ(error_of("t4,idle_w,5,W,0,9,lognormal,s,,f\n").message,
            "column shape: a lognormal spread needs value and lo above 0");
  EXPECT_EQ(error_of("t4,owned,0.5,1,,,,s,,f\n").message, "column value: 0.5 is neither yes nor no");
  EXPECT_EQ(error_of("t4,pue,1.5,1,,,,s,2026-13-01,f\n").message, "column date: \"2026-13-01\" is no date");
  EXPECT_EQ(error_of("t4,pue,1.5,1,,,,,,f\n").message, "column source: is empty");
}

TEST_F(Tables, RefuseDamage) {
  EXPECT_EQ(error_of("t4,pue,1.5\n").message, "3 fields where the header has 10");
  EXPECT_EQ(error_of("t4,pue,1.5,1,,,,s,,f\nt4,pue,1.6,1,,,,s,,f\n").message,
            "pue of \"t4\" stands already at own.csv:2");
  EXPECT_TRUE(error_of("t4,\"pue,1.5,1,,,,s,,f\n").message.starts_with("malformed CSV"));
  EXPECT_TRUE(error_of("", "name,value\n").hint.starts_with("must be: name,key,value"));
}

TEST_F(Tables, ThatAreShippedAreWholeAndSourced) {
  const auto tables = read_price_tables(*data_folder() / "economics");
  ASSERT_TRUE(tables) << tables.error().message << tables.error().where;
  for (const auto& row : tables->rows) {
    EXPECT_FALSE(row.source.empty() || row.licence.empty()) << row.place;
    if (row.date.empty()) continue;
    EXPECT_TRUE(is_date(row.date)) << row.place;
  }
  EXPECT_EQ(tables->find("api", "gpt-4o").size(), 3U);
  EXPECT_GE(tables->names("device").size(), 8U);
}

TEST(Ages, AreWholeMonths) {
  EXPECT_EQ(months_between("2025-11-25", "2026-11-25"), 12);
  EXPECT_EQ(months_between("2025-11-26", "2026-11-25"), 11);
  EXPECT_EQ(months_between("2026-12-01", "2026-11-25"), 0);
  EXPECT_EQ(months_between("", "2026-11-25"), 0);
  EXPECT_EQ(months_between("2025-01-01", ""), 0);
}

}  // namespace
}  // namespace edgeeval
