// SPDX-License-Identifier: Apache-2.0
// How each metric of a study is computed; src/catalog says what it means.
#include <fmt/format.h>

#include <edgeeval/metrics.hpp>
#include <map>
#include <string_view>

#include "catalog/decision_metrics.hpp"
#include "catalog/study_metrics.hpp"
#include "economics/paper_formulas.hpp"
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
  Compute compute;
  Flag flag;
};

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
  return propagate(
      {v.primary_score, v.reference_primary_score}, "%",
      [](Values x) { return x[1] == 0.0 ? std::nullopt : std::optional(paper::q_ret(x[0], x[1])); },
      "the FP16 variant scores zero");
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

/// How each metric of the catalogue is computed.
const std::map<std::string_view, Rule>& rules() {
  static const std::map<std::string_view, Rule> kRules{
      {"n_break", {n_break, n_break_flag}},
      {"ipw", {ipw, no_flag}},
      {"rho_sys", {rho_sys, no_flag}},
      {"c_tax", {c_tax_paper, c_tax_flag}},
      {"q_ret", {q_ret, q_ret_flag}},
      {"n_break_making", {n_break_making, n_break_flag}},
      {"ipj", {ipj, no_flag}},
      {"answers_per_kwh", {answers_per_kwh, no_flag}},
      {"ipw_power", {ipw_power, no_flag}},
      {"rho_resident", {rho_resident, no_flag}},
      {"c_tax_measured", {c_tax_measured, no_flag}},
      {"q_ret_paired", {q_ret_paired, no_flag}},
      {"token_f1", {[](const VariantFacts& v) { return mean_score(v.f1); }, no_flag}},
      {"published_score",
       {[](const VariantFacts& v) {
          return v.f1.empty() ? v.primary_score : MaybeFact(absent("the variant was scored item by item"));
        },
        no_flag}},
      {"exact_match", {[](const VariantFacts& v) { return mean_score(v.exact_match); }, no_flag}},
      {"rouge_l", {[](const VariantFacts& v) { return mean_score(v.rouge_l); }, no_flag}},
      {"j_per_request", {joules_per_request, no_flag}},
      {"j_per_token", {joules_per_token, no_flag}},
      {"output_tok_per_s", {[](const VariantFacts& v) { return v.throughput; }, no_flag}},
      {"ttft_p50", {[](const VariantFacts& v) { return seconds_quantile(v.ttft_s, 0.5); }, no_flag}},
      {"ttft_p95", {[](const VariantFacts& v) { return seconds_quantile(v.ttft_s, 0.95); }, no_flag}},
      {"tpot_p50", {[](const VariantFacts& v) { return seconds_quantile(v.tpot_s, 0.5); }, no_flag}},
      {"e2e_p50", {[](const VariantFacts& v) { return seconds_quantile(v.e2e_s, 0.5); }, no_flag}},
      {"cold_start", {[](const VariantFacts& v) { return v.cold_first_token; }, no_flag}},
      {"model_bytes", {[](const VariantFacts& v) { return v.model_bytes; }, no_flag}},
      {"peak_resident", {[](const VariantFacts& v) { return v.peak_resident; }, no_flag}},
      {"adapt_energy", {[](const VariantFacts& v) { return v.adapt_energy; }, no_flag}},
      {"adapt_time", {[](const VariantFacts& v) { return v.adapt_time; }, no_flag}},
      {"energy_adapt_net", {[](const VariantFacts& v) { return v.adapt_net; }, no_flag}},
      {"energy_merge", {[](const VariantFacts& v) { return v.merge_energy; }, no_flag}},
      {"energy_quantize", {[](const VariantFacts& v) { return v.quantize_energy; }, no_flag}},
      {"energy_cold_start", {[](const VariantFacts& v) { return v.start_energy; }, no_flag}},
      {"energy_cold_start_net", {[](const VariantFacts& v) { return v.start_net; }, no_flag}},
      {"energy_serve", {[](const VariantFacts& v) { return v.load_energy; }, no_flag}},
      {"energy_serve_net", {[](const VariantFacts& v) { return v.load_net; }, no_flag}},
      {"j_per_request_net", {net_joules_per_request, no_flag}},
      {"measured_share", {[](const VariantFacts& v) { return v.measured_share; }, no_flag}},
      {"idle_power", {[](const VariantFacts& v) { return v.bare_power; }, no_flag}},
      {"resident_power", {[](const VariantFacts& v) { return v.resident_power; }, no_flag}},
      {"residency_tax", {[](const VariantFacts& v) { return v.residency_tax; }, no_flag}},
      {"failed_requests", {[](const VariantFacts& v) { return v.failed_requests; }, no_flag}},
  };
  return kRules;
}

MetricRow row_of(const VariantInfo& info, const MetricDefinition& metric, const VariantFacts& facts) {
  MetricRow row{info.id,   info.family, info.size, info.method, info.precision, info.task, metric.mode,
                metric.id, {},          "",        ""};
  const auto& rule = rules().at(metric.id);
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
    auto table = study_metrics();
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
    for (const auto& metric : study_metrics()) rows.push_back(row_of(variant, metric, facts));
  }
  return rows;
}

}  // namespace edgeeval
