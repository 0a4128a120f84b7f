// SPDX-License-Identifier: Apache-2.0
// How sure the mean of a series is whose values depend on the ones before them
#pragma once

#include <optional>
#include <span>

namespace edgeeval {

/// The error of a mean, as that of a first-order autoregressive series.
struct MeanError {
  double standard_error = 0.0;
  double half_width_95 = 0.0;  ///< Of the 95 % interval of the mean.
  double lag_one = 0.0;        ///< Lag-1 autocorrelation, bias removed, from 0 to 1.
  double effective =
      0.0;  ///< As many independent values would tell as much: n · (1 − ρ) / (1 + ρ), not below 2.
};

/// The error of the mean of `values`, which follow each other in time. Nothing below two values. From eight
/// values on their lag-1 autocorrelation is taken into account: r, with its bias removed as ρ = (r · (n − 1)
/// + 1) / (n − 4) (Kendall 1954; Marriott and Pope 1954), makes n values worth n · (1 − ρ) / (1 + ρ)
/// (Bartlett 1946), and the variance that the values themselves show too small by a factor of (n − n /
/// n_effective) / (n − 1). A negative ρ counts as none, and two values are always left. The t is that of
/// √((n_effective − 1) · (n − 1)) degrees of freedom, between what the mean and what the variance has. For
/// series not shorter than six correlation times the interval holds the true mean in 93 to 97 %
/// (tests/unit/stats/correlated_mean_test.cpp). With fewer than eight values ρ cannot be told, and they are
/// taken as independent.
[[nodiscard]] std::optional<MeanError> correlated_mean_error(std::span<const double> values);

}  // namespace edgeeval
