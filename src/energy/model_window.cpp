// SPDX-License-Identifier: Apache-2.0
// Joules of a window from a model's cumulative readings
#include <algorithm>
#include <cmath>
#include <iterator>

#include "energy/counter_window.hpp"
#include "energy/spacing.hpp"

namespace edgeeval::energy {
namespace {

/// Cumulative estimate and bounds at an instant.
struct Level {
  double value, lo, hi;
};

/// On the line through the readings on either side of `at_s`, or the two nearest.
Level level_at(const std::vector<Sample>& samples, double at_s) {
  auto next = std::partition_point(samples.begin(), samples.end(),
                                   [&](const Sample& sample) { return instant(sample) < at_s; });
  next = std::clamp(next, samples.begin() + 1, samples.end() - 1);
  const Sample& a = *std::prev(next);
  const Sample& b = *next;
  const double time = instant(b) - instant(a);
  const double share = time > 0.0 ? (at_s - instant(a)) / time : 0.0;
  const auto between = [share](double from, double to) { return from + share * (to - from); };
  return {between(a.value, b.value), between(a.lo, b.lo), between(a.hi, b.hi)};
}

double peak_of(const std::vector<Sample>& samples, Span window) {
  double peak = 0.0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const double time = instant(samples[i]) - instant(samples[i - 1]);
    if (instant(samples[i]) <= window.begin_s || instant(samples[i - 1]) >= window.end_s || time <= 0.0)
      continue;
    peak = std::max(peak, (samples[i].value - samples[i - 1].value) / time);
  }
  return peak;
}

}  // namespace

EstimateResult model_window(const Series& series, Span window) {
  const auto missing = [](std::string reason) {
    return tl::unexpected(NotMeasured{std::move(reason), std::nullopt});
  };
  if (const auto reason = vanished(series, window)) return missing("the sensor vanished: " + *reason);
  std::vector<Sample> samples;
  std::copy_if(
      series.samples.begin(), series.samples.end(), std::back_inserter(samples),
      [](const Sample& s) { return std::isfinite(s.value) && std::isfinite(s.lo) && std::isfinite(s.hi); });
  if (samples.size() < 2 || !(instant(samples.back()) > instant(samples.front())))
    return missing("fewer than two readings");
  if (!(window.length_s() > 0.0)) return missing("the window has no length");
  // A model's rate holds a little beyond its readings, one spacing of them at most.
  const double reach = median_spacing(samples, window);
  if (window.begin_s < samples.front().before_s - reach) return missing("no reading before the window");
  if (window.end_s > samples.back().after_s + reach) return missing("no reading after the window");

  const Level begin = level_at(samples, window.begin_s);
  const Level end = level_at(samples, window.end_s);
  Estimate estimate;
  estimate.joules = std::max(0.0, end.value - begin.value);
  estimate.lo_j = std::clamp(end.lo - begin.lo, 0.0, estimate.joules);
  estimate.hi_j = std::max(end.hi - begin.hi, estimate.joules);
  estimate.hard = true;
  estimate.common_relative = series.info.character.gain_half_width;
  estimate.mean_w = estimate.joules / window.length_s();
  estimate.peak_w = std::max(estimate.mean_w, peak_of(samples, window));
  const Cover cover = cover_of(series, window);
  estimate.coverage = cover.share;
  estimate.longest_gap_s = cover.longest_gap_s;
  estimate.method = "model";
  if (cover.gap) estimate.flags.emplace_back("gap");
  return estimate;
}

}  // namespace edgeeval::energy
