// SPDX-License-Identifier: Apache-2.0
#include "energy/spacing.hpp"

#include <algorithm>
#include <vector>

namespace edgeeval::energy {

double instant(const Sample& sample) { return 0.5 * (sample.before_s + sample.after_s); }

double median_spacing(std::span<const Sample> samples, Span window) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const double from = instant(samples[i - 1]);
    const double to = instant(samples[i]);
    if (to >= window.begin_s && from <= window.end_s) gaps.push_back(to - from);
  }
  if (gaps.empty()) return 0.0;
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::nth_element(gaps.begin(), middle, gaps.end());
  return *middle;
}

Cover cover_of(const Series& series, Span window) {
  Cover cover;
  const auto& period = series.info.character.period;
  const double spacing = median_spacing(series.samples, window);
  const double allowed = 3.0 * std::max(period ? period->value() : 0.0, spacing);
  double uncovered = 0.0;
  double last = window.begin_s;
  const auto close_gap = [&](double from, double to) {
    const double clipped = std::min(to, window.end_s) - std::max(from, window.begin_s);
    if (clipped <= 0.0) return;
    cover.longest_gap_s = std::max(cover.longest_gap_s, clipped);
    if (to - from > allowed) {
      cover.gap = true;
      uncovered += clipped;
    }
  };
  for (const Sample& sample : series.samples) {
    const double at = instant(sample);
    if (at > window.begin_s) close_gap(last, at);
    last = at;
    if (at >= window.end_s) break;
  }
  if (last < window.end_s) close_gap(last, window.end_s);
  const double length = window.length_s();
  cover.share = length > 0.0 ? std::clamp(1.0 - uncovered / length, 0.0, 1.0) : 0.0;
  return cover;
}

std::optional<std::string> vanished(const Series& series, Span window) {
  for (const ReadFailure& failure : series.failures) {
    if (failure.at_s < window.begin_s || failure.at_s > window.end_s) continue;
    const bool came_back = std::any_of(series.samples.begin(), series.samples.end(),
                                       [&](const Sample& sample) { return sample.after_s > failure.at_s; });
    if (!came_back) return failure.reason;
  }
  return std::nullopt;
}

}  // namespace edgeeval::energy
