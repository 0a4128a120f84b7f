// SPDX-License-Identifier: Apache-2.0
#include "probe/window_meter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "core/files.hpp"
#include "unit/probe/fixtures.hpp"

namespace edgeeval {
namespace {

class Meter : public ::testing::Test {
 protected:
  Meter() { root_.put_cpu(0, 0); }

  /// A meter over a modelled and a measured source that samples only when told.
  std::unique_ptr<WindowMeter> make() {
    std::vector<std::unique_ptr<Probe>> probes;
    probes.push_back(std::make_unique<FakeProbe>(
        ProbeInfo{"model", "a model", "cpu", "vcpu", "", Grade::modelled, ""}, model_, clock_));
    probes.push_back(std::make_unique<FakeProbe>(
        ProbeInfo{"sensor", "a sensor", "gpu0", "board", "", Grade::measured, ""}, sensor_, clock_));
    epoch_ = clock_.now();
    return std::make_unique<WindowMeter>(std::move(probes), clock_, epoch_, csv_,
                                         MeterOptions{std::chrono::milliseconds(100), false, root_.path()});
  }

  /// Time passes at this power; the model says it is between half and twice that.
  void pass(double seconds, double watts) {
    clock_.advance(seconds);
    model_->joules += watts * seconds;
    model_->lo += 0.5 * watts * seconds;
    model_->hi += 2.0 * watts * seconds;
    sensor_->joules += watts * seconds;
    sensor_->lo = sensor_->hi = sensor_->joules;
  }

  static bool has_note(const WindowRecord& record, const std::string& text) {
    return std::any_of(record.notes.begin(), record.notes.end(),
                       [&](const std::string& note) { return note.find(text) != std::string::npos; });
  }

  FakeRoot root_;
  FakeClock clock_;
  SteadyTime epoch_{};
  std::filesystem::path csv_ = root_.path() / "power.csv";
  std::shared_ptr<FakeSource> model_ = std::make_shared<FakeSource>();
  std::shared_ptr<FakeSource> sensor_ = std::make_shared<FakeSource>();
};

TEST_F(Meter, GivesTheEnergyBetweenTheEdges) {
  const auto meter = make();
  pass(3.0, 7.0);
  const auto window = meter->open("adapt");
  pass(2.0, 10.0);
  const auto& record = window->close();
  EXPECT_EQ(record.name, "adapt");
  EXPECT_NEAR(record.start_s, 3.0, 1e-9);
  EXPECT_NEAR(record.duration_s, 2.0, 1e-9);
  ASSERT_EQ(record.energy.size(), 2U);
  EXPECT_EQ(record.energy[0].source, "model");
  EXPECT_EQ(record.energy[0].boundary, "vcpu");
  EXPECT_NEAR(record.energy[0].joules.value, 20.0, 1e-9);
  EXPECT_NEAR(*record.energy[0].joules.lo, 10.0, 1e-9);
  EXPECT_NEAR(*record.energy[0].joules.hi, 40.0, 1e-9);
  EXPECT_EQ(record.energy[0].joules.unit, "J");
  EXPECT_EQ(record.energy[0].joules.grade, Grade::modelled);
  EXPECT_EQ(record.energy[1].joules.grade, Grade::measured);
  EXPECT_TRUE(meter->warnings().empty());
}

TEST_F(Meter, SaysTheSameWheneverAClosedWindowIsAsked) {
  const auto meter = make();
  const auto window = meter->open("w");
  pass(1.0, 5.0);
  const double first = window->close().energy.at(0).joules.value;
  pass(9.0, 5.0);
  EXPECT_EQ(window->close().energy.at(0).joules.value, first);
}

TEST_F(Meter, WidensAMeasuredWindowByTheStampsOfItsEdges) {
  sensor_->gap_s = 0.010;
  const auto meter = make();
  const auto window = meter->open("w");
  pass(2.0, 10.0);
  const auto& joules = window->close().energy.at(1).joules;
  EXPECT_NEAR(joules.value, 20.0, 1e-9);
  EXPECT_NEAR(*joules.lo, 20.0 - 10.0 * 0.010, 1e-9);  // Half of 10 ms at each edge, at 10 W.
  EXPECT_NEAR(*joules.hi, 20.0 + 10.0 * 0.010, 1e-9);
}

TEST_F(Meter, NestsAndOverlapsWindows) {
  const auto meter = make();
  const auto outer = meter->open("outer");
  pass(1.0, 10.0);
  const auto inner = meter->open("inner");
  pass(1.0, 20.0);
  const auto crossing = meter->open("crossing");
  pass(1.0, 30.0);
  EXPECT_NEAR(inner->close().energy.at(0).joules.value, 50.0, 1e-9);
  pass(1.0, 40.0);
  EXPECT_NEAR(outer->close().energy.at(0).joules.value, 100.0, 1e-9);
  EXPECT_NEAR(crossing->close().energy.at(0).joules.value, 70.0, 1e-9);
}

TEST_F(Meter, LetsAWindowOutliveIt) {
  auto meter = make();
  const auto window = meter->open("w");
  meter.reset();
  pass(1.0, 4.0);
  EXPECT_NEAR(window->close().energy.at(0).joules.value, 4.0, 1e-9);
}

TEST_F(Meter, KeepsBoundsInOrderWhateverTheSourceSays) {
  const auto meter = make();
  const auto window = meter->open("w");
  clock_.advance(0.001);
  model_->joules += 5.0;  // A tick's worth in a window too short for it.
  model_->hi += 1.0;
  const auto& joules = window->close().energy.at(0).joules;
  EXPECT_LE(*joules.lo, joules.value);
  EXPECT_LE(joules.value, *joules.hi);
  EXPECT_NEAR(joules.value, 1.0, 1e-9);
}

TEST_F(Meter, LeavesOutASourceThatCannotBeReadAndWarnsOnce) {
  const auto meter = make();
  sensor_->broken = true;
  const auto window = meter->open("w");
  pass(1.0, 5.0);
  meter->sample();
  sensor_->broken = false;
  const auto& record = window->close();
  ASSERT_EQ(record.energy.size(), 1U);
  EXPECT_EQ(record.energy[0].source, "model");
  EXPECT_TRUE(has_note(record, "sensor could not be read"));
  ASSERT_EQ(meter->warnings().size(), 1U);
  EXPECT_NE(meter->warnings()[0].find("unplugged"), std::string::npos);
}

TEST_F(Meter, TellsUtilisationAndStolenTime) {
  const auto meter = make();
  root_.put_cpu(1000, 1000, 0);
  const auto window = meter->open("w");
  pass(10.0, 1.0);
  root_.put_cpu(1000 + 1500, 1000 + 400, 100);  // 15 of 20 CPU seconds busy, one stolen.
  const auto& record = window->close();
  ASSERT_TRUE(record.cpu_utilisation.has_value());
  EXPECT_NEAR(*record.cpu_utilisation, 0.75, 1e-9);
  EXPECT_TRUE(has_note(record, "5.0 %"));
}

TEST_F(Meter, HasNoUtilisationWhereNoTickPassed) {
  const auto meter = make();
  EXPECT_FALSE(meter->open("w")->close().cpu_utilisation.has_value());
}

TEST_F(Meter, NotesAGapInSampling) {
  const auto meter = make();
  const auto steady = meter->open("steady");
  for (int i = 0; i < 20; ++i) {
    pass(0.1, 1.0);
    meter->sample();
  }
  EXPECT_FALSE(has_note(steady->close(), "gap"));
  const auto broken = meter->open("broken");
  pass(0.1, 1.0);
  meter->sample();
  pass(1.5, 1.0);
  meter->sample();
  EXPECT_TRUE(has_note(broken->close(), "longest gap between samples 1.50 s"));
}

TEST_F(Meter, KeepsRawSamplesOnceAWindowWasOpened) {
  const auto meter = make();
  EXPECT_FALSE(std::filesystem::exists(csv_)) << "the run folder may not be ours yet";
  const auto window = meter->open("w");
  pass(1.0, 5.0);
  meter->sample();
  window->close();
  EXPECT_EQ(read_lines(csv_)->size(), 1U + 3U * 2U);
}

TEST_F(Meter, GoesOnWithoutRawSamplesAfterOneWarning) {
  csv_ = root_.path() / "gone" / "power.csv";
  const auto meter = make();
  const auto window = meter->open("w");
  pass(1.0, 5.0);
  meter->sample();
  EXPECT_NEAR(window->close().energy.at(0).joules.value, 5.0, 1e-9);
  ASSERT_EQ(meter->warnings().size(), 1U);
  EXPECT_NE(meter->warnings()[0].find("raw power samples"), std::string::npos);
}

TEST_F(Meter, ListsItsSources) {
  const auto sources = make()->sources();
  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources[1].title, "a sensor");
}

TEST_F(Meter, WorksWithoutAnySource) {
  WindowMeter meter({}, clock_, clock_.now(), csv_,
                    MeterOptions{std::chrono::milliseconds(100), false, root_.path()});
  EXPECT_TRUE(meter.open("w")->close().energy.empty());
}

TEST(MeterThreads, SampleWhileWindowsOpenAndCloseEverywhere) {
  const FakeRoot root;
  root.put_cpu(0, 0);
  const SystemClock clock;
  std::vector<std::unique_ptr<Probe>> probes;
  const FakeClock stopped;
  probes.push_back(std::make_unique<FakeProbe>(ProbeInfo{"p", "p", "cpu", "vcpu", "", Grade::modelled, ""},
                                               std::make_shared<FakeSource>(), stopped));
  const auto csv = root.path() / "power.csv";
  WindowMeter meter(std::move(probes), clock, clock.now(), csv,
                    MeterOptions{std::chrono::milliseconds(1), true, root.path()});
  std::vector<std::thread> workers;
  for (int worker = 0; worker < 4; ++worker) {
    workers.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const auto outer = meter.open("outer");
        const auto inner = meter.open("inner");
        EXPECT_EQ(outer->close().energy.size(), 1U);
      }
    });
  }
  for (auto& worker : workers) worker.join();
  EXPECT_TRUE(meter.warnings().empty());
  EXPECT_GE(read_lines(csv)->size(), 1U + 4U * 50U * 4U) << "header and both edges of all windows";
}

}  // namespace
}  // namespace edgeeval
