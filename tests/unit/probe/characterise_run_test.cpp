// SPDX-License-Identifier: Apache-2.0
#include "probe/characterise_run.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "fixtures.hpp"

namespace edgeeval {
namespace {

/// A load of 50 W over 20 W, known to the sensor below.
class FakeLoad final : public SwitchedLoad {
 public:
  [[nodiscard]] Result<void> on() override {
    if (!refusal.empty()) return fail(ErrorCode::tool_failed, refusal);
    loaded = true;
    return {};
  }
  void off() override { loaded = false; }
  [[nodiscard]] Result<bool> settled() override {
    if (loaded && !death.empty()) return fail(ErrorCode::tool_failed, death);
    return true;
  }
  [[nodiscard]] bool begins_sharply() const override { return sharp; }
  bool loaded = false;
  bool sharp = true;
  std::string refusal;
  std::string death;
};

/// Watts or joules of the load through a first-order filter, refreshed every period.
class FakeSensor final : public Probe {
 public:
  FakeSensor(ReadingKind kind, const FakeLoad& load, const FakeClock& clock) : load_(load), clock_(clock) {
    info_.id = kind == ReadingKind::power ? "fake#power" : "fake";
    info_.point = "fake";
    info_.kind = kind;
    last_ = due_ = clock.now();
  }
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override {
    ++reads;
    if (broken) return fail(ErrorCode::unavailable, "lost");
    EnergyReading reading;
    reading.before = clock_.now();
    const double passed = std::chrono::duration<double>(reading.before - last_).count();
    last_ = reading.before;
    filtered_ += ((load_.loaded ? 70.0 : 20.0) - filtered_) * (1.0 - std::exp(-passed / filter_s));
    joules_ += filtered_ * passed;
    if (reading.before >= due_) {
      due_ += std::chrono::milliseconds(period_ms);
      shown_w_ = std::round(filtered_ * 1000.0) / 1000.0;
      shown_j_ = std::round(gain * joules_ * 1000.0) / 1000.0;
    }
    reading.after = clock_.now();
    reading.energy = Joules(shown_j_);
    reading.bounds = {Joules(shown_j_), Joules(shown_j_)};
    reading.power = Watts(shown_w_);
    return reading;
  }
  double filter_s = 0.03;
  int period_ms = 50;
  double gain = 1.0;
  bool broken = false;
  int reads = 0;
  void pace(std::chrono::milliseconds pace) { info_.pace = pace; }

 private:
  ProbeInfo info_;
  const FakeLoad& load_;
  const FakeClock& clock_;
  SteadyTime last_;
  SteadyTime due_;
  double filtered_ = 20.0;
  double joules_ = 0.0;
  double shown_w_ = 0.0;
  double shown_j_ = 0.0;
};

class CharacteriseRun : public ::testing::Test {
 protected:
  CharacteriseRun() {
    clock_.set_cost(std::chrono::microseconds(20));
    settings_.pause = [this](std::chrono::microseconds length) {
      clock_.advance(1e-6 * double(length.count()));
    };
  }
  Recording record(const std::vector<Probe*>& sources, SwitchedLoad* load) {
    return record_point(sources, load, settings_, clock_, clock_.now(), cancel_);
  }
  FakeClock clock_;
  FakeLoad load_;
  RecordingSettings settings_;
  CancelToken cancel_;
};

TEST_F(CharacteriseRun, FindsWhatTheSensorDoes) {
  FakeSensor watts(ReadingKind::power, load_, clock_);
  FakeSensor counter(ReadingKind::counter, load_, clock_);
  counter.gain = 1.1;
  const auto reports = report_sensors(record({&counter, &watts}, &load_));
  ASSERT_EQ(reports.size(), 2U);
  for (const auto& report : reports) {
    ASSERT_TRUE(report.found.period.typical) << report.found.period.typical.error();
    EXPECT_NEAR(report.found.period.typical->value, 0.05, 0.002);
    ASSERT_TRUE(report.found.response.lag) << report.found.response.lag.error();
    // The fake sensor sees a switch up to one round of reads early.
    constexpr double kRound = 0.0004;
    EXPECT_LE(report.found.response.lag->lo, 0.0298 + kRound);
    EXPECT_GE(report.found.response.lag->hi, 0.0298 - kRound);
    EXPECT_LT(report.found.response.lag->hi - report.found.response.lag->lo, 0.01);
    EXPECT_NEAR(report.found.read_cost_s.value, 2e-5, 1e-6);
  }
  ASSERT_TRUE(reports[0].counter_ratio) << reports[0].counter_ratio.error();
  EXPECT_LE(reports[0].counter_ratio->lo, 1.1);
  EXPECT_GE(reports[0].counter_ratio->hi, 1.1);
  EXPECT_FALSE(reports[1].counter_ratio);
  EXPECT_FALSE(load_.loaded);
}

TEST_F(CharacteriseRun, SwitchesTakeTurnsAndEndWithoutLoad) {
  FakeSensor watts(ReadingKind::power, load_, clock_);
  const auto recording = record({&watts}, &load_);
  ASSERT_GT(recording.switches.size(), 10U);
  EXPECT_FALSE(recording.switches.front().on);
  for (std::size_t i = 1; i < recording.switches.size(); ++i) {
    EXPECT_NE(recording.switches[i].on, recording.switches[i - 1].on);
    EXPECT_GT(recording.switches[i].asked_s, recording.switches[i - 1].settled_s);
  }
}

TEST_F(CharacteriseRun, WithoutALoadOnlyTheResponseIsMissing) {
  FakeSensor counter(ReadingKind::counter, load_, clock_);
  const auto reports = report_sensors(record({&counter}, nullptr));
  EXPECT_TRUE(reports[0].found.period.typical);
  ASSERT_FALSE(reports[0].found.response.lag);
  EXPECT_NE(reports[0].found.response.lag.error().find("--load"), std::string::npos);
}

TEST_F(CharacteriseRun, ALoadThatDiesIsToldAndTheReadingGoesOn) {
  FakeSensor watts(ReadingKind::power, load_, clock_);
  load_.death = "the load ended by itself (exit 1)";
  const auto recording = record({&watts}, &load_);
  EXPECT_EQ(recording.load_problem, load_.death);
  const auto& samples = recording.series[0].samples;
  EXPECT_GT(samples.back().before_s - samples.front().before_s, 0.9 * settings_.seconds);
}

TEST_F(CharacteriseRun, AProgramsBeginningIsNotTakenForAStep) {
  FakeSensor watts(ReadingKind::power, load_, clock_);
  load_.sharp = false;
  const auto recording = record({&watts}, &load_);
  for (const auto& change : recording.switches) EXPECT_EQ(change.sharp, !change.on);
  EXPECT_TRUE(report_sensors(recording)[0].found.response.lag);
}

TEST_F(CharacteriseRun, FailedReadsAreCounted) {
  FakeSensor watts(ReadingKind::power, load_, clock_);
  watts.broken = true;
  settings_.seconds = 1.0;
  const auto reports = report_sensors(record({&watts}, &load_));
  EXPECT_GT(reports[0].failures, 0U);
  EXPECT_EQ(reports[0].reads, 0U);
  EXPECT_EQ(reports[0].last_failure, "lost");
}

TEST_F(CharacteriseRun, ASlowSourceIsReadAtItsPace) {
  FakeSensor plug(ReadingKind::power, load_, clock_);
  plug.pace(std::chrono::milliseconds(1000));
  (void)record({&plug}, nullptr);
  EXPECT_LE(plug.reads, 21);
  EXPECT_GE(plug.reads, 19);
}

TEST_F(CharacteriseRun, ACancelledRecordingEndsAtOnce) {
  FakeSensor watts(ReadingKind::power, load_, clock_);
  cancel_.request();
  const auto recording = record({&watts}, &load_);
  EXPECT_TRUE(recording.series[0].samples.empty());
  EXPECT_FALSE(load_.loaded);
}

}  // namespace
}  // namespace edgeeval
