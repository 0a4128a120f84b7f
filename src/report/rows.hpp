// SPDX-License-Identifier: Apache-2.0
// How formats look at rows and print their figures.
#pragma once

#include <edgeeval/metrics.hpp>
#include <edgeeval/reporter.hpp>
#include <string>

namespace edgeeval {

/// The row of a variant's metric in a mode; null where there is none.
[[nodiscard]] const MetricRow* find_row(const StudyReport& report, const std::string& variant,
                                        const std::string& mode, const std::string& metric);

/// The sign of a grade: "~" modelled, "†" published, "*" assumed, "" otherwise.
[[nodiscard]] std::string sign_of(Grade grade);

/// "~4.9", "–" where absent.
[[nodiscard]] std::string figure(const MetricRow* row, int digits = 3);

/// "~4.9 [3.1, 7.2]": with the interval where there is one; an open upper bound is ∞.
[[nodiscard]] std::string figure_with_interval(const MetricRow* row, int digits = 3);

/// Whether names of variants need their model beside them.
[[nodiscard]] bool several_models(const StudyReport& report);

/// "LoRA INT4", "base FP16", "QLoRA merged".
[[nodiscard]] std::string variant_name(const VariantInfo& variant);

/// variant_name, with the model before it where the study has several.
[[nodiscard]] std::string full_name(const StudyReport& report, const VariantInfo& variant);

/// "[3.1, ∞]" of a fact; empty where it has no bounds.
[[nodiscard]] std::string interval_text(const Fact& fact, int digits = 3);

}  // namespace edgeeval
