// SPDX-License-Identifier: Apache-2.0
// What other implementations are held against must say what this one says.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "economics/outcome.hpp"
#include "support/economics_samples.hpp"
#include "support/run_program.hpp"

namespace edgeeval::economics {
namespace {

using nlohmann::json;

TEST(Vectors, HoldEveryInputAndTheFiguresOfEach) {
  const auto ran = edgeeval::testing::run_program({ECONOMICS_VECTORS, "50", "3", "2", "100"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  std::istringstream lines(ran.out);
  std::string line;
  int outcomes = 0, spreads = 0;
  std::set<std::string> verdicts;
  while (std::getline(lines, line)) {
    const json vector = json::parse(line);
    if (vector.contains("uncertain")) {
      ++spreads;
      EXPECT_EQ(vector["uncertain"].size(), kInputs);
      EXPECT_EQ(vector["spread"]["draws"], 100);
      EXPECT_EQ(vector["spread"].size(), 6U + 15U);
      continue;
    }
    ++outcomes;
    Inputs inputs;
    ASSERT_EQ(vector["inputs"].size(), kInputs);
    for (const InputField& field : input_table())
      inputs.*field.member = vector["inputs"][std::string(field.key)].get<double>();
    const Outcome out = evaluate(inputs);
    const json& said = vector["outcome"];
    EXPECT_EQ(said.size(), 39U);
    EXPECT_EQ(said["saving_usd"].get<double>(), out.saving_usd) << "to the last digit";
    EXPECT_EQ(said["local_usd"], std::isinf(out.local_usd) ? json("inf") : json(out.local_usd));
    EXPECT_EQ(said["break_even_s"], out.break_even_s ? json(*out.break_even_s) : json(nullptr));
    EXPECT_EQ(said["verdict"], std::string(to_string(out.verdict)));
    verdicts.insert(said["verdict"].get<std::string>());
  }
  EXPECT_EQ(outcomes, 50);
  EXPECT_EQ(spreads, 2);
  EXPECT_EQ(verdicts, (std::set<std::string>{"api", "local", "never"})) << "a sample of all kinds";
}

}  // namespace
}  // namespace edgeeval::economics
