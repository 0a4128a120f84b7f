// SPDX-License-Identifier: Apache-2.0
// The detectors by theme; audit.hpp says what they share, the table in detectors.cpp what each one asks.
#pragma once

#include "audit/audit.hpp"

namespace edgeeval::audit {

// Figures that cannot be (ranges.cpp).
[[nodiscard]] Outcome check_ranges(const Subject& subject);

// Figures that must agree with each other (identities.cpp).
[[nodiscard]] Outcome check_serving_energy(const Subject& subject);
[[nodiscard]] Outcome check_stage_energy(const Subject& subject);
[[nodiscard]] Outcome check_board_sum(const Subject& subject);
[[nodiscard]] Outcome check_throughput(const Subject& subject);
[[nodiscard]] Outcome check_mean_in_range(const Subject& subject);

// Scores of whole items (scores.cpp).
[[nodiscard]] Outcome check_score_steps(const Subject& subject);
[[nodiscard]] Outcome check_pass_spread(const Subject& subject);
[[nodiscard]] Outcome check_sample_size(const Subject& subject);
[[nodiscard]] Outcome check_threshold_resolution(const Subject& subject);
[[nodiscard]] Outcome check_noise_only(const Subject& subject);
[[nodiscard]] Outcome check_two_samples(const Subject& subject);

// What the hardware allows (physics.cpp).
[[nodiscard]] Outcome check_power_limit(const Subject& subject);
[[nodiscard]] Outcome check_memory(const Subject& subject);
[[nodiscard]] Outcome check_window_resolution(const Subject& subject);
[[nodiscard]] Outcome check_roofline(const Subject& subject);

// Metrics that say less than they seem to (metric_checks.cpp).
[[nodiscard]] Outcome check_cancelling(const Subject& subject);
[[nodiscard]] Outcome check_flags(const Subject& subject);
[[nodiscard]] Outcome check_cost_terms(const Subject& subject);
[[nodiscard]] Outcome check_api_price(const Subject& subject);

// Digits (digits.cpp).
[[nodiscard]] Outcome check_exact_tokens(const Subject& subject);
[[nodiscard]] Outcome check_round_values(const Subject& subject);
[[nodiscard]] Outcome check_last_digits(const Subject& subject);
[[nodiscard]] Outcome check_repeats(const Subject& subject);

// Rows that belong together (labels.cpp).
[[nodiscard]] Outcome check_labels(const Subject& subject);
[[nodiscard]] Outcome check_complete(const Subject& subject);

// Records of our own (run_checks.cpp).
[[nodiscard]] Outcome check_failures(const Subject& subject);
[[nodiscard]] Outcome check_timelines(const Subject& subject);
[[nodiscard]] Outcome check_intervals(const Subject& subject);
[[nodiscard]] Outcome check_energy_grade(const Subject& subject);

}  // namespace edgeeval::audit
