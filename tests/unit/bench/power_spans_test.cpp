// SPDX-License-Identifier: Apache-2.0
#include "bench/power_spans.hpp"

#include <gtest/gtest.h>

#include <ctime>

#include "probe/power_log.hpp"
#include "support/run_program.hpp"
#include "support/simulated_sensor.hpp"

namespace edgeeval {
namespace {

constexpr MonotonicSpan kAlways{0, std::int64_t{1} << 62};
const SteadyTime kEpoch{std::chrono::seconds(1000)};
constexpr std::int64_t kEpochNs = 1'000'000'000'000;

ProbeInfo info(const std::string& id, ReadingKind kind, const std::string& point = {}) {
  ProbeInfo source;
  source.id = id;
  source.domain = "cpu";
  source.kind = kind;
  source.point = point;
  return source;
}

energy::Series series(ProbeInfo source, const std::vector<std::pair<double, double>>& values) {
  energy::Series one{std::move(source), {}, {}};
  for (const auto& [at_s, value] : values) one.samples.push_back({at_s, at_s, value, value, value});
  return one;
}

std::int64_t at(double seconds) { return kEpochNs + static_cast<std::int64_t>(seconds * 1e9); }

void expect_spans(const std::vector<PowerSpan>& spans, const std::vector<std::array<double, 3>>& wanted) {
  ASSERT_EQ(spans.size(), wanted.size());
  for (std::size_t i = 0; i < spans.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(spans[i].begin_ns), static_cast<double>(at(wanted[i][0])), 1000.0) << i;
    EXPECT_NEAR(static_cast<double>(spans[i].end_ns), static_cast<double>(at(wanted[i][1])), 1000.0) << i;
    EXPECT_NEAR(spans[i].watts, wanted[i][2], 1e-9) << i;
  }
}

TEST(MonotonicNs, IsTheKernelsMonotonicClock) {
  timespec before{};
  timespec after{};
  ::clock_gettime(CLOCK_MONOTONIC, &before);
  const auto now_ns = monotonic_ns(std::chrono::steady_clock::now());
  ::clock_gettime(CLOCK_MONOTONIC, &after);
  EXPECT_GE(now_ns, std::int64_t{before.tv_sec} * 1'000'000'000 + before.tv_nsec);
  EXPECT_LE(now_ns, std::int64_t{after.tv_sec} * 1'000'000'000 + after.tv_nsec);
}

TEST(PowerSpans, OfAModelLieBetweenItsReadings) {
  const auto points = power_spans({series(info("cpu-model", ReadingKind::model),
                                          {{0.0, 5.0}, {0.1, 6.0}, {0.2, 8.0}, {5.0, 10.0}, {5.1, 11.0}})},
                                  kEpoch, kAlways);
  ASSERT_EQ(points.size(), 1U);
  expect_spans(points[0].spans, {{0.0, 0.1, 10.0}, {0.1, 0.2, 20.0}, {5.0, 5.1, 10.0}});
}

TEST(PowerSpans, OfACounterLieBetweenItsTicks) {
  auto source = info("rapl", ReadingKind::counter);
  source.character.gain = 2.0;
  source.character.offset_w = 1.0;
  // Seen to tick between 0 and 0.1, 0.2 and 0.3, 0.4 and 0.5: their middles are 0.05, 0.25, 0.45.
  const auto points =
      power_spans({series(source, {{0.0, 0.0}, {0.1, 1.0}, {0.2, 1.0}, {0.3, 3.0}, {0.4, 3.0}, {0.5, 4.0}})},
                  kEpoch, kAlways);
  expect_spans(points[0].spans, {{0.05, 0.25, 2.0 * 10.0 + 1.0}, {0.25, 0.45, 2.0 * 5.0 + 1.0}});
  EXPECT_EQ(points[0].how, "between ticks of the counter");
}

TEST(PowerSpans, OfAFastCounterEndAtMostAPeriodBeforeTheirReadings) {
  auto source = info("rapl", ReadingKind::counter);
  source.character.period = Seconds(0.001);
  const auto points = power_spans({series(source, {{0.0, 0.0}, {0.1, 1.0}, {0.2, 2.0}})}, kEpoch, kAlways);
  expect_spans(points[0].spans, {{0.0995, 0.1995, 10.0}});
}

TEST(PowerSpans, SayNothingOverAReset) {
  const auto points = power_spans({series(info("rapl", ReadingKind::counter), {{0.0, 50.0},
                                                                               {0.1, 51.0},
                                                                               {0.2, 52.0},
                                                                               {0.3, 0.0},
                                                                               {0.4, 1.0},
                                                                               {0.5, 2.0},
                                                                               {0.6, 3.0},
                                                                               {0.7, 4.0},
                                                                               {0.8, 5.0},
                                                                               {0.9, 6.0},
                                                                               {1.0, 7.0}})},
                                  kEpoch, kAlways);
  ASSERT_FALSE(points[0].spans.empty());
  for (const auto& span : points[0].spans) {
    EXPECT_NEAR(span.watts, 10.0, 1e-6);
    EXPECT_FALSE(span.begin_ns < at(0.2) && span.end_ns > at(0.3));
  }
}

TEST(PowerSpans, OfWattsAreMovedBackByTheSensorsDelay) {
  auto source = info("gpu", ReadingKind::power);
  source.character.averaging = Seconds(0.2);
  const auto values =
      std::vector<std::pair<double, double>>{{1.0, 10.0}, {1.1, 20.0}, {4.0, 30.0}, {4.1, 50.0}};
  expect_spans(power_spans({series(source, values)}, kEpoch, kAlways)[0].spans,
               {{0.9, 1.0, 15.0}, {3.9, 4.0, 40.0}});
  source.character.lag = Seconds(0.5);
  const auto lagging = power_spans({series(source, values)}, kEpoch, kAlways);
  expect_spans(lagging[0].spans, {{0.5, 0.6, 15.0}, {3.5, 3.6, 40.0}});
  EXPECT_EQ(lagging[0].how, "between readings, 0.5 s earlier (the sensor's delay)");
}

TEST(PowerSpans, AreThoseThatTouchTheStretch) {
  const auto one = series(info("cpu-model", ReadingKind::model),
                          {{0.0, 0.0}, {0.1, 1.0}, {0.2, 2.0}, {0.3, 3.0}, {0.4, 4.0}});
  expect_spans(power_spans({one}, kEpoch, {at(0.15), at(0.3)})[0].spans,
               {{0.1, 0.2, 10.0}, {0.2, 0.3, 10.0}});
}

TEST(PowerSpans, LetTheCounterOfAPointSpeak) {
  const auto watts = series(info("GPU-1#power", ReadingKind::power, "GPU-1"), {{0.0, 5.0}, {0.1, 5.0}});
  const auto counter =
      series(info("GPU-1", ReadingKind::counter, "GPU-1"), {{0.0, 0.0}, {0.1, 1.0}, {0.2, 2.0}, {0.3, 3.0}});
  for (const auto& both : {std::vector{watts, counter}, std::vector{counter, watts}}) {
    const auto points = power_spans(both, kEpoch, kAlways);
    ASSERT_EQ(points.size(), 1U);
    EXPECT_EQ(points[0].info.id, "GPU-1");
  }
  // A counter without a tick says nothing, and then the watts do.
  const auto still = series(info("GPU-1", ReadingKind::counter, "GPU-1"), {{0.0, 0.0}, {0.1, 0.0}});
  EXPECT_EQ(power_spans({still, watts}, kEpoch, kAlways)[0].info.id, "GPU-1#power");
}

TEST(PowerSpans, AddUpToTheEnergyOfASimulatedCounter) {
  test::Dice dice(7);
  const test::TrueCurve curve({{0.0, 10.0}, {2.0, 10.0}, {2.0, 60.0}, {6.0, 20.0}, {10.0, 20.0}});
  test::SimulatedSensor sensor;
  sensor.period_s = 0.01;
  const auto sampled = test::sample_counter(curve, sensor, {}, {0.0, 10.0}, dice);
  const auto points = power_spans({sampled}, kEpoch, kAlways);
  double joules = 0.0;
  for (const auto& span : points[0].spans)
    joules += span.watts * static_cast<double>(span.end_ns - span.begin_ns) * 1e-9;
  const double from_s = static_cast<double>(points[0].spans.front().begin_ns - kEpochNs) * 1e-9;
  const double to_s = static_cast<double>(points[0].spans.back().end_ns - kEpochNs) * 1e-9;
  // 60 W times half a sampler period at each end is all that may lack.
  EXPECT_NEAR(joules, curve.energy({from_s, to_s}), 60.0 * 0.02);
  EXPECT_GT(to_s - from_s, 9.9);
}

TEST(TotalPower, AddsWhatNoOtherPointContains) {
  auto package = info("package", ReadingKind::model);
  auto cores = info("cores", ReadingKind::model);
  cores.parent = "package";
  auto gpu = info("gpu", ReadingKind::model);
  gpu.grade = Grade::modelled;
  const auto points = power_spans({series(package, {{0.0, 0.0}, {1.0, 10.0}, {2.0, 30.0}}),
                                   series(cores, {{0.0, 0.0}, {1.0, 9.0}, {2.0, 19.0}}),
                                   series(gpu, {{0.5, 0.0}, {1.5, 100.0}, {2.5, 200.0}})},
                                  kEpoch, kAlways);
  const auto total = total_power(points, 0.5);
  ASSERT_TRUE(total.has_value());
  expect_spans(total->spans, {{0.5, 1.0, 110.0}, {1.0, 1.5, 120.0}, {1.5, 2.0, 120.0}});
  EXPECT_EQ(total->grade, Grade::modelled);
  EXPECT_EQ(total->source, "package + gpu");
}

TEST(TotalPower, LetsAPlatformGiveWayToItsPackages) {
  auto platform = info("psys", ReadingKind::model);
  platform.domain = "psys";
  auto package = info("package", ReadingKind::model);
  package.parent = "psys";
  const auto points =
      power_spans({series(platform, {{0.0, 0.0}, {1.0, 50.0}}), series(package, {{0.0, 0.0}, {1.0, 20.0}})},
                  kEpoch, kAlways);
  EXPECT_EQ(total_power(points)->source, "package");
}

TEST(TotalPower, LeavesOutWhatIsHardlyKnownAndGapsOfAnyPart) {
  const auto steady =
      series(info("a", ReadingKind::model), {{0.0, 0.0}, {1.0, 1.0}, {2.0, 2.0}, {3.0, 3.0}, {4.0, 4.0}});
  const auto gap = series(info("b", ReadingKind::model), {{0.0, 0.0}, {1.0, 2.0}, {3.0, 4.0}, {4.0, 6.0}});
  const auto rare = series(info("c", ReadingKind::model), {{0.0, 0.0}, {1.0, 9.0}});
  const auto total = total_power(power_spans({steady, gap, rare}, kEpoch, kAlways), 1.0);
  ASSERT_TRUE(total.has_value());
  EXPECT_EQ(total->left_out, std::vector<std::string>{"c"});
  expect_spans(total->spans, {{0.0, 1.0, 3.0}, {3.0, 4.0, 3.0}});
  EXPECT_FALSE(total_power({}).has_value());
}

TEST(ReadPowerSpans, ReadsWhatTheMeterWrote) {
  const testing::TempFolder folder;
  const auto path = folder.path() / "power.csv";
  const auto source = info("cpu-model", ReadingKind::model);
  PowerLog log(path, kEpoch);
  for (int i = 0; i < 3; ++i) {
    const auto time = kEpoch + std::chrono::milliseconds(100 * i);
    log.add(source, {time, time, Joules(2.0 * i), {Joules(i), Joules(3.0 * i)}});
  }
  ASSERT_FALSE(log.flush().has_value());
  const auto points = read_power_spans(path, {source}, kEpoch, kAlways);
  ASSERT_TRUE(points.has_value());
  expect_spans((*points)[0].spans, {{0.0, 0.1, 20.0}, {0.1, 0.2, 20.0}});
  EXPECT_EQ(read_power_spans(folder.path() / "none", {source}, kEpoch, kAlways).error().code, ErrorCode::io);
}

}  // namespace
}  // namespace edgeeval
