// SPDX-License-Identifier: Apache-2.0
#include "report/measurement.hpp"

#include <gtest/gtest.h>

#include "core/json.hpp"

namespace edgeeval {
namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

EnergyEntry entry_of(const std::string& source, double joules, Grade grade) {
  EnergyEntry entry;
  entry.source = source;
  entry.domain = source == "gpu" ? "gpu0" : "cpu";
  entry.joules = Fact{joules, "J", 0.9 * joules, 1.2 * joules, grade, {source}};
  entry.method = grade == Grade::modelled ? "model" : "counter";
  entry.mean_w = joules / 10.0;
  entry.peak_w = joules / 5.0;
  entry.coverage = 1.0;
  return entry;
}

MeasuredRun run_of(double gpu_j, double cpu_j) {
  MeasuredRun run;
  run.exit_code = 0;
  run.user_s = 1.0;
  run.system_s = 0.5;
  run.resident_b = 1e6;
  run.window.name = "command";
  run.window.duration_s = 10.0;
  run.window.energy = {entry_of("gpu", gpu_j, Grade::measured), entry_of("cpu", cpu_j, Grade::modelled)};
  run.window.sampling_cpu_s = 0.02;
  run.window.conditions["gpu0.temperature_c"] = {"40", "55"};
  return run;
}

Measurement measurement_of(std::vector<MeasuredRun> runs) {
  Measurement measurement;
  measurement.name = "command";
  measurement.what = "./bench, \"a\"";
  measurement.command = {"./bench,", "\"a\""};
  measurement.runs = std::move(runs);
  measurement.titles = {{"cpu", "a model"}};
  return measurement;
}

TEST(Measurement, SumsUpOverRuns) {
  const auto summary =
      sum_up(measurement_of({run_of(100.0, 10.0), run_of(110.0, 10.0), run_of(120.0, 10.0)}));
  ASSERT_EQ(summary.sources.size(), 2U);
  const auto& gpu = summary.sources[0];
  EXPECT_DOUBLE_EQ(gpu.joules.mean, 110.0);
  ASSERT_TRUE(gpu.joules.half_width.has_value());
  EXPECT_NEAR(*gpu.joules.half_width, 24.84, 0.01);  // t = 4.303, s = 10, n = 3.
  EXPECT_NEAR(*gpu.lo, 99.0, 1e-9);
  EXPECT_NEAR(*gpu.hi, 132.0, 1e-9);
  EXPECT_DOUBLE_EQ(*gpu.peak_w, 24.0);
  ASSERT_TRUE(summary.total.has_value());
  EXPECT_DOUBLE_EQ(summary.total->joules.mean, 120.0);
  EXPECT_EQ(summary.total->grade, Grade::modelled) << "the weakest wins";
  EXPECT_DOUBLE_EQ(summary.own_cpu_share, 0.002);
}

TEST(Measurement, OneRunHasNoSpread) {
  const auto summary = sum_up(measurement_of({run_of(100.0, 10.0)}));
  EXPECT_FALSE(summary.sources[0].joules.half_width.has_value());
}

TEST(Measurement, AMissingBoundOfOneRunIsNoBoundOfTheMean) {
  auto runs = std::vector{run_of(100.0, 10.0), run_of(100.0, 10.0)};
  runs[1].window.energy[0].joules.hi.reset();
  const auto summary = sum_up(measurement_of(runs));
  EXPECT_TRUE(summary.sources[0].lo.has_value());
  EXPECT_FALSE(summary.sources[0].hi.has_value());
}

TEST(Measurement, WarnsOfAnOutlier) {
  std::vector<MeasuredRun> runs;
  for (const double joules : {300.0, 100.0, 101.0, 99.0, 100.5, 99.5}) runs.push_back(run_of(joules, 10.0));
  const auto limits = sum_up(measurement_of(runs)).limits;
  const auto found =
      std::find_if(limits.begin(), limits.end(), [](const auto& one) { return holds(one, "run 1"); });
  ASSERT_NE(found, limits.end());
  EXPECT_TRUE(holds(*found, "--warmup")) << *found;
  runs[0] = run_of(100.2, 10.0);
  for (const auto& one : sum_up(measurement_of(runs)).limits) EXPECT_FALSE(holds(one, "far from")) << one;
}

TEST(Measurement, SaysWhatWasNotMeasuredAndWhatWouldDo) {
  auto run = run_of(100.0, 10.0);
  run.window.energy.erase(run.window.energy.begin());
  run.window.voids.push_back({"gpu", "gpu0", "board", "", "shorter than the sensor can resolve", 0.3});
  const auto text = measurement_as("console", measurement_of({run}), false).value();
  EXPECT_TRUE(holds(text, "gpu was not measured: shorter")) << text;
  EXPECT_TRUE(holds(text, "would do")) << text;
  EXPECT_TRUE(holds(measurement_as("csv", measurement_of({run}), false).value(), "not measured: shorter"));
}

TEST(Measurement, TheConsoleMarksModelsAndShowsConditions) {
  const auto text = measurement_as("console", measurement_of({run_of(100.0, 10.0)}), false).value();
  EXPECT_TRUE(holds(text, "~ 10")) << text;
  EXPECT_TRUE(holds(text, "40 → 55")) << text;
  EXPECT_TRUE(holds(text, "own cost")) << text;
  EXPECT_FALSE(holds(text, "net J")) << "no baseline, no column";
}

TEST(Measurement, NetIsShownWhereThereIsABaseline) {
  auto run = run_of(100.0, 10.0);
  for (auto& entry : run.window.energy)
    entry.net = Fact{0.4 * entry.joules.value, "J", 1.0, 60.0, entry.joules.grade, {}};
  const auto summary = sum_up(measurement_of({run}));
  ASSERT_TRUE(summary.total->net.has_value());
  EXPECT_DOUBLE_EQ(summary.total->net->mean, 44.0);
  EXPECT_TRUE(holds(measurement_as("md", measurement_of({run}), false).value(), "net J"));
}

TEST(Measurement, JsonReadsBack) {
  const auto text = measurement_as("json", measurement_of({run_of(100.0, 10.0)}), false).value();
  const auto json = parse_json(text, "text");
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->at("summary").at("total").at("energy_j").at("mean"), 110.0);
  EXPECT_EQ(json->at("command").at(1), "\"a\"");
  EXPECT_FALSE(json->at("summary").at("sources").at(0).contains("net_j"));
}

TEST(Measurement, NoTotalOverRunsThatCountDifferentSources) {
  auto runs = std::vector{run_of(100.0, 10.0), run_of(100.0, 10.0), run_of(100.0, 10.0)};
  runs[1].window.energy.erase(runs[1].window.energy.begin());
  const auto measurement = measurement_of(runs);
  const auto summary = sum_up(measurement);
  EXPECT_FALSE(summary.total.has_value());
  const auto text = measurement_as("console", measurement, false).value();
  EXPECT_TRUE(holds(text, "no total: the 3 runs do not count the same sources (cpu in 1; cpu + gpu in 2)"))
      << text;
  EXPECT_TRUE(holds(text, "(n = 2)")) << text;
  EXPECT_FALSE(holds(text, "(n = 3)")) << text;
}

TEST(Measurement, NoTotalOverRunsThatMissDifferentDomains) {
  auto runs = std::vector{run_of(100.0, 10.0), run_of(100.0, 10.0)};
  runs[1].window.voids.push_back({"dram", "dram", "", "", "the sensor vanished", {}});
  EXPECT_FALSE(sum_up(measurement_of(runs)).total.has_value());
  runs[0].window.voids = runs[1].window.voids;
  EXPECT_TRUE(sum_up(measurement_of(runs)).total.has_value());
}

TEST(Measurement, ARunCutShortIsLeftOutAndNamed) {
  auto runs = std::vector{run_of(100.0, 10.0), run_of(7.0, 1.0), run_of(110.0, 10.0)};
  runs[1].stopped_by = 15;
  const auto summary = sum_up(measurement_of(runs));
  EXPECT_DOUBLE_EQ(summary.sources[0].joules.mean, 105.0);
  EXPECT_EQ(summary.left_out, std::vector<std::size_t>{2});
  EXPECT_EQ(summary.duration->values.size(), 2U);
  for (const std::string format : {"console", "md"}) {
    const auto text = measurement_as(format, measurement_of(runs), false).value();
    EXPECT_TRUE(holds(text, "run 2 was stopped by signal 15 and is left out")) << text;
    EXPECT_TRUE(holds(text, "3 runs, 1 left out")) << text;
  }
}

TEST(Measurement, WhereAllWasCutShortTheFiguresSaySo) {
  auto run = run_of(100.0, 10.0);
  run.exit_code.reset();
  run.ended_by = 9;
  const auto summary = sum_up(measurement_of({run}));
  EXPECT_DOUBLE_EQ(summary.sources[0].joules.mean, 100.0);
  ASSERT_FALSE(summary.limits.empty());
  EXPECT_EQ(summary.limits[0], "run 1 was ended by signal 9: the figures are of what ran until then");
}

TEST(Measurement, ARunThatFailsIsNamed) {
  auto runs = std::vector{run_of(100.0, 10.0), run_of(100.0, 10.0)};
  runs[1].exit_code = 3;
  const auto measurement = measurement_of(runs);
  EXPECT_TRUE(holds(measurement_as("console", measurement, false).value(), "run 2 exited with 3"));
  EXPECT_TRUE(holds(measurement_as("md", measurement, false).value(), "run 2 exited with 3"));
  const auto csv = measurement_as("csv", measurement, false).value();
  EXPECT_TRUE(holds(csv, ",flags,status\n")) << csv;
  EXPECT_TRUE(holds(csv, ",ok\n")) << csv;
  EXPECT_TRUE(holds(csv, ",exit 3\n")) << csv;
}

TEST(Measurement, AnOutlierAfterARunLeftOutKeepsItsNumber) {
  std::vector<MeasuredRun> runs;
  for (const double joules : {50.0, 100.0, 101.0, 99.0, 100.5, 300.0}) runs.push_back(run_of(joules, 10.0));
  runs[0].ended_by = 9;
  const auto text = measurement_as("console", measurement_of(runs), false).value();
  EXPECT_TRUE(holds(text, "the energy of run 6 is far from the others")) << text;
}

TEST(Measurement, StolenTimeIsThatOfTheRun) {
  auto runs = std::vector{run_of(100.0, 10.0), run_of(100.0, 10.0)};
  runs[0].window.conditions["cpu.steal_s"] = {"5000.00", "5001.00"};
  runs[1].window.conditions["cpu.steal_s"] = {"5090.00", "5093.00"};
  const auto text = measurement_as("console", measurement_of(runs), false).value();
  EXPECT_TRUE(holds(text, "stolen CPU time")) << text;
  for (const std::string since_boot : {"5000", "5001", "509"}) EXPECT_FALSE(holds(text, since_boot)) << text;
  EXPECT_DOUBLE_EQ(sum_up(measurement_of(runs)).steal->mean, 2.0);
  runs[1].window.conditions["cpu.steal_s"] = {"", "5093.00"};
  EXPECT_FALSE(sum_up(measurement_of(runs)).steal.has_value());
}

TEST(Measurement, RefusesAnUnknownFormat) {
  EXPECT_EQ(measurement_as("xml", measurement_of({}), false).error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace edgeeval
