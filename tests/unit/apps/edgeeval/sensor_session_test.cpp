// SPDX-License-Identifier: Apache-2.0
#include "sensor_session.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "support/run_program.hpp"

namespace edgeeval {
namespace {

/// A sensor that must not be read: what is asked for is in files.
class UnreadProbe final : public Probe {
 public:
  UnreadProbe() {
    info_.id = "nvml:GPU-1#power";
    info_.device = "GPU-1";
    info_.domain = "gpu0";
    info_.kind = ReadingKind::power;
  }
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override {
    ADD_FAILURE() << "read";
    return fail(ErrorCode::unavailable, "unread");
  }

 private:
  ProbeInfo info_;
};

/// A cache folder with a recording of four steady stretches, 20 to 80 W, one second each.
class SensorSessionTest : public ::testing::Test {
 protected:
  SensorSessionTest() {
    ::setenv("EDGEEVAL_CACHE", folder_.path().c_str(), 1);
    Calibration calibration;
    calibration.device = "GPU-1";
    std::vector<energy::Plateau> steady;
    for (int i = 0; i < 4; ++i) steady.push_back({{1000.0 + 2 * i, 1001.0 + 2 * i}, 20.0 + 20.0 * i});
    calibration.sources["nvml:GPU-1#power"] = {SensorCharacter{}, Json::object(), steady};
    EXPECT_TRUE(write_calibration(calibration_folder(), calibration));
  }
  Result<SensorSession> run(const std::string& efficiency) {
    std::vector<std::unique_ptr<Probe>> probes;
    probes.push_back(std::make_unique<UnreadProbe>());
    DoctorSensorsOptions options;
    options.reference = (folder_.path() / "meter.csv").string();
    options.efficiency = efficiency;
    return run_sensor_session(options, std::move(probes), SystemClock(), CancelToken());
  }
  edgeeval::testing::TempFolder folder_;
};

TEST_F(SensorSessionTest, AMetersFileCalibratesAnEarlierRecording) {
  std::ofstream meter(folder_.path() / "meter.csv");
  meter << "t_s,watts\n";
  for (int i = 0; i < 40; ++i) {
    const double at = 999.9 + 0.2 * i;
    meter << at << ',' << 30.0 + 1.25 * (20.0 + 20.0 * static_cast<int>((at - 1000.0) / 2.0)) << '\n';
  }
  meter.close();
  const auto session = run("0.8:0.8");
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_TRUE(session->points.empty());
  EXPECT_EQ(session->written.size(), 1U);
  const auto read = read_calibration(calibration_folder(), "GPU-1");
  ASSERT_TRUE(read && *read);
  const auto& character = (*read)->sources.at("nvml:GPU-1#power").character;
  EXPECT_NEAR(character.gain, 1.0, 1e-3);
  EXPECT_EQ(character.offset_w, 0.0);
  EXPECT_EQ(character.origin.rfind("calibrated against", 0), 0U);
}

TEST_F(SensorSessionTest, AnEfficiencyThatCannotBeIsRefused) {
  for (const auto* bad : {"0.9:0.8", "0:1", "1.2", "x", "0.8:0.9x", "nan:1"}) {
    const auto session = run(bad);
    ASSERT_FALSE(session) << bad;
    EXPECT_EQ(session.error().code, ErrorCode::usage);
  }
}

}  // namespace
}  // namespace edgeeval
