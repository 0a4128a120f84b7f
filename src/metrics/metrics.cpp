// SPDX-License-Identifier: Apache-2.0
// The metric table: one row a metric, with its formula. Reports, docs and compute_metrics all read it.
#include <fmt/format.h>

#include <edgeeval/metrics.hpp>

#include "economics/paper_formulas.hpp"
#include "metrics/decision_metrics.hpp"
#include "metrics/propagate.hpp"
#include "metrics/variant_facts.hpp"
#include "stats/bootstrap.hpp"
#include "stats/quantile.hpp"

namespace edgeeval {
namespace {

using Values = std::span<const double>;
using Compute = MaybeFact (*)(const VariantFacts&);
using Flag = std::string (*)(const VariantFacts&, const MaybeFact&);

struct Rule {
  MetricDefinition definition;
  Compute compute;
  Flag flag;
};

constexpr Direction kHigher = Direction::higher_is_better;
constexpr Direction kLower = Direction::lower_is_better;
constexpr double kJoulesPerKwh = 3.6e6;
constexpr double kBytesPerGb = 1e9;

tl::unexpected<std::string> absent(std::string reason) {
  return tl::unexpected<std::string>(std::move(reason));
}
std::string no_flag(const VariantFacts&, const MaybeFact&) { return {}; }

/// Mean of per-item scores with a bootstrap interval over items.
MaybeFact mean_score(const std::vector<double>& scores) {
  const auto value = mean(scores);
  if (!value) return absent("the variant was not scored");
  Fact fact{*value, "1", {}, {}, Grade::computed, {fmt::format("bootstrap over {} items", scores.size())}};
  if (const auto bounds = mean_interval(scores)) {
    fact.lo = bounds->lo;
    fact.hi = bounds->hi;
  }
  return fact;
}

/// The score that stands for a variant: mean token F1, or a published aggregate where no items are known.
MaybeFact main_score(const VariantFacts& v) { return v.f1.empty() ? v.primary_score : mean_score(v.f1); }

/// The score as one number, for formulas of the paper, whose intervals are those of the energy.
MaybeFact plain_score(const VariantFacts& v) {
  auto score = main_score(v);
  if (score) score->lo = score->hi = std::nullopt;
  return score;
}

MaybeFact seconds_quantile(const std::vector<double>& seconds, double p) {
  const auto found = quantile(seconds, p);
  if (!found) return absent("no answered request has these stamps");
  return Fact{found->value,    "s",
              found->lo,       found->hi,
              Grade::computed, {fmt::format("client stamps of {} requests", seconds.size())}};
}

MaybeFact joules_per_request(const VariantFacts& v) {
  return propagate({v.load_energy, v.requests}, "J", [](Values x) { return std::optional(x[0] / x[1]); });
}

paper::Constants constants_of(double electricity, double api) {
  paper::Constants constants;
  constants.electricity_usd_per_kwh = electricity;
  constants.api_usd_per_request = api;
  return constants;
}

MaybeFact break_even(const MaybeFact& spent, const VariantFacts& v) {
  const auto formula = [](Values x) {
    return paper::n_break(Joules(x[0]), Joules(x[1]), constants_of(x[2], x[3]));
  };
  return propagate({spent, joules_per_request(v), v.electricity_price, v.api_price}, "requests", formula,
                   "never: a request's electricity costs as much as the API's price");
}

MaybeFact n_break(const VariantFacts& v) { return break_even(v.adapt_energy, v); }
MaybeFact n_break_making(const VariantFacts& v) {
  if (!v.adapt_energy) return v.adapt_energy;
  return break_even(v.making_energy, v);
}
std::string n_break_flag(const VariantFacts&, const MaybeFact& n) {
  if (!n) return n.error().starts_with("never") ? "never" : "";
  return n->value < paper::Constants{}.roi_requests ? "roi_within_hour" : "";
}

MaybeFact ipw(const VariantFacts& v) {
  return propagate({plain_score(v), joules_per_request(v)}, "1/J",
                   [](Values x) { return std::optional(paper::ipw(x[0], Joules(x[1]), false)); });
}

MaybeFact rho_sys(const VariantFacts& v) {
  return propagate({v.throughput, v.model_bytes}, "tok/s/GB", [](Values x) {
    return std::optional(paper::rho_sys(TokensPerSecond(x[0]), x[1] / kBytesPerGb));
  });
}

MaybeFact c_tax(const VariantFacts& v) {
  return propagate({v.cold_ready, v.mean_power, joules_per_request(v)}, "requests", [](Values x) {
    return std::optional(paper::c_tax(Seconds(x[0]), Watts(x[1]), Joules(x[2])));
  });
}

/// The paper's C_tax is free of the energy's uncertainty, since the same joules stand above and below.
MaybeFact c_tax_paper(const VariantFacts& v) {
  auto value = c_tax(v);
  if (value) value->lo = value->hi = std::nullopt;
  return value;
}
std::string c_tax_flag(const VariantFacts&, const MaybeFact& tax) {
  return tax && tax->value > paper::Constants{}.prohibitive_c_tax ? "serverless_prohibitive" : "";
}

/// Retention of a published score; no items are known that could be paired.
MaybeFact published_retention(const VariantFacts& v) {
  return propagate({v.primary_score, v.reference_primary_score}, "%", [](Values x) {
    return x[1] == 0.0 ? std::nullopt : std::optional(paper::q_ret(x[0], x[1]));
  }, "the FP16 variant scores zero");
}

MaybeFact retention(const VariantFacts& v, bool interval) {
  if (v.info->precision == "fp16") return absent("it is the FP16 variant that others are compared with");
  if (v.f1.empty() && v.primary_score && v.reference_primary_score) return published_retention(v);
  if (!v.has_reference || v.f1.empty())
    return absent("no scored FP16 variant of the same adaptation to compare with");
  if (v.paired_f1.empty()) return absent("no item was scored for both this and the FP16 variant");
  const auto own = mean(v.paired_f1);
  const auto whole = mean(v.reference_f1);
  if (*whole == 0.0) return absent("the FP16 variant scores zero");
  Fact fact{paper::q_ret(*own, *whole),
            "%",
            {},
            {},
            Grade::computed,
            {fmt::format("token F1 of {} paired items", v.paired_f1.size())}};
  const auto bounds = interval ? paired_ratio_interval(v.paired_f1, v.reference_f1) : std::nullopt;
  if (bounds) {
    fact.lo = 100.0 * bounds->lo;
    fact.hi = 100.0 * bounds->hi;
  }
  return fact;
}
MaybeFact q_ret(const VariantFacts& v) {
  if (v.info->precision == "merged") return absent("the paper has no FP16 row for QLoRA");
  return retention(v, false);
}
MaybeFact q_ret_paired(const VariantFacts& v) { return retention(v, true); }
std::string q_ret_flag(const VariantFacts&, const MaybeFact& kept) {
  return kept && kept->value >= paper::Constants{}.fidelity_percent ? "fidelity_kept" : "";
}

MaybeFact answers_per_kwh(const VariantFacts& v) {
  return propagate({mean_score(v.exact_match), joules_per_request(v)}, "1/kWh",
                   [](Values x) { return std::optional(kJoulesPerKwh * x[0] / x[1]); });
}
MaybeFact ipj(const VariantFacts& v) {
  return propagate({main_score(v), joules_per_request(v)}, "1/J",
                   [](Values x) { return std::optional(x[0] / x[1]); });
}
MaybeFact ipw_power(const VariantFacts& v) {
  return propagate({main_score(v), v.mean_power}, "1/W", [](Values x) { return std::optional(x[0] / x[1]); });
}
MaybeFact rho_resident(const VariantFacts& v) {
  return propagate({v.throughput, v.peak_resident}, "tok/s/GB",
                   [](Values x) { return std::optional(x[0] / (x[1] / kBytesPerGb)); });
}
MaybeFact c_tax_measured(const VariantFacts& v) {
  // The quotient of both energies as one fact: what a device's gain does to both cancels.
  return propagate({v.start_over_load, v.requests}, "requests",
                   [](Values x) { return std::optional(x[0] * x[1]); });
}
MaybeFact net_joules_per_request(const VariantFacts& v) {
  return propagate({v.load_net, v.requests}, "J", [](Values x) { return std::optional(x[0] / x[1]); });
}
MaybeFact joules_per_token(const VariantFacts& v) {
  return propagate({v.load_energy, v.output_tokens}, "J/tok",
                   [](Values x) { return std::optional(x[0] / x[1]); });
}

const std::vector<Rule>& rules() {
  static const std::string kPaper =
      "arXiv 2604.19342 and its metric scripts; token F1 stands in for the NLI score";
  static const std::string kHonest = "EdgeEval, docs/metrics.md";
  static const std::vector<Rule> kRules{
      {{"n_break", "paper", "Break-even", "requests", "J_adapt/3.6e6·p ÷ (c_api − J_request/3.6e6·p)", kPaper,
        kLower},
       n_break,
       n_break_flag},
      {{"ipw", "paper", "Intelligence per watt", "1/J", "score ÷ J_request", kPaper, kHigher}, ipw, no_flag},
      {{"rho_sys", "paper", "System density", "tok/s/GB", "output tok/s ÷ GB of the weight file", kPaper,
        kHigher},
       rho_sys,
       no_flag},
      {{"c_tax", "paper", "Cold-start tax", "requests", "t_ready · mean W under load ÷ J_request", kPaper,
        kLower},
       c_tax_paper,
       c_tax_flag},
      {{"q_ret", "paper", "Quantization fidelity", "%", "100 · score ÷ score of LoRA FP16", kPaper, kHigher},
       q_ret,
       q_ret_flag},
      {{"n_break_making", "honest", "Break-even with merge and quantization", "requests",
        "J of import, adapt, merge and quantize in place of J_adapt; electricity only", kHonest, kLower},
       n_break_making,
       n_break_flag},
      {{"ipj", "honest", "Intelligence per joule", "1/J", "mean token F1 ÷ J_request", "arXiv 2511.07885",
        kHigher},
       ipj,
       no_flag},
      {{"answers_per_kwh", "honest", "Exact answers per kWh", "1/kWh", "3.6e6 · exact match ÷ J_request",
        kHonest, kHigher},
       answers_per_kwh,
       no_flag},
      {{"ipw_power", "honest", "Intelligence per watt of power", "1/W", "mean token F1 ÷ mean W under load",
        "arXiv 2511.07885", kHigher},
       ipw_power,
       no_flag},
      {{"rho_resident", "honest", "Density over resident memory", "tok/s/GB",
        "output tok/s ÷ GB of peak resident memory", kHonest, kHigher},
       rho_resident,
       no_flag},
      {{"c_tax_measured", "honest", "Cold-start tax, measured", "requests",
        "J from spawn to first token ÷ J_request", kHonest, kLower},
       c_tax_measured,
       no_flag},
      {{"q_ret_paired", "honest", "Quantization fidelity with interval", "%",
        "100 · mean F1 ÷ mean F1 of FP16, paired bootstrap over items", kHonest, kHigher},
       q_ret_paired,
       no_flag},
      {{"token_f1", "observed", "Token F1", "1", "mean over items of SQuAD v1.1 F1", "arXiv 1606.05250",
        kHigher},
       [](const VariantFacts& v) { return mean_score(v.f1); },
       no_flag},
      {{"published_score", "observed", "Published score", "1", "a table's primary score, from 0 to 1", "the table",
        kHigher},
       [](const VariantFacts& v) {
         return v.f1.empty() ? v.primary_score : MaybeFact(absent("the variant was scored item by item"));
       },
       no_flag},
      {{"exact_match", "observed", "Exact match", "1", "mean over items of SQuAD v1.1 exact match",
        "arXiv 1606.05250", kHigher},
       [](const VariantFacts& v) { return mean_score(v.exact_match); },
       no_flag},
      {{"rouge_l", "observed", "ROUGE-L", "1", "mean over items of the F-measure", "Lin 2004", kHigher},
       [](const VariantFacts& v) { return mean_score(v.rouge_l); },
       no_flag},
      {{"j_per_request", "observed", "Energy per request", "J", "J of the load window ÷ answered requests",
        kHonest, kLower},
       joules_per_request,
       no_flag},
      {{"j_per_token", "observed", "Energy per output token", "J/tok", "J of the load window ÷ output tokens",
        kHonest, kLower},
       joules_per_token,
       no_flag},
      {{"output_tok_per_s", "observed", "Output throughput", "tok/s",
        "output tokens ÷ duration of the load window", kHonest, kHigher},
       [](const VariantFacts& v) { return v.throughput; },
       no_flag},
      {{"ttft_p50", "observed", "Time to first token, median", "s", "first text event − send", kHonest,
        kLower},
       [](const VariantFacts& v) { return seconds_quantile(v.ttft_s, 0.5); },
       no_flag},
      {{"ttft_p95", "observed", "Time to first token, p95", "s", "first text event − send", kHonest, kLower},
       [](const VariantFacts& v) { return seconds_quantile(v.ttft_s, 0.95); },
       no_flag},
      {{"tpot_p50", "observed", "Time per output token, median", "s",
        "(last − first text event) ÷ (tokens − 1)", kHonest, kLower},
       [](const VariantFacts& v) { return seconds_quantile(v.tpot_s, 0.5); },
       no_flag},
      {{"e2e_p50", "observed", "Time to last token, median", "s", "last text event − send", kHonest, kLower},
       [](const VariantFacts& v) { return seconds_quantile(v.e2e_s, 0.5); },
       no_flag},
      {{"cold_start", "observed", "Cold start", "s", "spawn → first token", kHonest, kLower},
       [](const VariantFacts& v) { return v.cold_first_token; },
       no_flag},
      {{"model_bytes", "observed", "Weight file", "B", "file size", kHonest, kLower},
       [](const VariantFacts& v) { return v.model_bytes; },
       no_flag},
      {{"peak_resident", "observed", "Peak resident memory", "B", "VmHWM of the engine", kHonest, kLower},
       [](const VariantFacts& v) { return v.peak_resident; },
       no_flag},
      {{"adapt_energy", "observed", "Adaptation energy", "J", "energy of the adapt window", kHonest, kLower},
       [](const VariantFacts& v) { return v.adapt_energy; },
       no_flag},
      {{"adapt_time", "observed", "Adaptation time", "s", "duration of the adapt window", kHonest, kLower},
       [](const VariantFacts& v) { return v.adapt_time; },
       no_flag},
      {{"energy_adapt_net", "observed", "Adaptation energy, net", "J",
        "J of the adapt window − bare idle W · its duration", kHonest, kLower},
       [](const VariantFacts& v) { return v.adapt_net; },
       no_flag},
      {{"energy_merge", "observed", "Merge energy", "J", "energy of the merge window", kHonest, kLower},
       [](const VariantFacts& v) { return v.merge_energy; },
       no_flag},
      {{"energy_quantize", "observed", "Quantization energy", "J", "energy of the quantize window", kHonest, kLower},
       [](const VariantFacts& v) { return v.quantize_energy; },
       no_flag},
      {{"energy_cold_start", "observed", "Cold-start energy", "J", "energy from spawn to first token", kHonest, kLower},
       [](const VariantFacts& v) { return v.start_energy; },
       no_flag},
      {{"energy_cold_start_net", "observed", "Cold-start energy, net", "J",
        "J from spawn to first token − bare idle W · its duration", kHonest, kLower},
       [](const VariantFacts& v) { return v.start_net; },
       no_flag},
      {{"energy_serve", "observed", "Serving energy", "J", "energy of the load window", kHonest, kLower},
       [](const VariantFacts& v) { return v.load_energy; },
       no_flag},
      {{"energy_serve_net", "observed", "Serving energy, net", "J",
        "J of the load window − bare idle W · its duration", kHonest, kLower},
       [](const VariantFacts& v) { return v.load_net; },
       no_flag},
      {{"j_per_request_net", "observed", "Energy per request, net", "J",
        "net J of the load window ÷ answered requests", kHonest, kLower},
       net_joules_per_request,
       no_flag},
      {{"measured_share", "observed", "Measured share of serving energy", "1",
        "J that sensors measured ÷ J of the load window", kHonest, kHigher},
       [](const VariantFacts& v) { return v.measured_share; },
       no_flag},
      {{"idle_power", "observed", "Idle power, bare", "W", "mean W of the idle windows before and after", kHonest,
        kLower},
       [](const VariantFacts& v) { return v.bare_power; },
       no_flag},
      {{"resident_power", "observed", "Idle power, model resident", "W",
        "mean W with the engine up and nothing in flight", kHonest, kLower},
       [](const VariantFacts& v) { return v.resident_power; },
       no_flag},
      {{"residency_tax", "observed", "Residency tax", "W", "resident W − bare idle W", kHonest, kLower},
       [](const VariantFacts& v) { return v.residency_tax; },
       no_flag},
      {{"failed_requests", "observed", "Failed requests", "1", "requests without a whole answer", kHonest,
        kLower},
       [](const VariantFacts& v) { return v.failed_requests; },
       no_flag},
  };
  return kRules;
}

MetricRow row_of(const VariantInfo& info, const Rule& rule, const VariantFacts& facts) {
  MetricRow row{info.id,   info.family,          info.size,          info.method, info.precision,
                info.task, rule.definition.mode, rule.definition.id, {},          "",
                ""};
  const auto value = rule.compute(facts);
  row.flag = rule.flag(facts, value);
  if (value) {
    row.value = *value;
  } else {
    row.absent_reason = value.error();
  }
  return row;
}

}  // namespace

const std::vector<MetricDefinition>& metric_table() {
  static const std::vector<MetricDefinition> kTable = [] {
    std::vector<MetricDefinition> table;
    for (const auto& rule : rules()) table.push_back(rule.definition);
    const auto& decided = decision_metrics();
    table.insert(table.end(), decided.begin(), decided.end());
    return table;
  }();
  return kTable;
}

std::vector<MetricRow> compute_metrics(const RunRecord& record) {
  std::vector<MetricRow> rows;
  for (const auto& variant : record.variants) {
    const auto facts = gather(record, variant);
    for (const auto& rule : rules()) rows.push_back(row_of(variant, rule, facts));
  }
  return rows;
}

}  // namespace edgeeval
