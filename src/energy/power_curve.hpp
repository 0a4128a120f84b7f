// SPDX-License-Identifier: Apache-2.0
// A power source's plausible readings as a line between their real time stamps
#pragma once

#include <vector>

#include "energy/series.hpp"

namespace edgeeval::energy {

/// The readings of a power source in raw watts; what is not finite, below zero or above 1.2 × the ceiling is
/// dropped as a glitch. Repeats of a value stay.
class PowerCurve {
 public:
  struct Point {
    double at_s = 0.0;
    double watts = 0.0;
  };

  explicit PowerCurve(const Series& series);

  [[nodiscard]] const std::vector<Point>& points() const { return points_; }
  /// Watts at an instant, interpolated; held before the first and after the last reading.
  [[nodiscard]] double at(double at_s) const;
  /// Trapezoid over `window`, clipped and interpolated at its edges (J).
  [[nodiscard]] double integral(Span window) const;
  /// Standard deviation of the integral's interior (J); `unseen` is the share of time that no reading
  /// averages over.
  [[nodiscard]] double curvature_sigma(Span window, double unseen) const;
  /// Largest less smallest watts over `window`, its interpolated edges included.
  [[nodiscard]] double range(Span window) const;
  /// Largest watts over `window`, its interpolated edges included.
  [[nodiscard]] double peak(Span window) const;
  /// Largest watts ever seen.
  [[nodiscard]] double highest() const;
  /// Stretches without a reading that are longer than `allowed_s`, clipped to `window`.
  [[nodiscard]] std::vector<Span> gaps(Span window, double allowed_s) const;
  /// How many readings lie in `window`.
  [[nodiscard]] std::size_t inside(Span window) const;
  /// Whether a glitch was dropped in `window`.
  [[nodiscard]] bool dropped_near(Span window) const;

 private:
  std::vector<Point>::const_iterator first_after(double at_s) const;
  std::vector<Point> points_;
  std::vector<double> dropped_s_;
};

}  // namespace edgeeval::energy
