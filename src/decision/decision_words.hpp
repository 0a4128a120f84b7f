// SPDX-License-Identifier: Apache-2.0
// The sentences of a decision: its verdict, its boundary, and figures with their bands.
#pragma once

#include <string>

#include "decision/decision.hpp"

namespace edgeeval {

/// One sentence a task: what to do with its best variant, how sure, and what would turn it.
[[nodiscard]] std::string verdict_of(const RunRecord& record, const StudyDecision& decision);

/// The same of the variant `id` alone; empty where there is none.
[[nodiscard]] std::string variant_verdict(const RunRecord& record, const StudyDecision& decision,
                                          const std::string& id);

/// Which joules are in, at which boundary, and the factor for the rest.
[[nodiscard]] std::string boundary_line(const RunRecord& record, const StudyDecision& decision);

/// "1.2e-05 [8.1e-06, 2e-05]": median and 90 % band; ∞ where it is open, "never" where even the median is.
[[nodiscard]] std::string band_text(const economics::Band& band, double scale = 1.0, int digits = 2);

/// The same of a cost: where even the median is open it is ∞, as of what no request shares out.
[[nodiscard]] std::string cost_text(const economics::Band& band, int digits = 2);

/// In at least so large a share of draws must the API become the cheaper again after the break-even for
/// tables to tell when: the band is of the draws that pay, and of a few it would look like a fact about all.
inline constexpr double kTellingShare = 0.05;

/// Whether that is so.
[[nodiscard]] bool tells_reversal(const VariantDecision& variant);

/// When the API is the cheaper again (requests, of the draws that pay): median and 90 % band, ∞ where local
/// stays the cheaper for good; "–" where tells_reversal() is false.
[[nodiscard]] std::string reversal_text(const VariantDecision& variant, int digits = 2);

/// "api", "local", "undecided", "never", with the share of draws in which local is cheaper: "api (2 %)".
[[nodiscard]] std::string decision_text(const VariantDecision& variant);

/// The title of the input that moves the outcome most, and how: "rent (USD/h)"; empty where nothing does.
[[nodiscard]] std::string biggest_lever(const VariantDecision& variant);

/// The tasks of a record, in its order.
[[nodiscard]] std::vector<std::string> decision_tasks(const RunRecord& record);

/// "LoRA INT4 of smollm2-135m".
[[nodiscard]] std::string name_of(const VariantInfo& variant);

/// The variant `id` of the record; null where there is none.
[[nodiscard]] const VariantInfo* variant_of(const RunRecord& record, const std::string& id);

/// The decision on `id`; null where there is none.
[[nodiscard]] const VariantDecision* decision_of(const StudyDecision& decision, const std::string& id);

/// "83 %", "under 1 %", "over 99 %".
[[nodiscard]] std::string percent_text(double share);

/// A money amount: "0.0000121", "1,234"; with as many digits as fit.
[[nodiscard]] std::string money(double usd, int digits = 3);

}  // namespace edgeeval
