// SPDX-License-Identifier: Apache-2.0
// Series of readings with round numbers
#pragma once

#include <cmath>
#include <utility>
#include <vector>

#include "energy/series.hpp"

namespace edgeeval::test {

/// Instantaneous readings at given times: (s, value).
inline energy::Series series_of(ReadingKind kind, const std::vector<std::pair<double, double>>& readings) {
  energy::Series series;
  series.info.id = "sensor";
  series.info.kind = kind;
  for (const auto& [at, value] : readings) series.samples.push_back({at, at, value, value, value});
  return series;
}

/// A counter that shows `watts` · time, refreshed every `period_s`, read every `spacing_s` over [0, end_s],
/// `start_j` at 0.
inline energy::Series steady_counter(double watts, double period_s, double spacing_s, double end_s,
                                     double start_j = 1000.0) {
  std::vector<std::pair<double, double>> readings;
  const int count = static_cast<int>(std::lround(end_s / spacing_s));
  for (int i = 0; i <= count; ++i) {
    const double at = spacing_s * i;
    readings.emplace_back(at, start_j + watts * period_s * std::floor(at / period_s + 1e-9));
  }
  auto series = series_of(ReadingKind::counter, readings);
  series.info.character.period = Seconds(period_s);
  return series;
}

/// Steady watts read every `spacing_s` over [0, end_s].
inline energy::Series steady_power(double watts, double spacing_s, double end_s) {
  std::vector<std::pair<double, double>> readings;
  const int count = static_cast<int>(std::lround(end_s / spacing_s));
  for (int i = 0; i <= count; ++i) readings.emplace_back(spacing_s * i, watts);
  auto series = series_of(ReadingKind::power, readings);
  series.info.character.period = Seconds(spacing_s);
  return series;
}

}  // namespace edgeeval::test
