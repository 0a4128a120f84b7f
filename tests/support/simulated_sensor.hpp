// SPDX-License-Identifier: Apache-2.0
// A device with a known power curve, a sensor that shows it as real ones do, and a sampler that reads the
// sensor
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "energy/series.hpp"
#include "stats/random.hpp"

namespace edgeeval::test {

/// Random numbers of a seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : generator_(seed) {}
  /// Uniform in [from, to).
  double between(double from, double to) {
    return from + (to - from) * static_cast<double>(generator_.next() >> 11U) * 0x1.0p-53;
  }
  bool chance(double share) { return between(0.0, 1.0) < share; }
  int below(int count) { return static_cast<int>(generator_.below(static_cast<std::uint64_t>(count))); }

 private:
  SplitMix64 generator_;
};

/// True power over time: straight lines between knots, two knots at one time being a step; held outside.
class TrueCurve {
 public:
  struct Knot {
    double at_s, watts;
  };
  explicit TrueCurve(std::vector<Knot> knots, double lag_s = 0.0);
  /// True joules from the first knot to an instant, exact.
  [[nodiscard]] double energy(double at_s) const;
  [[nodiscard]] double energy(energy::Span span) const { return energy(span.end_s) - energy(span.begin_s); }
  /// What a first-order lag makes of the power at an instant, exact.
  [[nodiscard]] double lagged(double at_s) const;
  /// Mean of the lagged power over the `averaging_s` before an instant.
  [[nodiscard]] double shown(double at_s, double averaging_s) const;
  [[nodiscard]] double highest() const;

 private:
  [[nodiscard]] std::size_t piece(double at_s) const;
  std::vector<Knot> knots_;
  std::vector<double> energy_, lagged_;
  double lag_s_;
};

/// Kinds of load.
enum class Load { constant, job, steps, ramps, square, walk, bursts };
constexpr int kLoads = 7;

/// A random curve of a kind from `from_s` to `to_s`; a job works over `work` and rests outside of it.
[[nodiscard]] std::vector<TrueCurve::Knot> random_load(Dice& dice, Load load, double from_s, double to_s,
                                                       energy::Span work);

/// How the sensor shows the curve.
struct SimulatedSensor {
  double period_s = 0.1;
  double phase_s = 0.0;
  double period_jitter = 0.0;  ///< Share of the period that a refresh may come early or late.
  double averaging_s = 0.0;    ///< Power only.
  double gain = 1.0;           ///< True = gain · shown + offset.
  double offset_w = 0.0;
  double resolution = 0.0;
  std::optional<double> reset_at_s;  ///< Counter only: from here it counts from zero.
};

/// When the sensor is read.
struct SimulatedSampler {
  double period_s = 0.02;
  double jitter = 0.0;      ///< Share of the period.
  double late_share = 0.0;  ///< Share of reads that come up to `late_s` late.
  double late_s = 0.0;
  double read_s = 0.0002;  ///< How long a read takes at most.
};

/// The series that sampling a counter over `reach` gives. The character says what the sensor is.
[[nodiscard]] energy::Series sample_counter(const TrueCurve& curve, const SimulatedSensor& sensor,
                                            const SimulatedSampler& sampler, energy::Span reach, Dice& dice);

/// The same for a power source.
[[nodiscard]] energy::Series sample_power(const TrueCurve& curve, const SimulatedSensor& sensor,
                                          const SimulatedSampler& sampler, energy::Span reach, Dice& dice);

}  // namespace edgeeval::test
