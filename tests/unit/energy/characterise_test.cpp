// SPDX-License-Identifier: Apache-2.0
#include "energy/characterise.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "support/square_sensor.hpp"

namespace edgeeval::energy {
namespace {

using testing::reads_of;
using testing::SquareSensor;
using testing::switches_of;

bool holds(const Finding& finding, double truth) {
  return finding && finding->lo <= truth && truth <= finding->hi;
}

std::string text(const Finding& finding) {
  if (!finding) return finding.error();
  return std::to_string(finding->value) + " [" + std::to_string(finding->lo) + ", " +
         std::to_string(finding->hi) + "]";
}

TEST(Characterise, FindsThePeriodOfATuringLikeSensor) {
  const SquareSensor sensor{.period_s = 0.101, .averaging_s = 0.02, .filter_s = 0.08};
  const auto found = characterise(reads_of(sensor, ReadingKind::power), switches_of(sensor));
  EXPECT_TRUE(holds(found.period.typical, 0.101)) << text(found.period.typical);
  EXPECT_TRUE(holds(found.response.lag, 0.091)) << text(found.response.lag);
  EXPECT_TRUE(holds(found.resolution, 0.001)) << text(found.resolution);
}

TEST(Characterise, TheShortestGapIsNotThePeriod) {
  // One refresh came 60 ms early.
  Series series;
  series.info.kind = ReadingKind::power;
  double due = 0.1;
  double value = 1.0;
  for (int i = 0; i < 3000; ++i) {
    const double at = i * 0.001;
    if (at >= due) {
      value += 1.0;
      due += std::abs(value - 12.0) < 0.5 ? 0.04 : 0.1;
    }
    series.samples.push_back({at, at, value, value, value});
  }
  const auto period = update_period(series);
  ASSERT_TRUE(period.typical) << period.typical.error();
  EXPECT_NEAR(period.typical->value, 0.1, 0.002);
}

TEST(Characterise, AnA100sPeriodAsItsReadsWerePublished) {
  // When power.draw.instant changed in the reads every 12 to 15 ms of GPU_Power_Benchmark's A100 (MIT
  // licence, plotting/data/pwr_update_freq/A100_gpudata.csv); twice it had not changed at a refresh.
  constexpr std::array kChangesMs = {2629, 2748, 2849, 2942, 3048, 3148, 3249, 3350, 3451, 3553, 3756, 3857,
                                     4059, 4160, 4261, 4362, 4463, 4564, 4666, 4767, 4868, 4968, 5069, 5170,
                                     5272, 5373, 5474, 5576, 5677, 5778, 5880, 5981, 6082, 6183};
  Series series;
  series.info.kind = ReadingKind::power;
  double value = 78.66;
  for (std::size_t i = 0; i + 1 < kChangesMs.size(); ++i) {
    value += 0.1;
    for (int at = kChangesMs[i]; at < kChangesMs[i + 1] - 6; at += 12)
      series.samples.push_back({at * 1e-3, at * 1e-3, value, value, value});
  }
  const auto period = update_period(series);
  ASSERT_TRUE(period.typical) << period.typical.error();
  EXPECT_NEAR(period.typical->value, 0.101, 0.003);
}

TEST(Characterise, AValueThatNeverChangesIsNotDeterminable) {
  Series series;
  series.info.kind = ReadingKind::power;
  for (int i = 0; i < 1000; ++i) series.samples.push_back({i * 0.001, i * 0.001, 50.0, 50.0, 50.0});
  const std::vector<LoadSwitch> switches = {{0.0, 0.0, false}, {0.3, 0.3, true}, {0.6, 0.6, false}};
  const auto found = characterise(series, switches);
  EXPECT_EQ(found.period.typical.error(), "the value never changed");
  EXPECT_FALSE(found.response.averaging);
  EXPECT_FALSE(found.resolution);
  EXPECT_FALSE(found.idle_noise_w);
}

TEST(Characterise, ReadsSlowerThanTheSensorDoNotInventAPeriod) {
  const SquareSensor sensor{.period_s = 0.002, .filter_s = 0.3, .read_every_s = 0.01, .noise_w = 1.0};
  const auto period = update_period(reads_of(sensor, ReadingKind::power));
  ASSERT_FALSE(period.typical);
  EXPECT_NE(period.typical.error().find("faster than it can be read"), std::string::npos);
}

TEST(Characterise, ALoadThatTheSensorDoesNotSeeTellsNoResponse) {
  const SquareSensor sensor{.low_w = 50.0, .high_w = 50.5, .noise_w = 3.0};
  const auto found = characterise(reads_of(sensor, ReadingKind::power), switches_of(sensor));
  ASSERT_FALSE(found.response.lag);
  EXPECT_NE(found.response.lag.error().find("did not stand out"), std::string::npos);
  ASSERT_TRUE(found.idle_noise_w) << found.idle_noise_w.error();
  EXPECT_NEAR(found.idle_noise_w->value, 3.0, 0.7);
}

TEST(Characterise, AModelHasOnlyItsCost) {
  Series series;
  series.info.kind = ReadingKind::model;
  for (int i = 0; i < 50; ++i) series.samples.push_back({i * 1.0, i * 1.0 + 2e-5, i * 3.0, 0.0, 0.0});
  const auto found = characterise(series, {});
  EXPECT_NEAR(found.read_cost_s.value, 2e-5, 1e-9);
  EXPECT_FALSE(found.period.typical);
}

TEST(Characterise, ACounterOfOtherGainShowsInTheRatio) {
  SquareSensor sensor{.averaging_s = 0.1};
  const auto power = reads_of(sensor, ReadingKind::power);
  sensor.gain = 0.57;  // Zeus issue 181: 187.4 J counted, 326.9 J integrated.
  const auto ratio = counter_to_integral(reads_of(sensor, ReadingKind::counter), power);
  ASSERT_TRUE(ratio) << ratio.error();
  EXPECT_LT(ratio->lo, 0.57);
  EXPECT_GT(ratio->hi, 0.57);
  EXPECT_LT(ratio->hi, 0.7);
}

TEST(Characterise, ACounterThatFellBackHasNoRatio) {
  const SquareSensor sensor;
  auto counter = reads_of(sensor, ReadingKind::counter);
  for (std::size_t i = counter.samples.size() / 2; i < counter.samples.size(); ++i)
    counter.samples[i].value -= 300.0;
  EXPECT_FALSE(counter_to_integral(counter, reads_of(sensor, ReadingKind::power)));
}

TEST(Characterise, WhatIsNotDeterminableKeepsItsFormerValue) {
  SensorCharacter before;
  before.lag = Seconds(0.2);
  Characterisation found;
  found.period.typical = Determined{0.1, 0.09, 0.11};
  found.response.lag = tl::unexpected(std::string("no load"));
  found.response.averaging = tl::unexpected(std::string("no load"));
  found.resolution = tl::unexpected(std::string("no changes"));
  const auto after = characterised(before, found, ReadingKind::power, "2026-01-02");
  EXPECT_EQ(after.lag, Seconds(0.2));
  EXPECT_EQ(after.period, Seconds(0.1));
  EXPECT_FALSE(after.averaging);
  EXPECT_EQ(after.origin, "characterised 2026-01-02");
}

TEST(ReferenceFit, NeedsThreeLevels) {
  const std::vector<Plateau> steady = {{{0.0, 1.0}, 10.0}, {{1.0, 2.0}, 20.0}};
  Series reference;
  reference.info.kind = ReadingKind::power;
  for (int i = 0; i < 20; ++i) reference.samples.push_back({i * 0.1, i * 0.1, 5.0, 5.0, 5.0});
  const auto fit = fit_reference(steady, reference);
  ASSERT_FALSE(fit);
  EXPECT_NE(fit.error().find("3 are needed"), std::string::npos);
}

double drawn(int low, int high, double unit) { return *rc::gen::inRange(low, high) * unit; }

/// Until 63 % of a step shows, by adding up small steps of the filter's response inside the window.
double true_lag(const SquareSensor& sensor) {
  constexpr double kStep = 1e-4;
  const auto window = static_cast<std::size_t>(std::lround(sensor.averaging_s / kStep));
  std::vector<double> sums{0.0};
  for (std::size_t i = 1;; ++i) {
    const double at = static_cast<double>(i) * kStep;
    const double filtered = sensor.filter_s > 0.0 ? 1.0 - std::exp(-at / sensor.filter_s) : 1.0;
    sums.push_back(sums.back() + filtered);
    const double before = i > window ? sums[i - window] : 0.0;
    if ((sums[i] - before) / static_cast<double>(window) >= 0.63) return at;
  }
}

/// Random cases, of which all but a few must hold: the bounds are 95 % ones.
template <class Case>
void mostly(int cases, int most_misses, Case each) {
  int misses = 0;
  std::string told;
  const bool checked = rc::check([&] {
    const auto miss = each();
    if (!miss.empty()) ++misses, told += miss + "\n";
  });
  EXPECT_TRUE(checked);
  EXPECT_LE(misses, most_misses) << "of " << cases << ":\n" << told;
}

TEST(CharacteriseProperty, PeriodAveragingAndLagAreWithinTheirBounds) {
  mostly(100, 5, [] {
    SquareSensor sensor;
    sensor.period_s = drawn(20, 120, 1e-3);
    sensor.phase_s = drawn(0, 20, 1e-3);
    sensor.averaging_s = drawn(5, 400, 1e-3);
    sensor.filter_s = drawn(0, 3, 1e-3) * drawn(0, 60, 1.0);
    sensor.half_wave_s = 5.0 * sensor.period_s + 3.0 * (sensor.averaging_s + sensor.filter_s);
    sensor.length_s = 20.0;
    sensor.noise_w = drawn(0, 10, 0.05);
    const auto found = characterise(reads_of(sensor, ReadingKind::power), switches_of(sensor));
    std::string miss;
    const auto check = [&](const char* name, const Finding& finding, double truth) {
      if (!holds(finding, truth))
        miss += std::string(name) + " " + std::to_string(truth) + ": " + text(finding) + " ";
    };
    check("period", found.period.typical, sensor.period_s);
    check("averaging", found.response.averaging, sensor.averaging_s);
    check("lag", found.response.lag, true_lag(sensor));
    // An interval as long as what it is about would say nothing.
    if (found.response.averaging && sensor.averaging_s > 0.1 && sensor.filter_s == 0.0)
      RC_ASSERT(found.response.averaging->hi < 1.5 * sensor.averaging_s);
    return miss;
  });
}

TEST(CharacteriseProperty, ACountersLagIsWithinItsBounds) {
  mostly(100, 5, [] {
    SquareSensor sensor{.quantum = 1e-3};
    sensor.period_s = drawn(10, 120, 1e-3);
    sensor.phase_s = drawn(0, 10, 1e-3);
    sensor.filter_s = drawn(0, 150, 1e-3);
    sensor.half_wave_s = 5.0 * sensor.period_s + 4.0 * sensor.filter_s;
    const auto found = characterise(reads_of(sensor, ReadingKind::counter), switches_of(sensor));
    const double lag = -sensor.filter_s * std::log(1.0 - 0.63);
    return holds(found.response.lag, lag) ? std::string()
                                          : "lag " + std::to_string(lag) + ": " + text(found.response.lag);
  });
}

TEST(CharacteriseProperty, ResolutionIsTheCommonStep) {
  EXPECT_TRUE(rc::check([] {
    SquareSensor sensor{.filter_s = 0.15, .length_s = 10.0, .noise_w = 4.0};
    sensor.quantum = *rc::gen::element(0.001, 0.01, 0.125, 0.5);
    const auto found = resolution(reads_of(sensor, ReadingKind::power));
    RC_ASSERT(found.has_value());
    RC_ASSERT(std::abs(found->value - sensor.quantum) < 1e-6);
  }));
}

TEST(CharacteriseProperty, AFitAgainstAReferenceFindsGainAndOffset) {
  mostly(100, 12, [] {
    const double gain = drawn(80, 120, 0.01);
    const double offset = drawn(0, 60, 1.0);
    std::vector<Plateau> steady;
    Series reference;
    reference.info.kind = ReadingKind::power;
    for (int i = 0; i < 12; ++i) {
      const double shown = 20.0 + 10.0 * (i % 4) + drawn(-100, 100, 0.01);
      steady.push_back({{i * 2.0, i * 2.0 + 1.0}, shown});
      double error = 0.0;  // Twelve uniform ones make a normal one.
      for (int k = 0; k < 12; ++k) error += drawn(-1000, 1001, 0.0005);
      for (int k = 0; k < 5; ++k) {
        const double at = i * 2.0 + 0.2 * k;
        reference.samples.push_back({at, at, gain * shown + offset + 0.5 * error, 0.0, 0.0});
      }
    }
    const auto fit = fit_reference(steady, reference);
    RC_ASSERT(fit.has_value());
    RC_ASSERT(fit->r_squared > 0.9);
    return fit->gain.lo <= gain && gain <= fit->gain.hi ? std::string() : std::to_string(gain);
  });
}

TEST(CharacteriseProperty, TheRatioHoldsTheTrueOne) {
  mostly(100, 5, [] {
    SquareSensor sensor;
    sensor.period_s = drawn(20, 120, 1e-3);
    sensor.averaging_s = drawn(0, 2, 1.0) == 0.0 ? sensor.period_s : 0.2 * sensor.period_s;
    sensor.half_wave_s = drawn(300, 1500, 1e-3);
    const auto power = reads_of(sensor, ReadingKind::power);
    const double gain = drawn(80, 120, 0.01);
    sensor.gain = gain;
    sensor.phase_s = drawn(0, 20, 1e-3);
    const auto ratio = counter_to_integral(reads_of(sensor, ReadingKind::counter), power);
    return holds(ratio, gain) ? std::string() : std::to_string(gain) + ": " + text(ratio);
  });
}

}  // namespace
}  // namespace edgeeval::energy
