// SPDX-License-Identifier: Apache-2.0
#include "stats/correlated_mean.hpp"

#include <algorithm>
#include <cmath>

#include "stats/bootstrap.hpp"
#include "stats/student.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kFewest = 8;       ///< Values from which the lag-1 autocorrelation is used.
constexpr double kLeastEffective = 2.0;  ///< A drift is no more than this; fewer would have no variance.
constexpr double kMostDegrees = 1000.0;  ///< Student's t is the normal distribution's by then.

}  // namespace

std::optional<MeanError> correlated_mean_error(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  const auto count = static_cast<double>(values.size());
  const double middle = *mean(values);
  double squares = 0.0;
  double products = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    squares += (values[i] - middle) * (values[i] - middle);
    if (i > 0) products += (values[i] - middle) * (values[i - 1] - middle);
  }
  MeanError error;
  if (values.size() >= kFewest && squares > 0.0) {
    const double unbiased = (products / squares * (count - 1.0) + 1.0) / (count - 4.0);
    error.lag_one = std::clamp(unbiased, 0.0, 1.0);
  }
  error.effective = std::max(kLeastEffective, count * (1.0 - error.lag_one) / (1.0 + error.lag_one));
  // With ρ = 0 this is s² over n - 1 as usual.
  const double variance = squares / (count - count / error.effective);
  error.standard_error = std::sqrt(variance / error.effective);
  const double degrees = std::sqrt((error.effective - 1.0) * (count - 1.0));
  error.half_width_95 =
      error.standard_error * student_95(static_cast<int>(std::clamp(degrees, 1.0, kMostDegrees)));
  return error;
}

}  // namespace edgeeval
