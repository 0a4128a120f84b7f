// SPDX-License-Identifier: Apache-2.0
#include "probe/calibration.hpp"

#include <gtest/gtest.h>

#include "core/files.hpp"
#include "fixtures.hpp"

namespace edgeeval {
namespace {

ProbeInfo sensor_info(const std::string& device) {
  ProbeInfo info;
  info.id = "nvml:" + device;
  info.device = device;
  info.kind = ReadingKind::counter;
  info.character.ceiling = Watts(70.0);
  info.character.origin = "default (NVML)";
  return info;
}

Calibration sample(const std::string& device) {
  Calibration calibration;
  calibration.device = device;
  calibration.date = "2026-01-02T03:04:05Z";
  calibration.tool = "edgeeval 0.1.0";
  calibration.environment = {{"kernel", "6.1"}};
  SensorCharacter character;
  character.period = Seconds(0.1);
  character.lag = Seconds(0.25);
  character.gain = 0.93;
  character.gain_half_width = 0.02;
  character.resolution = 0.001;
  character.origin = "calibrated against meter.csv 2026-01-02";
  calibration.sources["nvml:" + device] = {character, Json{{"period_s", 0.1}}, {{{10.0, 11.0}, 42.0}}};
  return calibration;
}

class CalibrationTest : public ::testing::Test {
 protected:
  CalibratedProbes open(const std::string& device) {
    std::vector<std::unique_ptr<Probe>> probes;
    probes.push_back(std::make_unique<FakeProbe>(sensor_info(device), source_, clock_));
    return with_calibrations(std::move(probes), folder_.path());
  }
  void put(const std::string& device, const std::string& text) const {
    folder_.put(calibration_file({}, device).string(), text);
  }
  FakeRoot folder_;
  FakeClock clock_;
  std::shared_ptr<FakeSource> source_ = std::make_shared<FakeSource>();
};

TEST_F(CalibrationTest, ComesBackAsWritten) {
  ASSERT_TRUE(write_calibration(folder_.path() / "new", sample("GPU-1")));
  const auto read = read_calibration(folder_.path() / "new", "GPU-1");
  ASSERT_TRUE(read && *read);
  const auto& source = (*read)->sources.at("nvml:GPU-1");
  EXPECT_EQ(source.character.period, Seconds(0.1));
  EXPECT_EQ(source.character.lag, Seconds(0.25));
  EXPECT_FALSE(source.character.averaging);
  EXPECT_EQ(source.character.gain, 0.93);
  EXPECT_EQ(source.character.gain_half_width, 0.02);
  EXPECT_EQ((*read)->environment.at("kernel"), "6.1");
  ASSERT_EQ(source.plateaus.size(), 1U);
  EXPECT_EQ(source.plateaus[0].shown_w, 42.0);
}

TEST_F(CalibrationTest, LaterProbesTellTheCalibratedCharacter) {
  ASSERT_TRUE(write_calibration(folder_.path(), sample("GPU-1")));
  source_->joules = 7.0;
  const auto opened = open("GPU-1");
  ASSERT_EQ(opened.probes.size(), 1U);
  EXPECT_TRUE(opened.warnings.empty());
  const auto& info = opened.probes[0]->info();
  EXPECT_EQ(info.id, "nvml:GPU-1");
  EXPECT_EQ(info.character.gain, 0.93);
  EXPECT_EQ(info.character.ceiling, Watts(70.0));  // Of now, not of the day of the calibration.
  EXPECT_EQ(info.character.origin.rfind("calibrated against", 0), 0U);
  EXPECT_EQ(opened.probes[0]->read()->energy, Joules(7.0));
}

TEST_F(CalibrationTest, WithoutAFileNothingChangesAndNothingIsSaid) {
  const auto opened = open("GPU-2");
  EXPECT_TRUE(opened.warnings.empty());
  EXPECT_EQ(opened.probes[0]->info().character.origin, "default (NVML)");
}

TEST_F(CalibrationTest, AFileThatCannotBeUsedIsNamedAndIgnored) {
  auto other = sample("GPU-9");
  ASSERT_TRUE(write_calibration(folder_.path(), other));
  const auto good = read_file(calibration_file(folder_.path(), "GPU-9"));
  ASSERT_TRUE(good);
  const auto replaced = [&](const std::string& from, const std::string& to) {
    auto text = *good;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {*good, "another device"},
      {replaced("\"version\": 1", "\"version\": 2"), "newer"},
      {good->substr(0, good->size() / 2), "damaged"},
      {"", "damaged"},
      {"[]", "damaged"},
      {"{\"schema\": \"edgeeval-calibration\"}", "version"},
  };
  for (const auto& [text, reason] : cases) {
    put("GPU-1", text);
    const auto opened = open("GPU-1");
    ASSERT_EQ(opened.warnings.size(), 1U) << reason;
    EXPECT_NE(opened.warnings[0].find(reason), std::string::npos) << opened.warnings[0];
    EXPECT_NE(opened.warnings[0].find("GPU-1.json"), std::string::npos) << opened.warnings[0];
    EXPECT_EQ(opened.probes[0]->info().character.gain, 1.0);
  }
  for (const auto* bad : {"-3", "0", "\"much\"", "null", "1e9"}) {
    put("GPU-9", replaced("\"gain\": 0.93", std::string("\"gain\": ") + bad));
    EXPECT_EQ(open("GPU-9").warnings.size(), 1U) << bad;
  }
}

TEST_F(CalibrationTest, NamesOfDevicesStayInTheFolder) {
  EXPECT_EQ(calibration_file("f", "../../etc/passwd").parent_path(), "f");
  EXPECT_EQ(calibration_file("f", "0000:65:00.0").string(), "f/0000-65-00.0.json");
  EXPECT_EQ(calibration_file("f", "").string(), "f/unnamed.json");
}

TEST_F(CalibrationTest, AMetersReadings) {
  folder_.put("meter.csv", "t_s,watts\n1.5,40\n2.5, 41.25\n\n");
  const auto series = read_reference(folder_.path() / "meter.csv");
  ASSERT_TRUE(series) << series.error().message;
  ASSERT_EQ(series->samples.size(), 2U);
  EXPECT_EQ(series->samples[1].value, 41.25);
  for (const auto* text : {"", "watts\n", "t_s,watts\n1,\n", "t_s,watts\n1,x\n", "t_s,watts\n1,nan\n",
                           "t_s,watts\n2,5\n1,5\n", "t_s,watts\n1 5\n"}) {
    folder_.put("bad.csv", text);
    const auto bad = read_reference(folder_.path() / "bad.csv");
    ASSERT_FALSE(bad) << text;
    EXPECT_EQ(bad.error().code, ErrorCode::invalid_table);
  }
  EXPECT_EQ(read_reference(folder_.path() / "none.csv").error().code, ErrorCode::io);
}

TEST_F(CalibrationTest, TheWallsOffsetIsNotTheSensors) {
  const energy::ReferenceFit fit{{1.10, 1.08, 1.12}, {55.0, 50.0, 60.0}, 0.999, 12};
  const auto wall = with_reference({}, fit, {"meter.csv", 0.8, 0.94}, "2026-01-02");
  EXPECT_NEAR(wall.gain, 1.10 * 0.87, 1e-12);
  EXPECT_NEAR(wall.gain_half_width, std::hypot(0.02 / 1.10, 0.07 / 0.87), 1e-12);
  EXPECT_EQ(wall.offset_w, 0.0);
  const auto rail = with_reference({}, fit, {"shunt.csv", 1.0, 1.0}, "2026-01-02");
  EXPECT_EQ(rail.gain, 1.10);
  EXPECT_EQ(rail.offset_w, 55.0);
  EXPECT_EQ(rail.origin, "calibrated against shunt.csv 2026-01-02");
}

}  // namespace
}  // namespace edgeeval
