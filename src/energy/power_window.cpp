// SPDX-License-Identifier: Apache-2.0
#include "energy/power_window.hpp"

#include <algorithm>
#include <cmath>

#include "energy/power_curve.hpp"
#include "energy/spacing.hpp"

namespace edgeeval::energy {
namespace {

/// A lag that is not known is at most this many periods: the slowest boards of 0.1 s take 0.3 s (Yang et al.,
/// SC'24).
constexpr double kUnknownLag = 3.0;

/// Half-widths of the window's own bounds, raw (J).
struct Budget {
  double variance = 0.0;  ///< Of what is random.
  double below = 0.0;     ///< What is added whole on either side.
  double above = 0.0;
  double unread_s = 0.0;  ///< Time at the edges without a reading beyond.
  void random(double sigma) { variance += sigma * sigma; }
};

/// How old what is shown is: until the value is refreshed, averaged and has settled (s).
struct Delay {
  double shown_s = 0.0;   ///< Mean age by refreshing and averaging.
  double lag_s = 0.0;     ///< First-order lag.
  double spread_s = 0.0;  ///< Standard deviation, of refreshes and reads at random phase.
};

Delay delay_of(const SensorCharacter& character, double spacing_s) {
  const double period = character.period ? character.period->value() : 0.0;
  const double averaging = character.averaging ? character.averaging->value() : 0.0;
  const double lag = character.lag ? character.lag->value() : 0.0;
  Delay delay;
  delay.shown_s = 0.5 * period + 0.5 * averaging;
  delay.lag_s = lag;
  delay.spread_s = std::sqrt((period * period + averaging * averaging + spacing_s * spacing_s) / 12.0);
  return delay;
}

/// What the sensor shows of the window's energy only after its end, less what it shows of earlier energy
/// inside: exact for a first-order lag y, whose input is y + lag·y′; and for averaging where power was steady
/// just before the edges.
double still_to_come(const PowerCurve& curve, const Delay& delay, Span window) {
  const auto rise = [&](double later_s) {
    return curve.at(window.end_s + later_s) - curve.at(window.begin_s + later_s);
  };
  return delay.shown_s * rise(0.0) + delay.lag_s * rise(delay.shown_s);
}

/// Times that the bounds are made of (s).
struct Times {
  double spacing_s = 0.0;
  double period_s = 0.0;  ///< The longer of the sensor's period and the spacing of reads.
  double averaging_s = 0.0;
};

Times times_of(const Series& series, Span window) {
  const SensorCharacter& character = series.info.character;
  Times times;
  times.spacing_s = median_spacing(series.samples, window);
  times.period_s = std::max(character.period ? character.period->value() : 0.0, times.spacing_s);
  times.averaging_s = character.averaging ? character.averaging->value() : 0.0;
  return times;
}

/// Why the readings give the window nothing, where they do not.
std::optional<NotMeasured> missing(const PowerCurve& curve, const Times& times, Span window) {
  const double period = times.period_s;
  if (curve.points().size() < 2) return NotMeasured{"fewer than two readings", std::nullopt};
  if (!(window.length_s() > 0.0)) return NotMeasured{"shorter than the sensor can resolve", 3.0 * period};
  if (window.begin_s < curve.points().front().at_s - 3.0 * period)
    return NotMeasured{"no reading before the window", std::nullopt};
  if (window.end_s > curve.points().back().at_s + 3.0 * period)
    return NotMeasured{"no reading after the window", std::nullopt};
  if (curve.inside(window) < 2) return NotMeasured{"shorter than the sensor can resolve", 3.0 * period};
  return std::nullopt;
}

Budget budget_of(const PowerCurve& curve, const SensorCharacter& character, const Times& times,
                 const Delay& delay, Span window) {
  Budget budget;
  const double period = times.period_s;
  const double unseen = period > 0.0 ? std::clamp(1.0 - times.averaging_s / period, 0.0, 1.0) : 0.0;
  budget.random(curve.curvature_sigma(window, unseen));
  const double reach = period + times.averaging_s + times.spacing_s + 2.0 * delay.lag_s;
  for (const double edge : {window.begin_s, window.end_s})
    budget.random(curve.range({edge - reach, edge + reach}) * delay.spread_s);
  // Shown may be rounded or cut off: the truth is up to half a step below, up to a whole one above.
  budget.below += 0.5 * character.resolution * window.length_s();
  budget.above += character.resolution * window.length_s();
  if (!character.lag) {
    // Only later than shown, never earlier: the side is known.
    const double unknown = kUnknownLag * period * (curve.at(window.end_s) - curve.at(window.begin_s));
    (unknown > 0.0 ? budget.above : budget.below) += std::abs(unknown);
  }
  const double most = character.ceiling ? (character.ceiling->value() - character.offset_w) / character.gain
                                        : curve.highest();
  const auto only_bounded = [&](Span stretch) {
    const double filled = curve.integral(stretch);
    budget.below += filled;
    budget.above += std::max(0.0, most * stretch.length_s() - filled);
  };
  for (const Span gap : curve.gaps(window, 3.0 * period)) only_bounded(gap);
  // Before the first and after the last reading the line only holds its level: nobody saw what happened
  // there.
  for (const Span edge :
       {Span{window.begin_s, curve.points().front().at_s}, Span{curve.points().back().at_s, window.end_s}}) {
    if (edge.length_s() <= period) continue;
    only_bounded(edge);
    budget.unread_s += edge.length_s();
  }
  return budget;
}

}  // namespace

EstimateResult power_window(const Series& series, Span window) {
  if (const auto reason = vanished(series, window))
    return tl::unexpected(NotMeasured{"the sensor vanished: " + *reason, std::nullopt});
  const SensorCharacter& character = series.info.character;
  const PowerCurve curve(series);
  const Times times = times_of(series, window);
  if (auto reason = missing(curve, times, window)) return tl::unexpected(std::move(*reason));

  const Delay delay = delay_of(character, times.spacing_s);
  const Budget budget = budget_of(curve, character, times, delay, window);
  const double length = window.length_s();
  const double plain = curve.integral(window);
  const double tail = still_to_come(curve, delay, window);
  // Long sums round.
  const double half = 2.0 * std::sqrt(budget.variance) + 1e-12 * std::abs(plain);
  const auto truth = [&](double raw) { return character.gain * raw + character.offset_w * length; };
  Estimate estimate;
  estimate.joules = std::max(0.0, truth(plain + tail));
  estimate.lo_j = std::clamp(truth(plain + tail - half - budget.below), 0.0, estimate.joules);
  estimate.hi_j = std::max(truth(plain + tail + half + budget.above), estimate.joules);
  estimate.common_relative = character.gain_half_width;
  estimate.mean_w = estimate.joules / length;
  estimate.peak_w = std::max(estimate.mean_w, character.gain * curve.peak(window) + character.offset_w);
  const Cover cover = cover_of(series, window);
  estimate.coverage = std::max(0.0, cover.share - budget.unread_s / length);
  estimate.longest_gap_s = cover.longest_gap_s;
  estimate.tail_j = character.gain * tail;
  estimate.method = "integral";
  if (cover.gap || budget.unread_s > 0.0) estimate.flags.emplace_back("gap");
  if (curve.dropped_near(window)) estimate.flags.emplace_back("glitch");
  return estimate;
}

}  // namespace edgeeval::energy
