// SPDX-License-Identifier: Apache-2.0
#include "catalog/study_metrics.hpp"

#include <fmt/format.h>

#include "catalog/serving_metrics.hpp"

namespace edgeeval {
namespace {

/// A quantile over requests of a serving metric, in that metric's own words.
std::string quantile_of(std::string_view quantile, std::string_view serving_id) {
  const auto* metric = find_serving_metric(serving_id);
  return fmt::format("{} over requests of {}: {}", quantile, serving_id, metric->definition);
}

}  // namespace

const std::vector<MetricDefinition>& study_metrics() {
  constexpr Direction kHigher = Direction::higher_is_better;
  constexpr Direction kLower = Direction::lower_is_better;
  static const std::string kPaper =
      "arXiv 2604.19342 and its metric scripts; token F1 stands in for the NLI score";
  static const std::string kHonest = "EdgeEval, docs/metrics.md";
  static const std::vector<MetricDefinition> kTable{
      {"n_break", "paper", "Break-even", "requests", "J_adapt/3.6e6·p ÷ (c_api − J_request/3.6e6·p)", kPaper,
       kLower},
      {"ipw", "paper", "Intelligence per watt", "1/J", "score ÷ J_request", kPaper, kHigher},
      {"rho_sys", "paper", "System density", "tok/s/GB", "output tok/s ÷ GB of the weight file", kPaper,
       kHigher},
      {"c_tax", "paper", "Cold-start tax", "requests", "t_ready · mean W under load ÷ J_request", kPaper,
       kLower},
      {"q_ret", "paper", "Quantization fidelity", "%", "100 · score ÷ score of LoRA FP16", kPaper, kHigher},
      {"n_break_making", "honest", "Break-even with merge and quantization", "requests",
       "J of import, adapt, merge and quantize in place of J_adapt; electricity only", kHonest, kLower},
      {"ipj", "honest", "Intelligence per joule", "1/J", "mean token F1 ÷ J_request", "arXiv 2511.07885",
       kHigher},
      {"answers_per_kwh", "honest", "Exact answers per kWh", "1/kWh", "3.6e6 · exact match ÷ J_request",
       kHonest, kHigher},
      {"ipw_power", "honest", "Intelligence per watt of power", "1/W", "mean token F1 ÷ mean W under load",
       "arXiv 2511.07885", kHigher},
      {"rho_resident", "honest", "Density over resident memory", "tok/s/GB",
       "output tok/s ÷ GB of peak resident memory", kHonest, kHigher},
      {"c_tax_measured", "honest", "Cold-start tax, measured", "requests",
       "J from spawn to first token ÷ J_request", kHonest, kLower},
      {"q_ret_paired", "honest", "Quantization fidelity with interval", "%",
       "100 · mean F1 ÷ mean F1 of FP16, paired bootstrap over items", kHonest, kHigher},
      {"token_f1", "observed", "Token F1", "1", "mean over items of SQuAD v1.1 F1", "arXiv 1606.05250",
       kHigher},
      {"published_score", "observed", "Published score", "1", "a table's primary score, from 0 to 1",
       "the table", kHigher},
      {"exact_match", "observed", "Exact match", "1", "mean over items of SQuAD v1.1 exact match",
       "arXiv 1606.05250", kHigher},
      {"rouge_l", "observed", "ROUGE-L", "1", "mean over items of the F-measure", "Lin 2004", kHigher},
      {"j_per_request", "observed", "Energy per request", "J", "J of the load window ÷ answered requests",
       kHonest, kLower},
      {"j_per_token", "observed", "Energy per output token", "J/tok", "J of the load window ÷ output tokens",
       kHonest, kLower},
      {"output_tok_per_s", "observed", "Output throughput", "tok/s",
       "output tokens ÷ duration of the load window", kHonest, kHigher},
      {"ttft_p50", "observed", "Time to first token, median", "s", quantile_of("median", "ttft_service"),
       kHonest, kLower},
      {"ttft_p95", "observed", "Time to first token, p95", "s", quantile_of("p95", "ttft_service"), kHonest,
       kLower},
      {"tpot_p50", "observed", "Time per output token, median", "s", quantile_of("median", "tpot"), kHonest,
       kLower},
      {"e2e_p50", "observed", "Time to last token, median", "s", quantile_of("median", "e2e_service"),
       kHonest, kLower},
      {"cold_start", "observed", "Cold start", "s", "spawn → first token", kHonest, kLower},
      {"model_bytes", "observed", "Weight file", "B", "file size", kHonest, kLower},
      {"peak_resident", "observed", "Peak resident memory", "B", "VmHWM of the engine", kHonest, kLower},
      {"adapt_energy", "observed", "Adaptation energy", "J", "energy of the adapt window", kHonest, kLower},
      {"adapt_time", "observed", "Adaptation time", "s", "duration of the adapt window", kHonest, kLower},
      {"energy_adapt_net", "observed", "Adaptation energy, net", "J",
       "J of the adapt window − bare idle W · its duration", kHonest, kLower},
      {"energy_merge", "observed", "Merge energy", "J", "energy of the merge window", kHonest, kLower},
      {"energy_quantize", "observed", "Quantization energy", "J", "energy of the quantize window", kHonest,
       kLower},
      {"energy_cold_start", "observed", "Cold-start energy", "J", "energy from spawn to first token", kHonest,
       kLower},
      {"energy_cold_start_net", "observed", "Cold-start energy, net", "J",
       "J from spawn to first token − bare idle W · its duration", kHonest, kLower},
      {"energy_serve", "observed", "Serving energy", "J", "energy of the load window", kHonest, kLower},
      {"energy_serve_net", "observed", "Serving energy, net", "J",
       "J of the load window − bare idle W · its duration", kHonest, kLower},
      {"j_per_request_net", "observed", "Energy per request, net", "J",
       "net J of the load window ÷ answered requests", kHonest, kLower},
      {"measured_share", "observed", "Measured share of serving energy", "1",
       "J that sensors measured ÷ J of the load window", kHonest, kHigher},
      {"idle_power", "observed", "Idle power, bare", "W", "mean W of the idle windows before and after",
       kHonest, kLower},
      {"resident_power", "observed", "Idle power, model resident", "W",
       "mean W with the engine up and nothing in flight", kHonest, kLower},
      {"residency_tax", "observed", "Residency tax", "W", "resident W − bare idle W", kHonest, kLower},
      {"failed_requests", "observed", "Failed requests", "1", "requests without a whole answer", kHonest,
       kLower},
  };
  return kTable;
}

}  // namespace edgeeval
