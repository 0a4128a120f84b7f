// SPDX-License-Identifier: Apache-2.0
// Whether each variant of a study is worth deploying: its inputs with their sources, the outcome, its spread
// and its levers.
#pragma once

#include <array>
#include <edgeeval/metrics.hpp>
#include <edgeeval/record.hpp>
#include <optional>
#include <string>
#include <vector>

#include "decision/scenario.hpp"
#include "economics/outcome.hpp"
#include "economics/uncertainty.hpp"

namespace edgeeval {

/// Where one input of a variant comes from.
struct InputOrigin {
  Grade grade = Grade::assumed;
  std::vector<std::string> sources;
  std::string note;  ///< "mean power at the tested load stands for power at capacity"; may be empty.
};

/// The decision on one variant.
struct VariantDecision {
  std::string variant;
  /// Set where the variant cannot be reckoned: what is missing, and why. Then only `variant` holds.
  std::string absent_reason;
  economics::UncertainInputs inputs{};
  std::array<InputOrigin, economics::kInputs> origins{};
  economics::Outcome outcome;  ///< At the central values.
  economics::Spread spread;
  economics::Decision decision = economics::Decision::undecided;
  std::vector<economics::Lever> levers;
  Grade grade = Grade::assumed;  ///< The weakest of the inputs that were measured, modelled or published.
  std::vector<std::string> missing_stages;  ///< Parts of the adaptation whose cost is not in: "quantize: no
                                            ///< energy source was read".
};

/// A question of the paper answered from this study's own data.
struct Finding {
  std::string id;  ///< "small_models_dominate", "qlora_cost", "best_precision", …
  std::string question;
  std::string answer;   ///< One or two sentences with figures and intervals; or why the data cannot tell.
  std::string verdict;  ///< "yes", "no", "undecided", "no data".
  std::vector<std::string>
      rows;  ///< Ids of the variants and metrics it rests on: "llama-1b.lora.int4.rag n_break".
};

/// The decisions of a study.
struct StudyDecision {
  CostScenario scenario;
  std::string boundary;  ///< One line: which joules are in, at which boundary, and the factor for the rest.
  std::vector<VariantDecision> variants;  ///< In the order of the record.
  std::string
      verdict;  ///< One sentence: rent, own, API, undecided or never, for the best variant of each task.
  std::vector<Finding> findings;
};

/// Decides every variant of `record` under `scenario`. Deterministic; opens no file.
[[nodiscard]] StudyDecision decide_study(const RunRecord& record, const std::vector<MetricRow>& rows,
                                         const CostScenario& scenario);

/// The decision's figures as rows of mode "honest" (ids: demand_floor, utilisation_floor, break_even_time,
/// break_even_requests, reversal_time, reversal_requests, usd_per_request, usd_per_mtok, usd_per_correct,
/// saving, p_local_cheaper, carbon_per_request, keep_warm_gap), bands in lo and hi, flag = the decision.
[[nodiscard]] std::vector<MetricRow> decision_rows(const RunRecord& record, const StudyDecision& decision);

/// The words of a decision: "rent it", "call the API", … for a scenario in which machines are owned or
/// rented.
[[nodiscard]] std::string advice(const VariantDecision& decision);

/// The place in StudyDecision::variants of the variant to take on `task`: among those whose score is not
/// shown to be worse than the task's best, the one whose correct answers cost least. Nothing where none could
/// be reckoned.
[[nodiscard]] std::optional<std::size_t> best_variant(const RunRecord& record, const StudyDecision& decision,
                                                      const std::string& task);

/// Every question, in the paper's order.
[[nodiscard]] std::vector<Finding> findings_of(const RunRecord& record, const std::vector<MetricRow>& rows,
                                               const StudyDecision& decision);

}  // namespace edgeeval
