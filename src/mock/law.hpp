// SPDX-License-Identifier: Apache-2.0
// How long a scripted server waits: laws of delays, drawn from a seed.
#pragma once

#include <chrono>
#include <edgeeval/result.hpp>
#include <string>
#include <string_view>

#include "stats/random.hpp"

namespace edgeeval::mock {

/// A length of time to the nanosecond.
using Nanos = std::chrono::nanoseconds;

/// Reads "20ms", "1.5s", "250us" or "0ns": a number of at least 0 and its unit. Error: usage.
[[nodiscard]] Result<Nanos> parse_duration(std::string_view text);

/// The distribution of a delay.
struct Law {
  /// Which distribution.
  enum class Kind {
    constant,     ///< Always `first`.
    uniform,      ///< Even between `first` and `second`.
    exponential,  ///< Mean `first`.
    lognormal,    ///< Median `first`, standard deviation `sigma` of the logarithm; mean = median ·
                  ///< exp(sigma²/2).
  };
  Kind kind = Kind::constant;
  Nanos first{0};
  Nanos second{0};
  double sigma = 0.0;

  /// One delay; uses up to two numbers of `random` (Box and Muller 1958 for the normal deviate).
  [[nodiscard]] Nanos draw(SplitMix64& random) const;
  /// The mean of the law.
  [[nodiscard]] Nanos mean() const;
};

/// Reads "20ms", "uniform 10ms 30ms", "exponential 20ms" or "lognormal 20ms 0.5". Error: usage, with a hint.
[[nodiscard]] Result<Law> parse_law(std::string_view text);

/// A number in [0, 1) with 53 random bits.
[[nodiscard]] double unit(SplitMix64& random);

}  // namespace edgeeval::mock
