// SPDX-License-Identifier: Apache-2.0
// The interval of a mean of few values, by Student's t
#pragma once

#include <optional>
#include <span>

#include "stats/bootstrap.hpp"

namespace edgeeval {

/// Probability that |T| is at most `t` (>= 0) for Student's t with `degrees` (>= 1) degrees of freedom
/// (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4).
[[nodiscard]] double student_within(double t, int degrees);

/// The t with student_within(t, degrees) = 0.95.
[[nodiscard]] double student_95(int degrees);

/// mean ± t · s / √n: the 95 % interval of the mean of values that are normal and independent. Nothing below
/// two values. Unlike resampling it holds for few values.
[[nodiscard]] std::optional<Bounds> student_interval(std::span<const double> values);

}  // namespace edgeeval
