// SPDX-License-Identifier: Apache-2.0
// Where output goes: what cannot be written is told by the exit code, and what is written harms nothing in
// its way.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "support/run_program.hpp"
#include "support/said.hpp"

namespace edgeeval::testing {
namespace {

namespace fs = std::filesystem;

const std::string kProgram = std::string(EDGEEVAL_BIN_DIR) + "/edgeeval";
const std::string kSource = EDGEEVAL_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The program through a shell: `rest` holds arguments and redirections.
Ran shell(const std::string& rest) { return run_program({"/bin/sh", "-c", "exec " + kProgram + " " + rest}); }

class Output : public ::testing::Test {
 protected:
  /// A run folder of published numbers.
  void SetUp() override { ASSERT_EQ(shell("import --out " + run()).code, 0); }
  [[nodiscard]] const fs::path& folder() const { return temp_.path(); }
  [[nodiscard]] std::string run() const { return (temp_.path() / "run").string(); }

 private:
  TempFolder temp_;
};

TEST_F(Output, AFullStdoutIsDiskFullForEveryCommand) {
  const auto study = kSource + "/examples/quickstart.yaml";
  for (const std::string& command :
       {std::string("--help"), std::string("--version"), std::string("audit --list"), std::string("metrics"),
        std::string("metrics --json"), "check " + study, "check --json " + study, std::string("doctor"),
        std::string("doctor --json"), "import --out " + run() + "2", "report " + run(),
        "report --json " + run(), "compare " + run() + " " + run(),
        "gate " + run() + " --baseline " + run() + " --policy " + kSource + "/examples/gate-policy.yaml",
        "audit " + run(), std::string("paper"), std::string("run --help")}) {
    const auto ran = shell(command + " >/dev/full");
    EXPECT_EQ(ran.code, 10) << command << ": " << ran.err;
    EXPECT_TRUE(holds(ran.err, "stdout: cannot write")) << command << ": " << ran.err;
  }
}

TEST_F(Output, TheHelpOfReportNamesEveryFormatThatItWrites) {
  std::string help;
  // The help is broken into lines where it is wide.
  for (std::istringstream words(shell("report --help").out); words >> std::ws;) {
    std::string word;
    words >> word;
    help += word + " ";
  }
  EXPECT_TRUE(holds(help, "of a study's run: console, csv, html, json, junit, llmd, md, model-card;"))
      << help;
  EXPECT_TRUE(holds(help, "of a benchmark: console, csv, json, md, mlperf, jsonl, trace ")) << help;
}

TEST_F(Output, MetricsOfStudiesAndOfLoadsAreLookedUpInOnePlace) {
  const auto one = shell("metrics itl_delivered");
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_TRUE(holds(one.out, "itl_delivered")) << one.out;
  EXPECT_TRUE(holds(one.out, "serving") && holds(one.out, "(s)")) << one.out;
  EXPECT_TRUE(holds(one.out, "for its other tokens 0")) << one.out;
  const auto all = shell("metrics");
  EXPECT_TRUE(holds(all.out, "n_break") && holds(all.out, "ttft_service")) << all.out;
  const auto slip = shell("metrics itl_delivred");
  EXPECT_EQ(slip.code, 2);
  EXPECT_TRUE(holds(slip.err, "Did you mean \"itl_delivered\"?")) << slip.err;
}

TEST_F(Output, AClosedStdoutIsAnIoError) {
  for (const std::string& command : {std::string("--version"), std::string("metrics"), "report " + run()}) {
    const auto ran = shell(command + " >&-");
    EXPECT_EQ(ran.code, 11) << command << ": " << ran.err;
    EXPECT_TRUE(holds(ran.err, "stdout: cannot write")) << command << ": " << ran.err;
  }
  // Who prints nothing misses nothing.
  EXPECT_EQ(shell("report " + run() + " -o md:" + run() + "/x.md >&-").code, 0);
}

TEST_F(Output, AFullStderrStillGivesTheExitCode) {
  EXPECT_EQ(shell("check /nonexistent.yaml 2>/dev/full").code, shell("check /nonexistent.yaml").code);
}

TEST_F(Output, AReaderThatLeavesEndsTheProgramBySigpipe) {
  const auto ran = run_program({"/bin/bash", "-c", "set -o pipefail; " + kProgram + " metrics | true"});
  EXPECT_TRUE(ran.code == 141 || ran.code == 0) << ran.err;
}

TEST_F(Output, ALinkIsFollowedAndADeviceWrittenInto) {
  const auto link = folder() / "link.csv";
  fs::create_symlink("real.csv", link);
  EXPECT_EQ(shell("report " + run() + " -o csv:" + link.string()).code, 0);
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_FALSE(read(folder() / "real.csv").empty());
  // A link to the device, so that a program that renames harms the link alone.
  const auto full = folder() / "full";
  fs::create_symlink("/dev/full", full);
  const auto ran = shell("report " + run() + " -o csv:" + full.string());
  EXPECT_EQ(ran.code, 10) << ran.err;
  EXPECT_TRUE(fs::is_symlink(full));
  EXPECT_FALSE(fs::exists(folder() / "full.part"));
  struct stat device {};
  ASSERT_EQ(::stat("/dev/full", &device), 0);
  EXPECT_TRUE(S_ISCHR(device.st_mode));
}

TEST_F(Output, AFolderIsRefusedAndNothingIsLeftBeside) {
  fs::create_directory(folder() / "dd");
  const auto ran = shell("report " + run() + " -o csv:" + (folder() / "dd").string());
  EXPECT_EQ(ran.code, 11);
  EXPECT_TRUE(holds(ran.err, "is a folder")) << ran.err;
  EXPECT_FALSE(fs::exists(folder() / "dd.part"));
}

TEST_F(Output, JsonAndOtherOutputsAreBothWritten) {
  const auto ran = shell("report " + run() + " --json -o md:" + (folder() / "x.md").string());
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out.front(), '{');
  EXPECT_TRUE(fs::exists(folder() / "x.md"));
}

TEST_F(Output, ARecordThatIsAPipeIsRefusedAtOnce) {
  fs::create_directory(folder() / "q");
  ASSERT_EQ(::mkfifo((folder() / "q/record.jsonl").c_str(), 0600), 0);
  const auto ran = run_program({"/usr/bin/timeout", "20", kProgram, "report", (folder() / "q").string()});
  EXPECT_EQ(ran.code, 11) << ran.err;
  EXPECT_TRUE(holds(ran.err, "is a pipe, not a file")) << ran.err;
}

TEST_F(Output, AuditTellsOfATornLastLine) {
  std::ofstream(run() + "/record.jsonl", std::ios::app) << "{\"type\": \"sta";
  const auto ran = shell("audit " + run());
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(holds(ran.err, "the last line is torn and was left out")) << ran.err;
}

TEST_F(Output, AuditTellsOfARecordThatIsABrokenLink) {
  fs::create_directory(folder() / "q");
  fs::create_symlink("gone", folder() / "q/record.jsonl");
  const auto ran = shell("audit " + (folder() / "q").string());
  EXPECT_EQ(ran.code, 11) << ran.err;
  EXPECT_TRUE(holds(ran.err, "broken link")) << ran.err;
}

TEST_F(Output, AnUnknownSubcommandIsNamedWithTheNearest) {
  const auto ran = shell("reprot x");
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(holds(ran.err, "\"reprot\"; did you mean \"report\"?")) << ran.err;
  const auto other = shell("nope");
  EXPECT_EQ(other.code, 2);
  EXPECT_TRUE(holds(other.err, "no subcommand \"nope\"")) << other.err;
  EXPECT_TRUE(holds(other.err, "known: run, check")) << other.err;
}

TEST_F(Output, RowsOfAuditAreASensibleNumber) {
  for (const char* rows : {"-1", "18446744073709551615", "99999999999999999999", "2000000"})
    EXPECT_EQ(shell(std::string("audit --rows ") + rows).code, 2) << rows;
  EXPECT_EQ(shell("audit --rows 0").code, 0);
}

TEST_F(Output, HelpFitsEightyColumns) {
  for (const char* command :
       {"", "run", "check", "report", "metrics", "paper", "audit", "import", "doctor"}) {
    const auto ran = shell(std::string(command) + " --help");
    EXPECT_EQ(ran.code, 0);
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  }
}

}  // namespace
}  // namespace edgeeval::testing
