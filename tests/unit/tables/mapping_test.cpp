// SPDX-License-Identifier: Apache-2.0
#include "tables/mapping.hpp"

#include <gtest/gtest.h>

#include "table_files.hpp"

namespace edgeeval {
namespace {

Result<StudyMapping> read(const std::string& text) {
  const TableFolder folder;
  folder.write("mapping.yaml", text);
  return read_mapping(folder.file("mapping.yaml"));
}

/// `text` with the first `from` replaced.
std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

void expect_error(const std::string& text, const std::string& message, const std::string& where) {
  const auto mapping = read(text);
  ASSERT_FALSE(mapping) << message;
  EXPECT_EQ(mapping.error().code, ErrorCode::invalid_table);
  EXPECT_NE(mapping.error().message.find(message), std::string::npos) << mapping.error().message;
  EXPECT_NE(mapping.error().where.find(where), std::string::npos) << mapping.error().where;
}

TEST(Mapping, ReadsContextFilesAndRules) {
  const auto mapping = read(
      "context: {title: t, boards: 2, window_holds_load: true, api_prices_usd: [1, 2], cost_terms: [a]}\n"
      "tables:\n  serving:\n    files: [a.csv, b.csv]\n"
      "    columns: {family: {column: Model, pattern: \"^([A-Z]+)\", values: {X: Y}}, energy_j: {column: kJ, scale: 1000}}\n");
  ASSERT_TRUE(mapping) << mapping.error().message;
  EXPECT_EQ(mapping->context.title, "t");
  EXPECT_EQ(mapping->context.boards, 2.0);
  EXPECT_EQ(mapping->context.window_holds_load, true);
  EXPECT_EQ(mapping->context.api_prices_usd.size(), 2U);
  const auto& table = mapping->tables.at("serving");
  EXPECT_EQ(table.files.size(), 2U);
  EXPECT_EQ(table.columns.at("family").values.at("X"), "Y");
  EXPECT_EQ(table.columns.at("energy_j").scale, 1000.0);
}

TEST(Mapping, NamesUnknownKeysWithTheirPlaceAndWhatIsAllowed) {
  expect_error(with(serving_mapping(), "boards:", "bords:"), "unknown key \"bords\"", ":1:");
  expect_error(with(serving_mapping(), "  serving:", "  servings:"), "unknown key \"servings\"", ":3:3");
  expect_error(with(serving_mapping(), "    files:", "    file:"), "unknown key \"file\"", ":4:5");
  expect_error(with(serving_mapping(), "samples: samples", "sample: samples"), "unknown key \"sample\"", ":6:");
  expect_error("table: {}\n", "unknown key \"table\"", ":1:1");
}

TEST(Mapping, RefusesWrongTypes) {
  expect_error(with(serving_mapping(), "boards: 1", "boards: two"), "", ":1:");
  expect_error(with(serving_mapping(), "files: [serving.csv]", "files: {a: b}"), "", ":4:");
  expect_error("context: 3\ntables: {}\n", "must be a map", ":1:10");
  expect_error("- a\n- b\n", "must be a map", ":1:1");
}

TEST(Mapping, RefusesAPatternThatIsNoneOrHasNoGroup) {
  expect_error(with(serving_mapping(), "family: family", "family: {column: c, pattern: \"(\"}"),
               "is no regular expression", ":5:");
  expect_error(with(serving_mapping(), "family: family", "family: {column: c, pattern: \"a+\"}"), "has no group", ":5:");
  expect_error(with(serving_mapping(), "family: family", "family: {pattern: \"(a)\"}"), "names no column", ":5:");
}

TEST(Mapping, NeedsAServingTableAndFiles) {
  expect_error("context: {}\n", "no \"serving\" table", "mapping.yaml");
  expect_error("tables:\n  serving:\n    columns: {}\n", "names no files", ":3:");
}

TEST(Mapping, NamesBrokenYamlWithItsPlace) { expect_error("tables: [\n", "", ":2:"); }

/// The small mapping with one more key in its context, or another rule for the column of energy.
std::string with_context(const std::string& entry) { return with(serving_mapping(), "boards: 1", entry); }
std::string with_rule(const std::string& rule) {
  return with(serving_mapping(), "energy_j: energy", "energy_j: {column: energy, " + rule + "}");
}

TEST(Mapping, RefusesNumbersThatCannotBeAndSaysWhatIsAllowed) {
  for (const char* entry : {"board_power_limit_w: .nan", "boards: -2", "boards: 1.5", "quality_items: 0", "boards: two",
                            "sensor_period_s: 1e308", "quality_passes: 1e999", "board_memory_gb: .inf", "boards: [1]",
                            "boards: ", "api_prices_usd: [1, 0]", "api_prices_usd: []", "api_prices_usd: 3"}) {
    const std::string text = entry;
    expect_error(with_context(text), "context." + text.substr(0, text.find(':')), "mapping.yaml:1:");
    EXPECT_NE(read(with_context(text)).error().hint.find("allowed"), std::string::npos) << text;
  }
  for (const char* rule : {"scale: .nan", "scale: 1e308", "scale: 0", "scale: -1"})
    expect_error(with_rule(rule), "tables.serving.columns.energy_j.scale", ":7:");
  expect_error(with_context("boards: 1, boards_read: 2"), "2 boards are read of 1", ":1:");
}

TEST(Mapping, NamesKeyAndValueOfWrongTypes) {
  expect_error(with_context("window_holds_load: maybe"), "context.window_holds_load: must be true or false, found \"maybe\"", ":1:");
  expect_error(with_context("cost_terms: {a: b}"), "context.cost_terms: must be a list of texts, found a map", ":1:");
  expect_error(with(serving_mapping(), "title: small", "title: [a]"), "context.title: must be a text, found a list", ":1:");
  expect_error(with_rule("values: [a]"), "columns.energy_j.values: must be a map", ":7:");
  expect_error(with(serving_mapping(), "energy_j: energy", "energy_j: [energy]"), "columns.energy_j: must be a text", ":7:");
}

TEST(Mapping, RefusesKeysGivenTwice) {
  expect_error(with_context("boards: 1, boards: 2"), "context.boards: given twice", ":1:");
  expect_error(with_rule("scale: 2, scale: 3"), "energy_j.scale: given twice", ":7:");
  expect_error(serving_mapping() + "context: {title: b}\n", "context: given twice", ":8:1");
}

TEST(Mapping, SaysThatAnEmptyFileIsEmpty) {
  expect_error("", "the mapping is empty", "mapping.yaml:1");
  expect_error("# nothing\n", "the mapping is empty", "mapping.yaml:1");
}

TEST(Mapping, NamesFileKeyAndPatternOfAPatternThatIsNone) {
  expect_error(with_rule("pattern: \"(a)\\\\1\""), "tables.serving.columns.energy_j.pattern: /(a)\\1/ is no regular expression",
               "mapping.yaml:7:");
}

}  // namespace
}  // namespace edgeeval
