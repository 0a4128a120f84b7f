// SPDX-License-Identifier: Apache-2.0
#include "energy/power_window.hpp"

#include <algorithm>
#include <cmath>

#include "energy/power_curve.hpp"
#include "energy/spacing.hpp"

namespace edgeeval::energy {
namespace {

/// Half-widths of the window's own bounds, raw (J).
struct Budget {
  double variance = 0.0;  ///< Of what is random.
  double below = 0.0;     ///< What is added whole on either side.
  double above = 0.0;
  void random(double sigma) { variance += sigma * sigma; }
};

/// How old what is shown is: until the value is refreshed, averaged and has settled (s).
struct Delay {
  double mean_s = 0.0;
  double spread_s = 0.0;  ///< Standard deviation, of refreshes and reads at random phase.
};

Delay delay_of(const SensorCharacter& character, double spacing_s) {
  const double period = character.period ? character.period->value() : 0.0;
  const double averaging = character.averaging ? character.averaging->value() : 0.0;
  const double lag = character.lag ? character.lag->value() : 0.0;
  Delay delay;
  delay.mean_s = 0.5 * period + 0.5 * averaging + lag;
  delay.spread_s = std::sqrt((period * period + averaging * averaging + spacing_s * spacing_s) / 12.0);
  return delay;
}

}  // namespace

EstimateResult power_window(const Series& series, Span window) {
  const auto missing = [](std::string reason, std::optional<double> needed = std::nullopt) {
    return tl::unexpected(NotMeasured{std::move(reason), needed});
  };
  if (const auto reason = vanished(series, window)) return missing("the sensor vanished: " + *reason);
  const SensorCharacter& character = series.info.character;
  const PowerCurve curve(series);
  if (curve.points().size() < 2) return missing("fewer than two readings");
  const double spacing = median_spacing(series.samples, window);
  const double period = std::max(character.period ? character.period->value() : 0.0, spacing);
  if (!(window.length_s() > 0.0)) return missing("shorter than the sensor can resolve", 2.0 * period);
  if (window.begin_s < curve.points().front().at_s - 3.0 * period)
    return missing("no reading before the window");
  if (window.end_s > curve.points().back().at_s + 3.0 * period) return missing("no reading after the window");
  if (curve.inside(window) < 2) return missing("shorter than the sensor can resolve", 3.0 * period);

  const Delay delay = delay_of(character, spacing);
  const double length = window.length_s();
  const double plain = curve.integral(window);
  const double tail = delay.mean_s * (curve.at(window.end_s) - curve.at(window.begin_s));

  Budget budget;
  const double averaging = character.averaging ? character.averaging->value() : 0.0;
  const double unseen = std::clamp(1.0 - averaging / period, 0.0, 1.0);
  budget.random(curve.curvature_sigma(window, unseen));
  const double reach = period + averaging + spacing + (character.lag ? 2.0 * character.lag->value() : 0.0);
  for (const double edge : {window.begin_s, window.end_s})
    budget.random(curve.range({edge - reach, edge + reach}) * delay.spread_s);
  const double resolution = 0.5 * character.resolution * length;
  budget.below += resolution;
  budget.above += resolution;
  const double most = character.ceiling ? (character.ceiling->value() - character.offset_w) / character.gain
                                        : curve.highest();
  for (const Span gap : curve.gaps(window, 3.0 * period)) {
    const double filled = curve.integral(gap);
    budget.below += filled;
    budget.above += std::max(0.0, most * gap.length_s() - filled);
  }

  const auto truth = [&](double raw) { return character.gain * raw + character.offset_w * length; };
  const double half = 2.0 * std::sqrt(budget.variance);
  Estimate estimate;
  estimate.joules = std::max(0.0, truth(plain + tail));
  estimate.lo_j = std::clamp(truth(plain + tail - half - budget.below), 0.0, estimate.joules);
  estimate.hi_j = std::max(truth(plain + tail + half + budget.above), estimate.joules);
  estimate.common_relative = character.gain_half_width;
  estimate.mean_w = estimate.joules / length;
  estimate.peak_w = std::max(estimate.mean_w, character.gain * curve.peak(window) + character.offset_w);
  const Cover cover = cover_of(series, window);
  estimate.coverage = cover.share;
  estimate.longest_gap_s = cover.longest_gap_s;
  estimate.tail_j = character.gain * tail;
  estimate.method = "integral";
  if (cover.gap) estimate.flags.emplace_back("gap");
  if (curve.dropped_near(window)) estimate.flags.emplace_back("glitch");
  return estimate;
}

}  // namespace edgeeval::energy
