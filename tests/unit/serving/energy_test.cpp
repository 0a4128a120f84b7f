// SPDX-License-Identifier: Apache-2.0
#include "serving/energy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "stats/random.hpp"
#include "unit/serving/loads.hpp"

namespace edgeeval {
namespace {

using testing::LoadBuilder;
using testing::ms;

constexpr double kIdle = 5.0, kPromptJ = 0.02, kReplyJ = 0.15;
constexpr double kSpan = 100.0;  // ms
constexpr int kSpans = 400;

double even(SplitMix64& random) { return static_cast<double>(random.below(1U << 20U)) / (1U << 20U); }

/// A load whose prompts and replies vary, with two seconds of nothing before and after, and the true work by
/// span.
struct Simulated {
  LoadBuilder builder{0};
  std::vector<double> prompt = std::vector<double>(kSpans), reply = std::vector<double>(kSpans);

  void add(double at, double ttft, double gap, int prompt_tokens, int tokens) {
    const double last = at + ttft + gap * (tokens - 1);
    auto& request = builder.request(at, at, last + 1.0);
    request.prompt_tokens = prompt_tokens;
    request.completion_tokens = tokens;
    builder.stream(at + ttft, gap, tokens);
    // A millisecond at a time, independently of how the code under test splits intervals.
    for (int i = 0; i < 1000; ++i)
      prompt[static_cast<std::size_t>((at + ttft * (i + 0.5) / 1000.0) / kSpan)] += prompt_tokens / 1000.0;
    for (int i = 0; i < tokens; ++i) reply[static_cast<std::size_t>((at + ttft + gap * i) / kSpan)] += 1.0;
  }
  /// Watts of each span: truth and noise that depends on the span before.
  [[nodiscard]] std::vector<PowerSpan> power(SplitMix64& random, double noise) const {
    std::vector<PowerSpan> spans;
    double error = 0.0;
    for (std::size_t i = 0; i < kSpans; ++i) {
      error = 0.4 * error + noise * (even(random) + even(random) + even(random) - 1.5);
      const double joules = kPromptJ * prompt[i] + kReplyJ * reply[i];
      spans.push_back({ms(kSpan * static_cast<double>(i)), ms(kSpan * static_cast<double>(i + 1)),
                       kIdle + joules / (kSpan * 1e-3) + error});
    }
    return spans;
  }
};

Simulated simulated(SplitMix64& random) {
  Simulated load;
  for (double at = 2000.0; at < 36000.0; at += 50.0 + 400.0 * even(random))
    load.add(at, 60.0 + 400.0 * even(random), 12.0 + 10.0 * even(random),
             50 + static_cast<int>(random.below(800)), 8 + static_cast<int>(random.below(60)));
  return load;
}

bool holds(const Fact& fact, double truth) { return *fact.lo <= truth && truth <= *fact.hi; }

TEST(EnergyByPhase, FindsTheTruthWithoutNoise) {
  SplitMix64 random(1);
  const auto simulation = simulated(random);
  auto load = simulation.builder.build();
  const auto energy = energy_by_phase(load, simulation.power(random, 0.0), Grade::measured, "test rail");
  ASSERT_TRUE(energy.has_value());
  EXPECT_NEAR(energy->joules_per_prompt_token.value, kPromptJ, 0.01 * kPromptJ);
  EXPECT_NEAR(energy->joules_per_reply_token.value, kReplyJ, 0.01 * kReplyJ);
  EXPECT_NEAR(energy->idle_watts.value, kIdle, 0.02 * kIdle);
  EXPECT_GT(energy->r_squared, 0.999);
  EXPECT_EQ(energy->spans, 400U);
  EXPECT_EQ(energy->joules_per_prompt_token.grade, Grade::computed);
  // All work over all requests.
  double joules = 0.0;
  for (std::size_t i = 0; i < kSpans; ++i)
    joules += kPromptJ * simulation.prompt[i] + kReplyJ * simulation.reply[i];
  const auto requests = static_cast<double>(load.requests.size());
  ASSERT_TRUE(energy->joules_per_request.has_value());
  EXPECT_NEAR(energy->joules_per_request->value, joules / requests, 0.03 * joules / requests);
}

TEST(EnergyByPhase, CoversTheTruthInMostLoads) {
  constexpr int kSeeds = 60;
  int prompt = 0;
  int reply = 0;
  int idle = 0;
  for (int seed = 0; seed < kSeeds; ++seed) {
    SplitMix64 random(static_cast<std::uint64_t>(seed) + 100);
    const auto simulation = simulated(random);
    auto load = simulation.builder.build();
    const auto energy = energy_by_phase(load, simulation.power(random, 4.0), Grade::measured, "test rail");
    ASSERT_TRUE(energy.has_value());
    if (holds(energy->joules_per_prompt_token, kPromptJ)) ++prompt;
    if (holds(energy->joules_per_reply_token, kReplyJ)) ++reply;
    if (holds(energy->idle_watts, kIdle)) ++idle;
  }
  EXPECT_GE(prompt, kSeeds * 9 / 10);
  EXPECT_GE(reply, kSeeds * 9 / 10);
  EXPECT_GE(idle, kSeeds * 9 / 10);
}

/// The error of a load and power that cannot be told apart.
Error refusal(const LoadBuilder& builder, const std::vector<PowerSpan>& power) {
  auto load = builder.build();
  const auto energy = energy_by_phase(load, power, Grade::measured, "test rail");
  EXPECT_FALSE(energy.has_value());
  return energy ? Error{} : energy.error();
}

std::vector<PowerSpan> flat_power(int count, double begin = 0.0) {
  std::vector<PowerSpan> spans;
  for (int i = 0; i < count; ++i) spans.push_back({ms(begin + 100.0 * i), ms(begin + 100.0 * (i + 1)), 10.0});
  return spans;
}

TEST(EnergyByPhase, RefusesWhatCannotBeToldApart) {
  const auto few = refusal(testing::steady_load(20), flat_power(19));
  EXPECT_EQ(few.code, ErrorCode::unavailable);
  EXPECT_NE(few.message.find("19 stretches"), std::string::npos);
  EXPECT_NE(few.hint.find("vary the load"), std::string::npos);

  auto promptless = testing::steady_load(20);
  for (auto& request : promptless.requests()) request.prompt_tokens.reset();
  EXPECT_NE(refusal(promptless, flat_power(24)).message.find("prompt tokens"), std::string::npos);

  EXPECT_NE(refusal(testing::steady_load(20), flat_power(24, 1e6)).message.find("do not vary"),
            std::string::npos);
}

TEST(EnergyByPhase, RefusesPhasesThatRiseAndFallTogether) {
  // In each busy span ten prompt tokens a reply token, always: nothing tells them apart.
  LoadBuilder builder;
  for (int i = 0; i < 60; i += 2) {
    auto& request = builder.request(100.0 * i, 100.0 * i, 100.0 * i + 95.0);
    request.prompt_tokens = 100;
    request.completion_tokens = 10;
    builder.stream(100.0 * i + 20.0, 7.0, 10);
  }
  const auto error = refusal(builder, flat_power(60));
  EXPECT_EQ(error.code, ErrorCode::unavailable);
  EXPECT_NE(error.message.find("rise and fall together"), std::string::npos);
}

TEST(EnergyByPhase, HasNoJoulesARequestWherePowerCoversTooLittle) {
  SplitMix64 random(2);
  const auto simulation = simulated(random);
  auto power = simulation.power(random, 0.0);
  power.resize(200);
  auto load = simulation.builder.build();
  const auto energy = energy_by_phase(load, power, Grade::measured, "test rail");
  ASSERT_TRUE(energy.has_value());
  EXPECT_FALSE(energy->joules_per_request.has_value());
  EXPECT_NE(energy->note.find("less than 90 %"), std::string::npos);
}

TEST(ClientEnergy, IsCpuTimeTimesWattsOfACore) {
  ClientReport client;
  client.cpu_s = 3.0;
  const auto energy = client_energy(client, 2.0, 6.0, Grade::modelled, "power curve");
  EXPECT_DOUBLE_EQ(*energy.joules.lo, 6.0);
  EXPECT_DOUBLE_EQ(*energy.joules.hi, 18.0);
  EXPECT_DOUBLE_EQ(energy.joules.value, 12.0);
  EXPECT_EQ(energy.joules.grade, Grade::modelled);
  client.measured_cpu_s = 1.0;  // Warm-up is not in it, spooling is.
  EXPECT_DOUBLE_EQ(client_energy(client, 2.0, 6.0, Grade::computed, "rapl").joules.value, 4.0);
  EXPECT_EQ(client_energy(client, 2.0, 6.0, Grade::measured, "rapl").joules.grade, Grade::computed);
}

}  // namespace
}  // namespace edgeeval
