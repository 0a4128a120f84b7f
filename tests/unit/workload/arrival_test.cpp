// SPDX-License-Identifier: Apache-2.0
#include "workload/arrival.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numeric>
#include <vector>

namespace edgeeval {
namespace {

Scenario open(ArrivalLaw law, double rate, double shape = 1.0) {
  Scenario scenario;
  scenario.kind = Scenario::Kind::open;
  scenario.law = law;
  scenario.rate = rate;
  scenario.gamma_shape = shape;
  return scenario;
}

std::vector<double> gaps_s(const Scenario& scenario, std::size_t count, std::uint64_t seed) {
  Arrivals arrivals(scenario, 0.0, seed);
  std::vector<double> gaps;
  std::int64_t before = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto now = arrivals.next();
    EXPECT_GE(now, before);
    gaps.push_back(static_cast<double>(now - before) * 1e-9);
    before = now;
  }
  return gaps;
}

struct Moments {
  double mean = 0.0, variance = 0.0;
};
Moments moments_of(const std::vector<double>& values) {
  Moments m;
  m.mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  for (const double value : values) m.variance += (value - m.mean) * (value - m.mean);
  m.variance /= static_cast<double>(values.size() - 1);
  return m;
}

/// The largest distance of the values' distribution function from `law`.
double distance(std::vector<double> values, double (*law)(double)) {
  std::sort(values.begin(), values.end());
  double largest = 0.0;
  const auto n = static_cast<double>(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double at = law(values[i]);
    largest = std::max({largest, static_cast<double>(i + 1) / n - at, at - static_cast<double>(i) / n});
  }
  return largest;
}

TEST(Arrivals, ConstantOnesAreExact) {
  Arrivals three(open(ArrivalLaw::constant, 3.0), 0.0, 1);
  EXPECT_EQ(three.next(), 333'333'333);
  EXPECT_EQ(three.next(), 666'666'667);
  EXPECT_EQ(three.next(), 1'000'000'000);
  // No error adds up: the millionth is where it belongs.
  Arrivals many(open(ArrivalLaw::constant, 7.0), 0.0, 1);
  std::int64_t last = 0;
  for (int i = 0; i < 700'000; ++i) last = many.next();
  EXPECT_EQ(last, 100'000'000'000'000);
}

TEST(Arrivals, PoissonGapsHaveTheMomentsOfTheExponential) {
  constexpr std::size_t kCount = 200'000;
  const auto m = moments_of(gaps_s(open(ArrivalLaw::poisson, 50.0), kCount, 42));
  // The standard error of the mean is mean/√n, that of the variance √8·mean²/√n: four of each.
  const double root = std::sqrt(static_cast<double>(kCount));
  EXPECT_NEAR(m.mean, 0.02, 4.0 * 0.02 / root);
  EXPECT_NEAR(m.variance, 0.0004, 4.0 * std::sqrt(8.0) * 0.0004 / root);
}

TEST(Arrivals, PoissonGapsFollowTheExponential) {
  // Kolmogorov's test: a distance above 1.95/√n has a chance of 0.1 %.
  constexpr std::size_t kCount = 100'000;
  const double critical = 1.95 / std::sqrt(static_cast<double>(kCount));
  const auto gaps = gaps_s(open(ArrivalLaw::poisson, 1.0), kCount, 42);
  EXPECT_LT(distance(gaps, [](double t) { return 1.0 - std::exp(-t); }), critical);
  // The test can fail: gaps 3 % longer are found out.
  EXPECT_GT(distance(gaps, [](double t) { return 1.0 - std::exp(-t * 1.03); }), critical);
}

TEST(Arrivals, PoissonGapsDoNotDependOnTheOneBefore) {
  const auto gaps = gaps_s(open(ArrivalLaw::poisson, 1.0), 100'000, 9);
  const auto m = moments_of(gaps);
  double product = 0.0;
  for (std::size_t i = 1; i < gaps.size(); ++i) product += (gaps[i] - m.mean) * (gaps[i - 1] - m.mean);
  const double correlation = product / (m.variance * static_cast<double>(gaps.size() - 1));
  EXPECT_LT(std::abs(correlation), 4.0 / std::sqrt(static_cast<double>(gaps.size())));
}

TEST(Arrivals, GammaGapsHaveTheirMeanAndVariation) {
  for (const double shape : {0.1, 0.5, 1.0, 2.0, 16.0, 400.0}) {
    const auto m = moments_of(gaps_s(open(ArrivalLaw::gamma, 20.0, shape), 400'000, 5));
    const double cv = 1.0 / std::sqrt(shape);
    EXPECT_NEAR(m.mean, 0.05, 4.0 * 0.05 * cv / std::sqrt(400'000.0)) << shape;
    EXPECT_NEAR(std::sqrt(m.variance) / m.mean, cv, 0.02 * cv) << shape;
  }
}

TEST(Arrivals, GammaOfShapeTwoFollowsItsDistribution) {
  constexpr std::size_t kCount = 100'000;
  // Mean 1, shape 2: the sum of two exponentials of mean ½, 1 - e^(-2t)(1 + 2t).
  const auto gaps = gaps_s(open(ArrivalLaw::gamma, 1.0, 2.0), kCount, 8);
  EXPECT_LT(distance(gaps, [](double t) { return 1.0 - std::exp(-2.0 * t) * (1.0 + 2.0 * t); }),
            1.95 / std::sqrt(static_cast<double>(kCount)));
}

TEST(Arrivals, GammaOfShapeOneHalfFollowsItsDistribution) {
  constexpr std::size_t kCount = 100'000;
  // Mean 1, shape ½: the square of a standard normal.
  const auto gaps = gaps_s(open(ArrivalLaw::gamma, 1.0, 0.5), kCount, 8);
  EXPECT_LT(distance(gaps, [](double t) { return std::erf(std::sqrt(t / 2.0)); }),
            1.95 / std::sqrt(static_cast<double>(kCount)));
}

TEST(Arrivals, OfARampComeAsItsRateRises) {
  Scenario ramp;
  ramp.kind = Scenario::Kind::ramp;
  ramp.rate = 0.0;
  ramp.rate_to = 60.0;
  constexpr double kLength = 900.0;
  Arrivals arrivals(ramp, kLength, 4);
  std::array<int, 4> counts{};
  for (;;) {
    const double at = static_cast<double>(arrivals.next()) * 1e-9;
    if (at >= 1200.0) break;
    ++counts.at(static_cast<std::size_t>(at / 300.0));
  }
  // 27,000 in all: a ninth, three ninths and five ninths of them in the thirds, and 60 a second afterwards.
  const std::array<double, 4> expected{3000, 9000, 15000, 18000};
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(counts.at(i), expected.at(i), 4.0 * std::sqrt(expected.at(i))) << "third " << i;
}

TEST(Arrivals, OfARampMayFallAndMayStayLevel) {
  Scenario ramp;
  ramp.kind = Scenario::Kind::ramp;
  ramp.rate = 90.0;
  ramp.rate_to = 10.0;
  std::array<int, 2> halves{};
  Arrivals falling(ramp, 100.0, 4);
  for (double at = 0.0; (at = static_cast<double>(falling.next()) * 1e-9) < 100.0;)
    ++halves.at(at < 50.0 ? 0 : 1);
  EXPECT_NEAR(halves[0], 3500, 4.0 * std::sqrt(3500.0));
  EXPECT_NEAR(halves[1], 1500, 4.0 * std::sqrt(1500.0));
  ramp.rate = ramp.rate_to = 10.0;
  Arrivals level(ramp, 100.0, 4), poisson(open(ArrivalLaw::poisson, 10.0), 0.0, 4);
  for (int i = 0; i < 2000; ++i)
    EXPECT_LE(std::abs(level.next() - poisson.next()), 2) << "the same draws, the same law";
}

TEST(Arrivals, EndAtTenYears) {
  Arrivals slow(open(ArrivalLaw::constant, 1e-6), 0.0, 1);
  std::int64_t last = 0;
  for (int i = 0; i < 400; ++i) last = slow.next();
  EXPECT_EQ(last, Arrivals::kLatestNs);
  Arrivals bursts(open(ArrivalLaw::gamma, 1e-6, 0.01), 0.0, 1);
  for (int i = 0; i < 400'000; ++i) last = bursts.next();
  EXPECT_EQ(last, Arrivals::kLatestNs);
}

TEST(Arrivals, AreCheapEnoughToLayOutMillions) {
  // 5 million are to take less than a second on one core, 200 ns each. Asserted relative to the logarithm
  // each of them needs, so that a slow or busy machine does not fail it.
  const auto timed = [](auto&& work) {
    double best = 1e9;
    for (int round = 0; round < 3; ++round) {
      const auto begin = std::chrono::steady_clock::now();
      work();
      best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    return best;
  };
  std::int64_t last = 0;
  const double laid = timed([&] {
    Arrivals arrivals(open(ArrivalLaw::poisson, 1000.0), 0.0, 1);
    for (int i = 0; i < 1'000'000; ++i) last += arrivals.next();
  });
  double sum = 0.0;
  const double logarithms = timed([&] {
    SplitMix64 random(1);
    for (int i = 0; i < 1'000'000; ++i) sum += std::log(static_cast<double>(random.next()) + 1.0);
  });
  EXPECT_NE(last, 0);
  EXPECT_GT(sum, 0.0);
  EXPECT_LT(laid, 10.0 * logarithms);
  RecordProperty("arrivals_per_second", std::to_string(1e6 / laid));
}

}  // namespace
}  // namespace edgeeval
