// SPDX-License-Identifier: Apache-2.0
#include "stats/student.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace edgeeval {
namespace {

/// 1 + first·c² + …, the sum that both formulas share: each term is the one before times c² · k / (k + 1).
double series(double cosine, int from, int to) {
  double term = 1.0;
  double sum = 1.0;
  for (int k = from; k <= to; k += 2) {
    term *= cosine * cosine * k / (k + 1.0);
    sum += term;
  }
  return sum;
}

}  // namespace

double student_within(double t, int degrees) {
  const double angle = std::atan(t / std::sqrt(static_cast<double>(degrees)));
  const double cosine = std::cos(angle);
  const double sine = std::sin(angle);
  if (degrees % 2 == 0) return sine * series(cosine, 1, degrees - 3);
  const double rest = degrees == 1 ? 0.0 : sine * cosine * series(cosine, 2, degrees - 3);
  return 2.0 / std::numbers::pi * (angle + rest);
}

double student_95(int degrees) {
  double lo = 1.9;
  double hi = 12.8;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (lo + hi);
    (student_within(middle, degrees) < 0.95 ? lo : hi) = middle;
  }
  return 0.5 * (lo + hi);
}

std::optional<Bounds> student_interval(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  const double middle = *mean(values);
  double squares = 0.0;
  for (const double value : values) squares += (value - middle) * (value - middle);
  const auto count = static_cast<double>(values.size());
  const int degrees = static_cast<int>(std::min<std::size_t>(values.size() - 1, 1000));
  const double half = student_95(degrees) * std::sqrt(squares / (count - 1.0) / count);
  return Bounds{middle - half, middle + half};
}

}  // namespace edgeeval
