// SPDX-License-Identifier: Apache-2.0
// A recording or a plug that the user names and that cannot be read: measuring ends before anything runs.
#include <gtest/gtest.h>

#include <fstream>

#include "support/run_program.hpp"

namespace edgeeval::testing {
namespace {

const std::string kProgram = std::string(EDGEEVAL_BIN_DIR) + "/edgeeval";

/// What is named, and how the programs end.
struct Named {
  const char* variable;
  const char* value;    ///< "FILE" stands for a file with `content`.
  const char* content;  ///< Null: no such file.
  int code;
  const char* words;  ///< Some of what stderr says.
};

class RefusedSources : public ::testing::TestWithParam<Named> {
 protected:
  RefusedSources() {
    const auto file = folder_.path() / "recording.csv";
    if (GetParam().content != nullptr) std::ofstream(file) << GetParam().content;
    const std::string value = GetParam().value;
    environment_ = {{"EDGEEVAL_CACHE", (folder_.path() / "cache").string()},
                    {GetParam().variable, value == "FILE" ? file.string() : value}};
  }
  void expect_refused(const Ran& ran) const {
    EXPECT_EQ(ran.code, GetParam().code) << ran.err;
    EXPECT_EQ(ran.out, "");
    EXPECT_NE(ran.err.find(GetParam().variable), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find(GetParam().words), std::string::npos) << ran.err;
  }
  TempFolder folder_;
  std::map<std::string, std::string> environment_;
};

TEST_P(RefusedSources, EndMeasureBeforeTheCommandRuns) {
  const auto ran = folder_.path() / "ran";
  expect_refused(run_program({kProgram, "measure", "--", "touch", ran.string()}, {}, environment_));
  EXPECT_FALSE(std::filesystem::exists(ran));
}

TEST_P(RefusedSources, EndTheSensorSessionBeforeItsLoadRuns) {
  const auto ran = folder_.path() / "ran";
  expect_refused(
      run_program({kProgram, "doctor", "--sensors", "--seconds", "1", "--load", "touch " + ran.string()}, {},
                  environment_));
  EXPECT_FALSE(std::filesystem::exists(ran));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "cache"));
}

TEST_P(RefusedSources, AreToldByDoctorWhichShowsTheRest) {
  const auto ran = run_program({kProgram, "doctor"}, {}, environment_);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find(GetParam().words), std::string::npos) << ran.out;
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusedSources,
    ::testing::Values(Named{"EDGEEVAL_REPLAY", "FILE", nullptr, 11, "No such file"},
                      Named{"EDGEEVAL_REPLAY", "FILE", "t_s,cpu_j\n0,x\n", 18, "is no number"},
                      Named{"EDGEEVAL_REPLAY", "FILE", "time,power\n0,1\n", 18, "does not begin with t_s"},
                      Named{"EDGEEVAL_PLUG", "nonsense", nullptr, 2, "names no plug"},
                      Named{"EDGEEVAL_PLUG", "shelly://127.0.0.1:1", nullptr, 11, "Connection refused"}),
    [](const auto& test) { return "Case" + std::to_string(test.index); });

}  // namespace
}  // namespace edgeeval::testing
