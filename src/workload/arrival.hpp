// SPDX-License-Identifier: Apache-2.0
// Arrivals of an open loop, one after the other, by the law of their gaps.
#pragma once

#include <cstdint>

#include "stats/random.hpp"
#include "workload/schedule.hpp"

namespace edgeeval {

/// Arrivals of an `open` or `ramp` scenario in nanoseconds from the start, never falling. The first comes one
/// gap after the start. Gaps are drawn from SplitMix64, so the same seed gives the same arrivals on every
/// machine, up to the last digit of its logarithm: the exported schedule is what is exact.
class Arrivals {
 public:
  /// Due times are never later than this: ten years.
  static constexpr std::int64_t kLatestNs = 315'360'000'000'000'000;

  /// `ramp_s`: how long a ramp's rate changes, above 0; it stays at its end afterwards. Not used in an open
  /// loop.
  Arrivals(const Scenario& scenario, double ramp_s, std::uint64_t seed);
  /// The next arrival; kLatestNs where it would be later.
  [[nodiscard]] std::int64_t next();

 private:
  /// Uniform in (0, 1], so that its logarithm is finite.
  [[nodiscard]] double uniform();
  /// Exponential of mean 1, by inversion.
  [[nodiscard]] double exponential();
  /// Standard normal, by Marsaglia's polar method.
  [[nodiscard]] double normal();
  /// Gamma of mean `shape` and scale 1.
  [[nodiscard]] double gamma(double shape);
  /// Seconds at which a ramp's expected number of arrivals is `arrivals`.
  [[nodiscard]] double ramp_time(double arrivals) const;
  /// Goes on by a gap, with fractions of a nanosecond kept for the next one.
  [[nodiscard]] std::int64_t advance(double gap_ns);

  Scenario scenario_;
  double ramp_s_;
  SplitMix64 random_;
  std::int64_t now_ns_ = 0;
  double fraction_ns_ = 0.5;  ///< Half a nanosecond more, so that cutting rounds.
  double expected_ = 0.0;     ///< Of a ramp: arrivals so far as its law counts them.
  std::uint64_t count_ = 0;   ///< Arrivals so far.
};

}  // namespace edgeeval
