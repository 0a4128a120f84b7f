// SPDX-License-Identifier: Apache-2.0
// edgeeval measure from outside: the command keeps its terminal, signals and exit code, and the report says
// what it must
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "support/run_program.hpp"
#include "support/said.hpp"

namespace edgeeval::testing {
namespace {

namespace fs = std::filesystem;

class MeasureTest : public ::testing::Test {
 protected:
  static Ran measure(std::vector<std::string> arguments, const OnLine& on_line = {}) {
    arguments.insert(arguments.begin(), {EDGEEVAL_BIN_DIR "/edgeeval", "measure"});
    return run_program(arguments, on_line);
  }
  static Ran shell(const std::string& script, std::vector<std::string> options = {},
                   const OnLine& on_line = {}) {
    options.insert(options.end(), {"--", "sh", "-c", script});
    return measure(std::move(options), on_line);
  }
  static Json json_of(const std::string& text) { return parse_json(text, "output").value(); }
  [[nodiscard]] fs::path at(const std::string& name) const { return folder_.path() / name; }
  TempFolder folder_;
};

TEST_F(MeasureTest, StdoutIsTheCommandsAlone) {
  const auto ran = shell("echo out; echo err >&2");
  EXPECT_EQ(ran.code, 0);
  EXPECT_EQ(ran.out, "out\n");
  EXPECT_TRUE(holds(ran.err, "err\n")) << ran.err;
  EXPECT_TRUE(holds(ran.err, "own cost")) << ran.err;
}

TEST_F(MeasureTest, StdinReachesTheCommand) {
  const auto ran =
      run_program({"/bin/sh", "-c", "echo through | " EDGEEVAL_BIN_DIR "/edgeeval measure -- cat"});
  EXPECT_EQ(ran.out, "through\n");
}

TEST_F(MeasureTest, ArgumentsArriveExactlyAsTyped) {
  const auto ran = measure({"--", "printf", "%s|", "[a,b]", "", "--help", "--", "{x}", "a b"});
  EXPECT_EQ(ran.out, "[a,b]||--help|--|{x}|a b|");
}

TEST_F(MeasureTest, TheExitCodeIsTheCommands) {
  EXPECT_EQ(shell("exit 42").code, 42);
  EXPECT_EQ(shell("kill -KILL $$").code, 128 + SIGKILL);
}

TEST_F(MeasureTest, ACommandThatIsNotThereEndsAsInAShell) {
  const auto missing = measure({"--", "no-such-command-anywhere"});
  EXPECT_EQ(missing.code, 127);
  EXPECT_TRUE(holds(missing.err, "no-such-command-anywhere")) << missing.err;
  std::ofstream(at("plain")) << "text";
  EXPECT_EQ(measure({"--", at("plain").string()}).code, 126);
}

TEST_F(MeasureTest, ASignalSentToUsReachesTheCommandAndTheReportIsMade) {
  const auto ran =
      shell("trap 'echo caught; exit 7' TERM; echo ready; while :; do sleep 0.01; done", {},
            [](const std::string& line) { return line == "ready" ? std::optional(SIGTERM) : std::nullopt; });
  EXPECT_EQ(ran.code, 7);
  EXPECT_TRUE(holds(ran.out, "caught")) << ran.out;
  EXPECT_TRUE(holds(ran.err, "own cost")) << ran.err;
}

/// Seconds that the samples of a stopped run go on after it, as a share of the tail that its sensor needs.
double tail_sampled(const fs::path& folder, const std::string& script, const OnLine& on_line) {
  const auto recording = folder / "watts.csv";
  std::ofstream rows(recording);  // 40 W, refreshed every 0.1 s for ten minutes.
  rows << "t_s,gpu_w\n";
  for (int tenth = 0; tenth < 6000; ++tenth) rows << 0.1 * tenth << ",40\n";
  rows.close();
  const auto samples = folder / "samples.csv";
  const auto ran =
      run_program({EDGEEVAL_BIN_DIR "/edgeeval", "measure", "--tail", "3000", "--samples", samples.string(),
                   "-o", "json:" + (folder / "m.json").string(), "--", "sh", "-c", script},
                  on_line, {{"EDGEEVAL_REPLAY", recording.string()}});
  EXPECT_EQ(ran.code, 7) << ran.err;
  const auto json = parse_json(text_of(folder / "m.json"), "output").value();
  const double ran_s = json.at("summary").at("duration_s").at("values").at(0);
  std::istringstream lines(text_of(samples));
  double first_s = 0.0;
  double last_s = 0.0;
  std::string line;
  std::getline(lines, line);  // The header.
  for (int row = 0; std::getline(lines, line); ++row) {
    last_s = std::stod(line);
    if (row == 0) first_s = last_s;
  }
  constexpr double kLeastTail = 2.0;  // Of a sensor of unknown character.
  return (last_s - first_s - ran_s) / kLeastTail;
}

constexpr const char* kEndsOnTerm =
    "trap 'trap \"\" TERM; echo caught; exit 7' TERM; echo ready; while :; do sleep 0.01; done";

TEST_F(MeasureTest, AStoppedRunHasTheTailThatItsSensorsNeed) {
  const double share = tail_sampled(folder_.path(), kEndsOnTerm, [](const std::string& line) {
    return line == "ready" ? std::optional(SIGTERM) : std::nullopt;
  });
  EXPECT_GE(share, 0.9);
}

TEST_F(MeasureTest, ASecondSignalLeavesTheTailOut) {
  const double share = tail_sampled(folder_.path(), kEndsOnTerm, [](const std::string& line) {
    return line == "ready" || line == "caught" ? std::optional(SIGTERM) : std::nullopt;
  });
  EXPECT_LE(share, 0.8);
}

TEST_F(MeasureTest, ARunThatWasStoppedIsNoRunLikeTheOthers) {
  const auto ran =
      shell("[ -e " + at("second").string() + " ] || { : > " + at("second").string() +
                "; exit 0; }; trap 'exit 0' TERM; echo ready; while :; do sleep 0.01; done",
            {"--repeat", "3", "-o", "json:" + at("m.json").string()},
            [](const std::string& line) { return line == "ready" ? std::optional(SIGTERM) : std::nullopt; });
  EXPECT_EQ(ran.code, 128 + SIGTERM);
  const auto json = json_of(text_of(at("m.json")));
  ASSERT_EQ(json.at("runs").size(), 2U);
  EXPECT_FALSE(json.at("runs").at(0).contains("stopped_by"));
  EXPECT_EQ(json.at("runs").at(1).at("stopped_by"), SIGTERM);
  EXPECT_EQ(json.at("summary").at("left_out"), Json::array({2}));
  EXPECT_EQ(json.at("summary").at("duration_s").at("values").size(), 1U);
}

TEST_F(MeasureTest, JsonHasSummaryAndEveryRun) {
  const auto ran = shell("true", {"--json", "--repeat", "3", "--warmup", "1", "--window", "idle-ish"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto json = json_of(ran.out);
  EXPECT_EQ(json.at("format"), "edgeeval-measure");
  EXPECT_EQ(json.at("name"), "idle-ish");
  EXPECT_EQ(json.at("warmups"), 1);
  ASSERT_EQ(json.at("runs").size(), 3U);
  for (const auto& run : json.at("runs")) {
    EXPECT_EQ(run.at("exit_code"), 0);
    EXPECT_EQ(run.at("window").at("name"), "idle-ish");
  }
  const auto& summary = json.at("summary");
  EXPECT_EQ(summary.at("duration_s").at("values").size(), 3U);
  EXPECT_TRUE(summary.at("duration_s").contains("half_width_95"));
  for (const auto& source : summary.at("sources")) {
    EXPECT_TRUE(source.contains("lo_j") && source.contains("hi_j")) << source;
    EXPECT_TRUE(source.contains("grade") && source.contains("method")) << source;
  }
}

TEST_F(MeasureTest, IdleGivesNetEnergy) {
  const auto ran = shell("sleep 0.3", {"--json", "--idle", "0.6"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto json = json_of(ran.out);
  for (const auto& source : json.at("summary").at("sources")) EXPECT_TRUE(source.contains("net_j")) << source;
  EXPECT_TRUE(json.contains("idle_before"));
  EXPECT_TRUE(json.contains("idle_after"));
}

TEST_F(MeasureTest, WritesEveryFormat) {
  const auto ran = shell("true", {"-o", "json:" + at("m.json").string(), "-o", "csv:" + at("m.csv").string(),
                                  "-o", "md:" + at("m.md").string()});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(json_of(text_of(at("m.json"))).at("runs").size(), 1U);
  EXPECT_EQ(text_of(at("m.csv")).rfind("run,source,domain,", 0), 0U);
  EXPECT_EQ(text_of(at("m.md")).rfind("### ", 0), 0U);
}

TEST_F(MeasureTest, RepeatsEndWithTheFirstFailure) {
  const auto ran = shell("echo run >> " + at("runs").string() + "; exit 3", {"--repeat", "5"});
  EXPECT_EQ(ran.code, 3);
  EXPECT_EQ(text_of(at("runs")), "run\n");
}

TEST_F(MeasureTest, RequiringASensorIsDecidedBeforeTheCommandRuns) {
  const auto ran = shell("echo ran", {"--require", "measured", "--json"});
  if (ran.code == 0) {
    const auto end = ran.out.substr(ran.out.find('{'));
    const auto sources = json_of(end).at("summary").at("sources");
    EXPECT_TRUE(std::any_of(sources.begin(), sources.end(),
                            [](const Json& s) { return s.at("grade") == "measured"; }));
    return;
  }
  EXPECT_EQ(ran.code, 20) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(holds(ran.err, "doctor")) << ran.err;
}

TEST_F(MeasureTest, AKilledMeasureLeavesValidSamples) {
  const auto samples = at("power.csv");
  // The command kills its parent, once there are samples of some ticks.
  const auto ran =
      shell("while [ $(wc -l < " + samples.string() + ") -lt 12 ]; do sleep 0.02; done; kill -KILL $PPID",
            {"--samples", samples.string()});
  EXPECT_EQ(ran.signal, SIGKILL);
  std::istringstream lines(text_of(samples));
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(line, "t_before_s,t_after_s,source,energy_j,lo_j,hi_j,watts,kind");
  int count = 0;
  while (std::getline(lines, line)) {
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), 7) << line;
    ++count;
  }
  EXPECT_GE(count, 11);
  EXPECT_EQ(text_of(samples).back(), '\n');
}

TEST_F(MeasureTest, AFileOfOthersIsNotTakenForSamples) {
  std::ofstream(at("thesis.txt")) << "one line without its end";
  const auto ran = shell("echo ran", {"--samples", at("thesis.txt").string()});
  EXPECT_EQ(ran.code, 11);
  EXPECT_EQ(ran.out, "") << "refused before the command runs";
  EXPECT_TRUE(holds(ran.err, "thesis.txt")) << ran.err;
  EXPECT_EQ(text_of(at("thesis.txt")), "one line without its end");
  const auto folder = shell("echo ran", {"--samples", folder_.path().string()});
  EXPECT_EQ(folder.code, 11);
  EXPECT_EQ(folder.out, "");
}

TEST_F(MeasureTest, SamplesGoToAFileOfTheirOwn) {
  const auto path = at("both.csv").string();
  const auto ran = shell("echo ran", {"--samples", path, "-o", "csv:" + at("./both.csv").string()});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(MeasureTest, ATargetThatCannotBeWrittenIsRefusedBeforeTheRun) {
  const auto ran = shell("echo ran", {"-o", "json:" + folder_.path().string()});
  EXPECT_EQ(ran.code, 11);
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(holds(ran.err, "is a folder")) << ran.err;
  if (::geteuid() == 0) return;  // Nothing is protected from root.
  std::ofstream(at("kept.json")) << "{}";
  fs::permissions(at("kept.json"), fs::perms::owner_read);
  EXPECT_EQ(shell("echo ran", {"-o", "json:" + at("kept.json").string()}).out, "");
}

TEST_F(MeasureTest, AReportThatFailsTakesNoOtherWithIt) {
  fs::create_directory(at("gone"));
  const auto ran = shell("rmdir " + at("gone").string(),
                         {"-o", "json:" + at("gone/m.json").string(), "-o", "csv:" + at("m.csv").string()});
  EXPECT_EQ(ran.code, 11);
  EXPECT_EQ(text_of(at("m.csv")).rfind("run,source,domain,", 0), 0U);
  EXPECT_TRUE(holds(ran.err, "own cost")) << "the measurement is told all the same: " << ran.err;
}

TEST_F(MeasureTest, NamesRawSamplesOnlyWhereSomeWereKept) {
  const auto path = at("power.csv").string();
  EXPECT_TRUE(holds(shell("true", {"--samples", path}).err, "raw samples"));
  // The command removes its own samples.
  fs::create_directory(at("gone"));
  const auto ran = shell("rm -r " + at("gone").string(), {"--samples", at("gone/power.csv").string()});
  EXPECT_EQ(ran.code, 0);
  EXPECT_FALSE(holds(ran.err, "raw samples ")) << ran.err;
}

TEST_F(MeasureTest, MeasuresAStretchOfTimeAndAProcess) {
  EXPECT_EQ(measure({"--for", "0.2"}).code, 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::execlp("sleep", "sleep", "0.3", nullptr);
    ::_exit(1);
  }
  const auto ran = measure({"--pid", std::to_string(child), "--json"});
  ::waitpid(child, nullptr, 0);
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(json_of(ran.out).at("runs").size(), 1U);
}

TEST_F(MeasureTest, RefusesWhatCannotBeMeant) {
  EXPECT_EQ(measure({}).code, 2);
  EXPECT_EQ(measure({"--"}).code, 2);
  EXPECT_EQ(measure({"sleep", "1"}).code, 2);
  EXPECT_EQ(measure({"--for", "1", "--", "true"}).code, 2);
  EXPECT_EQ(measure({"--for", "1", "--repeat", "3"}).code, 2);
  for (const std::string number : {"nan", "-nan", "NAN", "inf", "-1"}) {
    EXPECT_EQ(measure({"--for", number}).code, 2) << number;
    EXPECT_EQ(measure({"--idle", number, "--", "true"}).code, 2) << number;
    EXPECT_EQ(measure({"--tail", number, "--", "true"}).code, 2) << number;
  }
  EXPECT_EQ(measure({"--repeat", "0", "--", "true"}).code, 2);
  EXPECT_EQ(measure({"--require", "luck", "--", "true"}).code, 2);
  EXPECT_EQ(shell("echo ran", {"-o", "xml:-"}).code, 2);
  EXPECT_EQ(shell("echo ran", {"-o", "xml:-"}).out, "");
  const auto nowhere = shell("echo ran", {"-o", "json:" + at("no/such/folder.json").string()});
  EXPECT_EQ(nowhere.code, 11);
  EXPECT_EQ(nowhere.out, "") << "nothing runs if its result could not be kept";
  EXPECT_EQ(measure({"--pid", "1073741823"}).code, 17);
}

}  // namespace
}  // namespace edgeeval::testing
