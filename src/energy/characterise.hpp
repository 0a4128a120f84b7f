// SPDX-License-Identifier: Apache-2.0
// How a sensor behaves, from fast reads of it while a known load is switched on and off
#pragma once

#include <edgeeval/probe.hpp>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "energy/series.hpp"

namespace edgeeval::energy {

/// When a load was switched: the switch took effect somewhere in [asked_s, settled_s] (s from the epoch).
struct LoadSwitch {
  double asked_s = 0.0;
  double settled_s = 0.0;
  bool on = false;
  /// Whether the load then changed at once. A program that first has to load its data does not.
  bool sharp = true;
};

/// A figure of a sensor with its 95 % bounds.
struct Determined {
  double value = 0.0;
  double lo = 0.0;
  double hi = 0.0;
};

/// The figure, or in words why the reads cannot tell it.
using Finding = tl::expected<Determined, std::string>;

/// Refresh of the value shown. `typical` is the median gap between changes: the smallest gap would be too
/// small. Where a value often does not change at a refresh, its longer gaps count as several. The method of
/// square waves is that of Yang, Adamek and Armour, SC'24 (arXiv 2312.02741).
struct UpdatePeriod {
  Finding typical;       ///< s; bounds: order statistics of the median, and the distance between reads.
  double p10_s = 0.0;    ///< Tenth percentile of the gaps; 0 without a `typical`.
  double p90_s = 0.0;    ///< Ninetieth percentile.
  std::size_t gaps = 0;  ///< How many gaps were seen.
};

/// How a step of power shows itself: a mean over `averaging` of power that passed a first-order low-pass.
struct StepResponse {
  Finding averaging;      ///< Length of the mean (s); not of a counter, which adds up instead.
  Finding lag;            ///< Until 63 % of a step show (s), at the refreshes themselves.
  Finding rise;           ///< From 10 % to 90 % (s).
  double residual = 0.0;  ///< Root mean square distance of the reads from the fit, as a fraction of the step.
  std::size_t points = 0;  ///< Refreshes the fit rests on.
};

/// Line through reference against shown power:  reference = gain · shown + offset.
struct ReferenceFit {
  Determined gain;
  Determined offset_w;
  double r_squared = 0.0;
  std::size_t levels = 0;  ///< Pairs of means the line goes through.
};

/// Mean power shown over a stretch of steady load, and what a reference showed over the same stretch.
struct Plateau {
  Span span;
  double shown_w = 0.0;
};

/// All that one recording tells of one source.
struct Characterisation {
  UpdatePeriod period;
  StepResponse response;
  Finding resolution;             ///< Smallest step of the value: W or J.
  Finding idle_noise_w;           ///< Standard deviation of the refreshed values without load (W).
  Determined read_cost_s;         ///< Time one read takes: median, tenth and ninetieth percentile (s).
  std::vector<Plateau> plateaus;  ///< Steady stretches, for a fit against a reference.
};

/// Times and values of refreshes: where two reads in a row differ. `at_s` is the middle between the last read
/// of the old value and the first of the new one, `slack_s` half their distance.
struct Refresh {
  double at_s = 0.0;
  double slack_s = 0.0;
  double value = 0.0;
  double step = 0.0;  ///< New value less old one.
};
[[nodiscard]] std::vector<Refresh> refreshes(const Series& series);

/// The median distance between the middles of successive reads (s); 0 with fewer than two.
[[nodiscard]] double read_interval(const Series& series);

/// Refresh period from reads much faster than it. Not determinable: fewer than 8 changes, or nearly every
/// read shows another value (then the reads are too slow).
[[nodiscard]] UpdatePeriod update_period(const Series& series);

/// Smallest step as the largest number that all changes are multiples of. Not determinable: fewer than 16
/// changes or 3 different ones, or finer than 10 millionths.
[[nodiscard]] Finding resolution(const Series& series);

/// Standard deviation of the values refreshed in the second half of stretches without load. Of power sources
/// only.
[[nodiscard]] Finding idle_noise(const Series& series, std::span<const LoadSwitch> switches);

/// Mean power over the last half of each stretch between two switches.
[[nodiscard]] std::vector<Plateau> plateaus(const Series& series, std::span<const LoadSwitch> switches);

/// Joules that a counter counted ÷ joules that power integrates to over the time both cover. The bounds are
/// from the spread over ten blocks and from the ticks at the ends. Not determinable: a reset, less than 20
/// refreshes, a power of zero.
[[nodiscard]] Finding counter_to_integral(const Series& counter, const Series& power);

/// Ordinary least squares of the reference's means over `steady` against the shown ones, with 95 % bounds
/// from the standard errors (Student's t). `reference` is a power series on the same clock. Not determinable:
/// fewer than three plateaus with at least two reads of the reference, or all of nearly the same power.
[[nodiscard]] tl::expected<ReferenceFit, std::string> fit_reference(std::span<const Plateau> steady,
                                                                    const Series& reference);

/// All findings of one source. A model source has only its read_cost_s.
[[nodiscard]] Characterisation characterise(const Series& series, std::span<const LoadSwitch> switches);

/// `before` with what was determined put in; `origin` becomes "characterised <date>".
[[nodiscard]] SensorCharacter characterised(SensorCharacter before, const Characterisation& found,
                                            ReadingKind kind, const std::string& date);

}  // namespace edgeeval::energy
