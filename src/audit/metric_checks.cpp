// SPDX-License-Identifier: Apache-2.0
// Metrics, flags and costs that say less than they seem to.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "audit/checks.hpp"
#include "audit/support.hpp"
#include "economics/paper_formulas.hpp"

namespace edgeeval::audit {
namespace {

/// Fewer variants than this cannot show that a flag does not discriminate.
constexpr std::size_t kFewestVariants = 8;

struct FlagOf {
  const char* metric;
  const char* flag;
  const char* rule;
};
constexpr std::array<FlagOf, 3> kFlags{{{"n_break", "roi_within_hour", "N_break < 20"},
                                        {"c_tax", "serverless_prohibitive", "C_tax > 100"},
                                        {"q_ret", "fidelity_kept", "Q_ret ≥ 99.9 %"}}};

std::string name_of(const MetricRow& row) {
  return fmt::format("{}-{} {} {} {}", row.family, row.size, row.method, row.precision, row.task);
}

/// A finding for `flag` where all rows that have its metric agree on it.
std::optional<Finding> one_sided(const FlagOf& flag, const std::vector<MetricRow>& rows) {
  std::vector<const MetricRow*> seen;
  std::size_t raised = 0;
  for (const auto& row : rows) {
    if (row.metric != flag.metric || row.mode != "paper" || !row.value) continue;
    seen.push_back(&row);
    raised += row.flag == flag.flag ? 1 : 0;
  }
  if (seen.size() < kFewestVariants || (raised != 0 && raised != seen.size())) return std::nullopt;
  const auto [lo, hi] = std::minmax_element(
      seen.begin(), seen.end(), [](auto* a, auto* b) { return a->value->value < b->value->value; });
  Finding finding{"flag", Severity::warning,
                  fmt::format("{} of {} variants raise the flag {} ({}); values run from {:.4g} to {:.4g}",
                              raised == 0 ? "none" : "all", seen.size(), flag.flag, flag.rule,
                              (*lo)->value->value, (*hi)->value->value),
                  "A flag on which all variants agree decides nothing between them.",
                  {}};
  for (const auto* row : seen)
    finding.evidence.push_back({{"metrics", 0}, name_of(*row), fmt::format("{:.4g}", row->value->value)});
  return finding;
}

struct CostTerm {
  const char* name;
  const char* words;  ///< What a stated term contains when it means this one; words divided by "|".
};

/// What a deployment costs beyond the accelerator's electricity (economics of EdgeEval, docs/audit.md).
constexpr std::array<CostTerm, 10> kCostTerms{{{"hardware, bought or rented", "hardware|rent|capex|purchase"},
                                               {"electricity of the host", "host|cpu|wall"},
                                               {"cooling and conversion (PUE)", "pue|cooling"},
                                               {"idle time", "idle|utilisation|utilization"},
                                               {"merging and quantization", "merg|quantiz"},
                                               {"failed and discarded runs", "failed|sweep|waste"},
                                               {"evaluation calls", "evaluation|judge"},
                                               {"retraining", "retrain"},
                                               {"labour", "labour|labor|staff"},
                                               {"output tokens of the API", "output token|output price"}}};

bool stated(const CostTerm& term, const std::vector<std::string>& terms) {
  std::string words = term.words;
  for (std::size_t start = 0; start <= words.size();) {
    const auto end = std::min(words.find('|', start), words.size());
    const auto word = words.substr(start, end - start);
    for (auto text : terms) {
      std::transform(text.begin(), text.end(), text.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      if (text.find(word) != std::string::npos) return true;
    }
    start = end + 1;
  }
  return false;
}

/// Joules of merging and quantization beside those of adaptation, where the tables have both.
std::optional<Evidence> unpaid_merging(const PublishedStudy& study) {
  double merging = 0.0;
  double adaptation = 0.0;
  for (const auto& row : study.merging) merging += row.energy_j.value_or(0.0);
  for (const auto& row : study.adaptation) adaptation += row.energy_j.value_or(0.0);
  if (merging <= 0.0 || adaptation <= 0.0) return std::nullopt;
  return Evidence{study.merging.front().place, "all merges and quantizations",
                  fmt::format("{:.4g} kJ in the tables, {:.1f} % of the adaptation's {:.4g} kJ, in no cost",
                              merging / 1e3, 100.0 * merging / adaptation, adaptation / 1e3)};
}

}  // namespace

Outcome check_cancelling(const Subject& subject) {
  Finding finding{"cancelling", Severity::warning, "", "", {}};
  std::size_t rows = 0;
  double widest = 0.0;
  for (const auto& row : subject.study.serving) {
    if (!row.load_time_s || !row.inference_time_s || !row.power_mean_w || !row.energy_j || !row.samples) continue;
    if (*row.inference_time_s <= 0.0 || *row.energy_j <= 0.0 || *row.samples <= 0.0 || *row.load_time_s <= 0.0)
      continue;
    ++rows;
    const double tax =
        paper::c_tax(Seconds(*row.load_time_s), Watts(*row.power_mean_w), Joules(*row.energy_j / *row.samples));
    const double times = *row.samples * *row.load_time_s / *row.inference_time_s;
    const double relative = std::abs(tax / times - 1.0);
    if (relative > 0.01) continue;
    widest = std::max(widest, relative);
    finding.evidence.push_back(evidence(row, fmt::format("C_tax {:.4g}; {:.0f} requests × {} s ÷ {} s = {:.4g}", tax,
                                                         *row.samples, *row.load_time_s, *row.inference_time_s,
                                                         times)));
  }
  if (rows == 0) return skipped("no serving row has load time, serving time, power and energy");
  // A metric that cancels does so in every row; single rows agree by chance.
  if (finding.evidence.size() < std::max<std::size_t>(rows, 4))
    return over_rows(clean(), rows, subject.study.serving.size());
  finding.title = fmt::format(
      "C_tax holds no energy: in all {} rows it equals requests × load time ÷ inference time (within {:.2f} %)",
      rows, 100.0 * widest);
  finding.meaning = "The load's power was taken from inference, so power stands above and below the line and "
                    "cancels. What the load itself drew is not in the metric; its threshold of 100 asks only "
                    "whether loading takes longer than serving, when 100 requests are served.";
  return over_rows(found(std::move(finding)), rows, subject.study.serving.size());
}

Outcome check_flags(const Subject& subject) {
  if (subject.rows.empty()) return skipped(subject.why_no_metrics);
  Outcome outcome;
  for (const auto& flag : kFlags) {
    if (auto finding = one_sided(flag, subject.rows)) outcome.findings.push_back(std::move(*finding));
  }
  return outcome;
}

Outcome check_cost_terms(const Subject& subject) {
  const auto& terms = subject.study.context.cost_terms;
  if (terms.empty()) return skipped("the context gives no cost_terms");
  Finding finding{"cost-terms", Severity::warning, "", "", {}};
  std::string missing;
  std::size_t count = 0;
  for (const auto& term : kCostTerms) {
    if (stated(term, terms)) continue;
    missing += (count++ == 0 ? "" : ", ") + std::string(term.name);
    if (std::string_view(term.words).starts_with("merg")) {
      if (auto row = unpaid_merging(subject.study)) finding.evidence.push_back(std::move(*row));
    }
  }
  if (count == 0) return clean();
  std::string counted;
  for (const auto& term : terms) counted += (counted.empty() ? "" : ", ") + term;
  finding.evidence.push_back(context_evidence(subject, "counted: " + counted));
  finding.title = fmt::format("the cost leaves out {} terms: {}", count, missing);
  finding.meaning = "Break-even comes out too early by all of them; hardware alone is usually tens of times the "
                    "electricity.";
  return found(std::move(finding));
}

Outcome check_api_price(const Subject& subject) {
  auto prices = subject.study.context.api_prices_usd;
  if (prices.empty()) return skipped("the context gives no api_prices_usd");
  std::sort(prices.begin(), prices.end());
  if (prices.front() == prices.back()) return clean();
  Finding finding{
      "api-price", Severity::error,
      fmt::format("the API's price is {} USD a request in one place and {} USD in another ({:.3g} times)",
                  prices.front(), prices.back(), prices.back() / prices.front()),
      "Break-even scales with it about inversely: each N_break stands for either of two values.",
      {}};
  std::string text = "USD a request, as stated:";
  for (const double price : subject.study.context.api_prices_usd) text += fmt::format(" {}", price);
  finding.evidence.push_back(context_evidence(subject, text));
  paper::Constants dear;
  dear.api_usd_per_request = prices.back();
  paper::Constants cheap;
  cheap.api_usd_per_request = prices.front();
  std::map<CellKey, double> adaptation;
  for (const auto& row : subject.study.adaptation) {
    if (row.energy_j) adaptation[row.key] = *row.energy_j;
  }
  for (const auto& row : subject.study.serving) {
    auto key = row.key;
    key.precision.clear();
    const auto trained = adaptation.find(key);
    if (trained == adaptation.end() || !row.energy_j || row.samples.value_or(0.0) <= 0.0) continue;
    const Joules each(*row.energy_j / *row.samples);
    const auto at_low = paper::n_break(Joules(trained->second), each, cheap);
    const auto at_high = paper::n_break(Joules(trained->second), each, dear);
    finding.evidence.push_back(evidence(row, fmt::format("N_break {} or {}",
                                                         at_low ? fmt::format("{:.2f}", *at_low) : "never",
                                                         at_high ? fmt::format("{:.2f}", *at_high) : "never")));
  }
  return found(std::move(finding));
}

}  // namespace edgeeval::audit
