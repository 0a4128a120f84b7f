// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "economics/inputs.hpp"
#include "economics/uncertainty.hpp"

namespace edgeeval::economics {
namespace {

std::string text_of(const std::string& file) {
  std::ifstream in(std::string(EDGEEVAL_SOURCE_DIR) + "/" + file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(InputTable, HasEveryMemberInOrderUnderItsOwnName) {
  const std::string header = text_of("src/economics/inputs.hpp");
  const auto table = input_table();
  ASSERT_EQ(table.size(), kInputs);
  const Inputs inputs;
  const auto* first = reinterpret_cast<const char*>(&inputs);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto* member = reinterpret_cast<const char*>(&(inputs.*table[i].member));
    EXPECT_EQ(member - first, static_cast<std::ptrdiff_t>(i * sizeof(double))) << table[i].key;
    EXPECT_NE(header.find("  double " + std::string(table[i].key) + " = "), std::string::npos)
        << table[i].key;
  }
}

TEST(InputTable, HasRangesThatHoldTheSliderAndTheDefault) {
  const Inputs defaults;
  for (const InputField& field : input_table()) {
    EXPECT_LE(field.least, field.slider_lo) << field.key;
    EXPECT_LT(field.slider_lo, field.slider_hi) << field.key;
    EXPECT_LE(field.slider_hi, field.most) << field.key;
    EXPECT_LE(field.least, defaults.*field.member) << field.key;
    EXPECT_GE(field.most, defaults.*field.member) << field.key;
    EXPECT_TRUE(field.scale != Scale::log || field.slider_lo > 0.0) << field.key;
    EXPECT_TRUE(field.scale != Scale::yes_no || (field.least == 0.0 && field.most == 1.0)) << field.key;
    EXPECT_FALSE(field.title.empty() || field.unit.empty()) << field.key;
    EXPECT_EQ(field.meaning.back(), '.') << field.key;
  }
  for (const char* divisor : {"capacity_per_s", "horizon_years", "life_years"})
    EXPECT_GT(find_input(divisor)->least, 0.0) << divisor;
}

TEST(InputTable, GivesVariantsWhatIsMeasuredOfThem) {
  const std::set<std::string_view> measured{"capacity_per_s", "busy_w",       "idle_w",        "off_w",
                                            "cold_start_j",   "input_tokens", "output_tokens", "adapt_s",
                                            "adapt_j",        "quality"};
  for (const InputField& field : input_table())
    EXPECT_EQ(field.owner == Owner::variant, measured.contains(field.key)) << field.key;
}

TEST(InputTable, FindsByKeyAndNothingElse) {
  ASSERT_NE(find_input("pue"), nullptr);
  EXPECT_EQ(find_input("pue")->member, &Inputs::pue);
  EXPECT_EQ(find_input("PUE"), nullptr);
  EXPECT_EQ(find_input(""), nullptr);
}

/// A number as the table of docs/economics.md has it.
std::string number(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

TEST(InputTable, IsTheTableOfTheDocumentation) {
  const std::string doc = text_of("docs/economics.md");
  const Inputs defaults;
  for (const InputField& field : input_table()) {
    const std::string row = "| `" + std::string(field.key) + "` | " + std::string(field.unit) + " | " +
                            number(defaults.*field.member) + " | " + number(field.least) + "…" +
                            number(field.most) + " | " +
                            (field.owner == Owner::variant ? "variant" : "scenario") + " | " +
                            std::string(field.meaning) + " |\n";
    EXPECT_NE(doc.find(row), std::string::npos) << "docs/economics.md lacks the row\n" << row;
  }
}

}  // namespace
}  // namespace edgeeval::economics
