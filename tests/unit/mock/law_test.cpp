// SPDX-License-Identifier: Apache-2.0
#include "mock/law.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

namespace edgeeval::mock {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(Duration, IsANumberAndItsUnit) {
  EXPECT_EQ(*parse_duration("20ms"), Nanos(milliseconds(20)));
  EXPECT_EQ(*parse_duration("1.5s"), Nanos(milliseconds(1500)));
  EXPECT_EQ(*parse_duration("250us"), Nanos(microseconds(250)));
  EXPECT_EQ(*parse_duration("0ns"), Nanos(0));
}

TEST(Duration, WithoutUnitOrBelowZeroIsRefused) {
  for (const char* text : {"20", "", "ms", "-1ms", "20 ms", "20mss", "1e9s", "nans", "infs"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Law, IsReadByItsName) {
  EXPECT_EQ(parse_law("20ms")->kind, Law::Kind::constant);
  EXPECT_EQ(parse_law("uniform 10ms 30ms")->second, Nanos(milliseconds(30)));
  EXPECT_EQ(parse_law("exponential 5ms")->kind, Law::Kind::exponential);
  EXPECT_DOUBLE_EQ(parse_law("lognormal 20ms 0.5")->sigma, 0.5);
}

TEST(Law, ThatIsNoneIsRefusedWithWhatIsAllowed) {
  for (const char* text : {"", "normal 20ms", "uniform 10ms", "uniform 30ms 10ms", "lognormal 20ms",
                           "lognormal 20ms x", "exponential 5", "20ms 30ms", "lognormal 20ms 0.5 1"}) {
    const auto law = parse_law(text);
    ASSERT_FALSE(law) << text;
    EXPECT_NE(law.error().hint.find("lognormal 20ms 0.5"), std::string::npos);
  }
}

/// The mean of many draws, in units of the law's own mean.
double relative_mean(const Law& law, std::uint64_t seed, int draws) {
  SplitMix64 random(seed);
  double sum = 0.0;
  for (int i = 0; i < draws; ++i) sum += static_cast<double>(law.draw(random).count());
  return sum / draws / static_cast<double>(law.mean().count());
}

TEST(LawProperty, MeansOfDrawsComeToTheLawsMean) {
  rc::check("20,000 draws come within 5 standard errors", [] {
    constexpr int kDraws = 20'000;
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const Nanos first(microseconds(*rc::gen::inRange(100, 100'000)));
    const double sigma = *rc::gen::inRange(1, 10) / 10.0;
    // The relative standard deviation of each law: (b - a)/(sqrt(12)·mean), 1, sqrt(exp(sigma²) - 1).
    const std::pair<Law, double> laws[] = {
        {{Law::Kind::constant, first}, 0.0},
        {{Law::Kind::uniform, first, 3 * first}, 1.0 / std::sqrt(12.0)},
        {{Law::Kind::exponential, first}, 1.0},
        {{Law::Kind::lognormal, first, Nanos(0), sigma}, std::sqrt(std::exp(sigma * sigma) - 1.0)}};
    for (const auto& [law, deviation] : laws) {
      const double error = std::abs(relative_mean(law, seed, kDraws) - 1.0);
      RC_ASSERT(error <= 5.0 * deviation / std::sqrt(kDraws) + 1e-6);
    }
  });
}

TEST(LawProperty, NoDrawIsBelowZeroAndUniformStaysWithinItsBounds) {
  rc::check([] {
    SplitMix64 random(*rc::gen::arbitrary<std::uint64_t>());
    const Law uniform{Law::Kind::uniform, milliseconds(10), milliseconds(30)};
    const Law exponential{Law::Kind::exponential, milliseconds(10)};
    const Law lognormal{Law::Kind::lognormal, milliseconds(10), Nanos(0), 2.0};
    const auto even = uniform.draw(random);
    RC_ASSERT(even >= milliseconds(10) && even <= milliseconds(30));
    RC_ASSERT(exponential.draw(random).count() >= 0);
    RC_ASSERT(lognormal.draw(random).count() >= 0);
  });
}

TEST(Law, DrawsTheSameFromTheSameSeed) {
  const Law law{Law::Kind::lognormal, milliseconds(20), Nanos(0), 0.5};
  SplitMix64 one(7);
  SplitMix64 same(7);
  SplitMix64 other(8);
  const auto first = law.draw(one);
  EXPECT_EQ(first, law.draw(same));
  EXPECT_NE(first, law.draw(other));
}

}  // namespace
}  // namespace edgeeval::mock
