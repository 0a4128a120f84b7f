// SPDX-License-Identifier: Apache-2.0
// The table of detectors: what each asks, and when honest figures would trip it. docs/audit.md is written
// from it.
#include <algorithm>

#include "audit/checks.hpp"

namespace edgeeval::audit {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      break;
  }
  return "note";
}

std::optional<Severity> severity_from(std::string_view name) {
  for (const auto severity : {Severity::error, Severity::warning, Severity::note}) {
    if (to_string(severity) == name) return severity;
  }
  return std::nullopt;
}

const std::vector<Detector>& detectors() {
  static const std::vector<Detector> kDetectors{
      {"ranges",
       "A figure that cannot be: not finite, below zero, or zero where something was used or is divided by "
       "(error). The "
       "other checks leave such rows out.",
       "None: leave a field empty where nothing is known.", check_ranges},
      {"serving-energy",
       "Energy of serving differs from mean power × the stated window by over 1 % (warning) or 5 % (error), "
       "beyond rounding; or agrees with the inference alone although the window is said to cover the load "
       "(error).",
       "A mean over samples taken at uneven times; power and energy from different sensors.",
       check_serving_energy},
      {"stage-energy", "The same for adaptation, merging and quantization, over their own time.",
       "A duration that is measured outside the energy window.", check_stage_energy},
      {"board-sum", "Energy differs from the sum over boards by over 1 % (warning) or 5 % (error).",
       "A total that holds more than the boards, such as the host.", check_board_sum},
      {"throughput", "Throughput differs from tokens ÷ time by over 1 % (warning) or 5 % (error).",
       "Throughput over a steady part of the window; prompt tokens counted too.", check_throughput},
      {"mean-in-range", "Mean power above peak power (error).",
       "Mean from a counter and peak from slow polling, on windows of few samples.", check_mean_in_range},
      {"score-steps", "A score that is no whole multiple of 1/(items × passes) (error).",
       "Scores with fractions for single items; averages over unequal passes. Leave quality_passes out for "
       "those.",
       check_score_steps},
      {"pass-spread",
       "Mean, median and deviation for which no three passes over the items exist (error; the test of Anaya "
       "2016, GRIMMER, for three values).",
       "A sample deviation (n − 1) where the population's is expected.", check_pass_spread},
      {"complete",
       "A row that lacks in the serving, adaptation, merging or quality table although rows of other tables "
       "speak of "
       "it (error).",
       "A mapping that reads one table's names wrongly; a variant that was served as it was trained, "
       "unmerged.",
       check_complete},
      {"power-limit",
       "Mean power above the boards' limit, or above that of the boards the sensor loop reads (error); peak "
       "power above the boards' limit (warning).",
       "A limit raised by its owner; peaks of milliseconds from a fast sensor.", check_power_limit},
      {"memory", "Nominal weights larger than the boards' memory (error).",
       "Weights that were offloaded to the host.", check_memory},
      {"roofline",
       "Time between tokens shorter than reading the nominal weights once, or throughput above that of all "
       "requests decoding at once (error).",
       "Speculative decoding; layers that were pruned or shared.", check_roofline},
      {"window-resolution", "One sensor period at each end of the energy window is over 5 % of it (warning).",
       "An energy counter that is finer than its refresh period.", check_window_resolution},
      {"cancelling", "C_tax equals requests × load time ÷ inference time within 1 % in every row (warning).",
       "Load power that truly equals the power of serving, in every row.", check_cancelling},
      {"flag", "A flag that all of at least 8 variants raise, or none (warning).",
       "A grid of variants that are alike in truth.", check_flags},
      {"sample-size",
       "Differences between precisions below 1.96 standard errors of two shares of that many items "
       "(warning).",
       "Paired items resolve more; it needs the scores of single items.", check_sample_size},
      {"threshold-resolution", "A Q_ret threshold whose margin is below what the items resolve (warning).",
       "As for sample-size.", check_threshold_resolution},
      {"noise-only",
       "At least 8 quantized scores whose squared distance from FP16, in standard errors, passes for chance "
       "at "
       "the 5 % level (warning).",
       "A true effect too small for the sample: absence of proof, not proof of absence.", check_noise_only},
      {"two-samples", "Another number of requests served than items scored (note).",
       "Served requests that are a stated subset of the items.", check_two_samples},
      {"exact-tokens",
       "The same whole number of tokens a request in every row of a task, at least 4 rows (warning).",
       "A benchmark that forces the length on purpose and says so.", check_exact_tokens},
      {"round-values", "All of at least 10 measured values are multiples of 10 (warning).",
       "A table that was rounded for print.", check_round_values},
      {"last-digits",
       "Last digits of a column of at least 50 values, uneven or too even with a chance under 1e-6 "
       "(warning).",
       "Quantized sensors; values of few steps. Columns that span fewer than 100 steps are left out.",
       check_last_digits},
      {"repeats", "More equal values in a column than chance makes, with a chance under 1e-6 (warning).",
       "Columns with most values crowded on few steps.", check_repeats},
      {"labels", "A variant whose precision is labelled differently between tables (warning).",
       "Tables that name the base model's precision and the served one's.", check_labels},
      {"cost-terms", "Terms of cost that the study is not said to count (warning).",
       "A study of energy alone that draws no economic conclusion.", check_cost_terms},
      {"api-price", "More than one price of the same API (error).",
       "Prices of two dates or two models, each used where it is stated.", check_api_price},
      {"failures", "Failed stages (error) and requests (warning) of a run.",
       "None: failures are recorded where they happen.", check_failures},
      {"timelines", "A request whose stamps run backwards (error).", "None: one steady clock made them.",
       check_timelines},
      {"intervals", "A value outside its own interval, or not a number (error).",
       "None: EdgeEval makes both.", check_intervals},
      {"energy-grade",
       "Energies that are modelled, published or assumed and whose interval is wider than a factor of 2, or "
       "open (warning).",
       "None: it says what the record says.", check_energy_grade},
  };
  return kDetectors;
}

AuditReport audit(const Subject& subject) {
  const auto& study = subject.study;
  AuditReport report{
      subject.name,
      study.context,
      study.serving.size() + study.adaptation.size() + study.merging.size() + study.quality.size(),
      {},
      {},
      {},
      detectors().size()};
  for (const auto& detector : detectors()) {
    auto outcome = detector.look(subject);
    if (!outcome.skipped.empty()) report.skipped.push_back({detector.id, std::move(outcome.skipped)});
    if (outcome.skipped.empty() && outcome.rows < outcome.of)
      report.partial.push_back({detector.id, outcome.rows, outcome.of});
    for (auto& finding : outcome.findings) report.findings.push_back(std::move(finding));
  }
  std::stable_sort(report.findings.begin(), report.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.severity < b.severity; });
  return report;
}

}  // namespace edgeeval::audit
