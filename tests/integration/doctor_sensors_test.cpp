// SPDX-License-Identifier: Apache-2.0
// `edgeeval doctor --sensors` as a user runs it, on whatever machine this is.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "support/run_program.hpp"

namespace edgeeval::testing {
namespace {

const std::string kProgram = std::string(EDGEEVAL_BIN_DIR) + "/edgeeval";

TEST(DoctorSensors, TellsWhatIsThereAsJson) {
  const TempFolder cache;
  const auto ran = run_program({kProgram, "doctor", "--sensors", "--seconds", "1", "--json"}, {},
                               {{"EDGEEVAL_CACHE", cache.path().string()}});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto json = nlohmann::json::parse(ran.out, nullptr, false);
  ASSERT_TRUE(json.is_object()) << ran.out;
  bool sensor = false;
  for (const auto& source : json.at("sources")) {
    EXPECT_TRUE(source.at("findings").contains("read_cost_s"));
    sensor = sensor || source.at("kind") != "model";
  }
  EXPECT_EQ(json.at("sensors"), sensor);
  EXPECT_EQ(json.at("written").empty(), !sensor);
  EXPECT_FALSE(json.at("verdict").get<std::string>().empty());
}

TEST(DoctorSensors, SaysPlainlyWhereThereIsNone) {
  const TempFolder cache;
  const auto ran = run_program({kProgram, "doctor", "--sensors", "--seconds", "1"}, {},
                               {{"EDGEEVAL_CACHE", cache.path().string()}});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const bool none = ran.out.find("No sensor here") != std::string::npos;
  const bool some = ran.out.find("update period") != std::string::npos;
  const bool nothing = ran.out.find("No energy source") != std::string::npos;
  EXPECT_EQ(none + some + nothing, 1) << ran.out;
}

TEST(DoctorSensors, BadOptionsAndFilesAreRefused) {
  const TempFolder cache;
  const std::map<std::string, std::string> environment = {{"EDGEEVAL_CACHE", cache.path().string()}};
  const auto code = [&](std::vector<std::string> more) {
    std::vector<std::string> all = {kProgram, "doctor", "--sensors"};
    all.insert(all.end(), more.begin(), more.end());
    return run_program(all, {}, environment).code;
  };
  EXPECT_EQ(code({"--efficiency", "0.9:0.8"}), 2);
  EXPECT_EQ(code({"--seconds", "0"}), 2);
  EXPECT_EQ(code({"--reference", (cache.path() / "none.csv").string()}), 11);
  std::ofstream(cache.path() / "bad.csv") << "time,power\n";
  EXPECT_EQ(code({"--reference", (cache.path() / "bad.csv").string()}), 18);
  EXPECT_EQ(run_program({kProgram, "doctor", "--seconds", "3"}, {}, environment).code, 2);
}

}  // namespace
}  // namespace edgeeval::testing
