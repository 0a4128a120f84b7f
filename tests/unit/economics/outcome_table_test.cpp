// SPDX-License-Identifier: Apache-2.0
#include "economics/outcome_table.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "support/economics_samples.hpp"

namespace edgeeval::economics {
namespace {

std::string text_of(const std::string& file) {
  std::ifstream in(std::string(EDGEEVAL_SOURCE_DIR) + "/" + file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(OutcomeTable, HasEveryNumberOnceUnderItsOwnName) {
  const auto header = text_of("src/economics/outcome.hpp");
  const auto begin = header.find("struct Outcome {");
  const auto members = header.substr(begin, header.find("};", begin) - begin);
  std::set<std::string_view> keys;
  std::size_t at = 0;
  for (const auto& field : outcome_table()) {
    EXPECT_TRUE(keys.insert(field.key).second) << field.key;
    EXPECT_NE(field.always == nullptr, field.maybe == nullptr) << field.key;
    // As a word of its own, after the figure before it: in the order of the struct.
    std::size_t found = std::string::npos;
    for (const char* after : {" =", ";"})
      found = std::min(found, members.find(" " + std::string(field.key) + after, at));
    EXPECT_NE(found, std::string::npos) << field.key;
    if (found != std::string::npos) at = found;
  }
  EXPECT_EQ(keys.size(), 37U);
}

TEST(OutcomeTable, GivesEachFigureOfAnOutcome) {
  Inputs in = samples::paying();
  in.api_decay_per_year = 0.9;
  const Outcome out = evaluate(in);
  const auto value = [&](std::string_view key) -> std::optional<double> {
    for (const auto& field : outcome_table())
      if (field.key == key) return field.of(out);
    return {};
  };
  EXPECT_EQ(value("fixed_usd_per_s"), out.fixed_usd_per_s);
  EXPECT_EQ(value("park_w"), 20.0) << "36 W idle, 16 W off";
  EXPECT_EQ(value("reversal_requests"), *out.reversal_s) << "one request a second";
  ASSERT_TRUE(out.break_even_s);
  EXPECT_GT(*value("reversal_s"), *out.break_even_s);
  const Outcome never = evaluate(Inputs{});
  for (const auto& field : outcome_table()) {
    if (field.maybe == nullptr) continue;
    EXPECT_EQ(field.of(never), never.*field.maybe) << field.key;
    if (!field.of(never)) {
      EXPECT_EQ(field.drawn(never), HUGE_VAL) << field.key;
    }
  }
}

TEST(OutcomeTable, HasEveryBandOfASpreadOnce) {
  std::size_t bands = 0;
  for (const auto& field : outcome_table()) {
    if (field.band == nullptr) continue;
    ++bands;
    EXPECT_EQ(field_of(field.band).key, field.key) << "no other row has its band";
    EXPECT_EQ(field.of_paying, field.key.starts_with("reversal_")) << field.key;
  }
  EXPECT_EQ(bands, 15U);
  // All that a spread holds but its counts are bands.
  EXPECT_EQ(sizeof(Spread), bands * sizeof(Band) + 5 * sizeof(double));
}

TEST(OutcomeTable, IsWhatTheDocumentationSays) {
  std::istringstream lines(text_of("docs/economics.md"));
  std::set<std::string> told;
  std::string line;
  while (std::getline(lines, line)) {
    if (!line.starts_with("| `")) continue;
    const auto first = line.find(" |"), second = line.find(" |", first + 2);
    const auto names = line.substr(0, first);
    const auto unit = second == std::string::npos ? "" : line.substr(first + 3, second - first - 3);
    for (const auto& field : outcome_table()) {
      if (names.find("`" + std::string(field.key) + "`") == std::string::npos) continue;
      told.insert(std::string(field.key));
      EXPECT_EQ(unit, field.unit) << line;
    }
  }
  EXPECT_EQ(told.size(), outcome_table().size() - 1) << "how busy machines are, the text itself says";
}

}  // namespace
}  // namespace edgeeval::economics
