// SPDX-License-Identifier: Apache-2.0
#include "energy/power_curve.hpp"

#include <algorithm>
#include <cmath>

#include "energy/spacing.hpp"

namespace edgeeval::energy {
namespace {

bool plausible(const SensorCharacter& character, double raw_w) {
  if (!std::isfinite(raw_w) || raw_w < 0.0) return false;
  const double true_w = character.gain * raw_w + character.offset_w;
  return !character.ceiling || true_w <= 1.2 * character.ceiling->value();
}

}  // namespace

PowerCurve::PowerCurve(const Series& series) {
  for (const Sample& sample : series.samples) {
    const double at = instant(sample);
    if (!plausible(series.info.character, sample.value))
      dropped_s_.push_back(at);
    else if (points_.empty() || at > points_.back().at_s)
      points_.push_back({at, sample.value});
  }
}

std::vector<PowerCurve::Point>::const_iterator PowerCurve::first_after(double at_s) const {
  return std::partition_point(points_.begin(), points_.end(),
                              [&](const Point& point) { return point.at_s <= at_s; });
}

double PowerCurve::at(double at_s) const {
  const auto next = first_after(at_s);
  if (next == points_.begin()) return points_.front().watts;
  const Point& last = *std::prev(next);
  if (next == points_.end()) return last.watts;
  return last.watts + (next->watts - last.watts) * (at_s - last.at_s) / (next->at_s - last.at_s);
}

double PowerCurve::integral(Span window) const {
  double joules = 0.0;
  Point last{window.begin_s, at(window.begin_s)};
  for (auto next = first_after(window.begin_s); next != points_.end() && next->at_s < window.end_s; ++next) {
    joules += 0.5 * (last.watts + next->watts) * (next->at_s - last.at_s);
    last = *next;
  }
  return joules + 0.5 * (last.watts + at(window.end_s)) * (window.end_s - last.at_s);
}

double PowerCurve::curvature_sigma(Span window, double unseen) const {
  // A step lies anywhere between its two readings: uniform, variance (ΔP·Δt)²/12. Where the sensor looks only
  // now and then, readings are draws whose own variance is half that of their differences: (ΔP·Δt)²/2.
  const double share = 1.0 / 12.0 + unseen * (0.5 - 1.0 / 12.0);
  double variance = 0.0;
  for (auto next = first_after(window.begin_s); next != points_.end(); ++next) {
    if (next == points_.begin()) continue;
    const Point& last = *std::prev(next);
    if (last.at_s >= window.end_s) break;
    const double time = std::min(next->at_s, window.end_s) - std::max(last.at_s, window.begin_s);
    const double step = (next->watts - last.watts) * time;
    variance += share * step * step;
  }
  return std::sqrt(variance);
}

double PowerCurve::range(Span window) const {
  double low = std::min(at(window.begin_s), at(window.end_s));
  for (auto next = first_after(window.begin_s); next != points_.end() && next->at_s < window.end_s; ++next)
    low = std::min(low, next->watts);
  return peak(window) - low;
}

double PowerCurve::peak(Span window) const {
  double high = std::max(at(window.begin_s), at(window.end_s));
  for (auto next = first_after(window.begin_s); next != points_.end() && next->at_s < window.end_s; ++next)
    high = std::max(high, next->watts);
  return high;
}

double PowerCurve::highest() const {
  double high = 0.0;
  for (const Point& point : points_) high = std::max(high, point.watts);
  return high;
}

std::vector<Span> PowerCurve::gaps(Span window, double allowed_s) const {
  std::vector<Span> gaps;
  const auto consider = [&](double from, double to) {
    const Span clipped{std::max(from, window.begin_s), std::min(to, window.end_s)};
    if (to - from > allowed_s && clipped.length_s() > 0.0) gaps.push_back(clipped);
  };
  for (std::size_t i = 1; i < points_.size(); ++i) consider(points_[i - 1].at_s, points_[i].at_s);
  if (points_.front().at_s > window.begin_s) consider(window.begin_s, points_.front().at_s);
  if (points_.back().at_s < window.end_s) consider(points_.back().at_s, window.end_s);
  return gaps;
}

std::size_t PowerCurve::inside(Span window) const {
  return static_cast<std::size_t>(std::count_if(points_.begin(), points_.end(), [&](const Point& point) {
    return point.at_s >= window.begin_s && point.at_s <= window.end_s;
  }));
}

bool PowerCurve::dropped_near(Span window) const {
  return std::any_of(dropped_s_.begin(), dropped_s_.end(),
                     [&](double at) { return at >= window.begin_s && at <= window.end_s; });
}

}  // namespace edgeeval::energy
