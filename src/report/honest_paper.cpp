// SPDX-License-Identifier: Apache-2.0
#include "report/honest_paper.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <edgeeval/metrics.hpp>
#include <map>

#include "core/text.hpp"
#include "decision/decision_words.hpp"
#include "decision/finding_support.hpp"
#include "economics/paper_formulas.hpp"

namespace edgeeval {
namespace {

constexpr double kSecondsPerDay = 86400.0;

/// The API model of about the same size: up to 2 billion parameters, up to 5, and above.
std::string api_for(const VariantInfo& variant) {
  constexpr double kSmall = 2e9;
  constexpr double kMiddle = 5e9;
  const auto size = parameters_of(variant.size).value_or(kMiddle + 1.0);
  return size <= kSmall ? "llama-3.2-1b" : (size <= kMiddle ? "llama-3.2-3b" : "llama-3.1-8b");
}

/// The inputs with the API at the paper's price of a request, and nothing that changes over time.
economics::Inputs against_paper_price(const VariantDecision& decided, double api_usd_per_request) {
  auto inputs = economics::central(decided.inputs);
  const double tokens = std::max(1.0, inputs.input_tokens + inputs.output_tokens);
  inputs.api_input_usd_per_mtok = inputs.api_output_usd_per_mtok = api_usd_per_request * 1e6 / tokens;
  inputs.api_cache_share = inputs.api_retry_share = inputs.api_decay_per_year = 0.0;
  inputs.api_tokenizer_ratio = 1.0;
  inputs.adapt_waste = inputs.retrains_per_year = 0.0;
  return inputs;
}

/// The break-even of each step that the paper leaves out.
void reckon_steps(HonestVariant& variant, double api_usd_per_request) {
  auto inputs = against_paper_price(variant.decision, api_usd_per_request);
  variant.always_on = economics::evaluate(inputs).break_even_requests;
  inputs.replicas = 1.0;
  // Just below capacity, so that rounding does not ask for a second machine.
  inputs.demand_per_day = inputs.capacity_per_s * kSecondsPerDay * (1.0 - 1e-9);
  variant.full_use = economics::evaluate(inputs).break_even_requests;
}

std::string spread_text(const economics::Uncertain& spread, std::string_view unit) {
  const auto name = unit == "1" ? std::string() : " " + std::string(unit);
  if (spread.shape == economics::Shape::fixed) return format_significant(spread.value, 4) + name;
  return fmt::format("{} [{}, {}]{}", format_significant(spread.value, 4), format_significant(spread.lo, 3),
                     format_significant(spread.hi, 3), name);
}

void add_prices(HonestPaper& paper, const CostScenario& scenario, const std::string& only_api) {
  for (const auto& [key, assumption] : scenario.assumptions) {
    const bool of_api = assumption.table == "api";
    if (of_api == only_api.empty()) continue;
    const auto* field = economics::find_input(key);
    paper.prices.push_back({key + (only_api.empty() ? "" : " of " + only_api),
                            spread_text(assumption.spread, field->unit), assumption.source});
  }
}

std::vector<std::string> differences_of(const HonestPaper& paper) {
  std::size_t known = 0;
  std::size_t never = 0;
  for (const auto& variant : paper.variants) {
    if (!variant.absent_reason.empty()) continue;
    ++known;
    never += variant.decision.spread.break_even_requests.median ? 0U : 1U;
  }
  return {
      "The paper counts the accelerator's electricity alone: no rent, no idle power, no host, no site, no "
      "merging and "
      "quantizing, no failed runs.",
      "It holds a model of 1 to 8 billion parameters against the price of GPT-4o, input price on all tokens.",
      "It counts requests without time, so a machine that stands idle costs nothing.",
      fmt::format("With all of them, {} of {} variants never pay in most draws at the assumed demand.", never,
                  known)};
}

double price_of(const RunRecord& record) {
  const auto found = record.prices.find("api_usd_per_request");
  return found == record.prices.end() ? paper::Constants{}.api_usd_per_request : found->second.value;
}

}  // namespace

Result<HonestPaper> honest_paper(const RunRecord& record, const CostScenario& scenario) {
  HonestPaper paper{record.study, scenario, "", {}, {}, {}};
  const auto rows = compute_metrics(record);
  const Figures figures(rows);
  // One decision for each size, since all variants of a decision share their API.
  std::map<std::string, StudyDecision> decisions;
  for (const auto& variant : record.variants) {
    const auto api = api_for(variant);
    if (decisions.contains(api)) continue;
    auto own = scenario;
    if (auto chosen = choose_rows(own, "api", api); !chosen) return tl::unexpected(chosen.error());
    auto part = record;
    std::erase_if(part.variants, [&](const VariantInfo& other) { return api_for(other) != api; });
    decisions[api] = decide_study(part, rows, own);
    add_prices(paper, own, api);
  }
  add_prices(paper, scenario, "");
  for (const auto& info : record.variants) {
    HonestVariant variant{info, "", {}, {}, {}, api_for(info), {}};
    if (const auto* n = figures.find(info.id, "n_break")) variant.paper = n->value;
    const auto* decided = decision_of(decisions.at(variant.api), info.id);
    variant.decision = *decided;
    variant.absent_reason = decided->absent_reason;
    if (variant.absent_reason.empty()) reckon_steps(variant, price_of(record));
    paper.variants.push_back(std::move(variant));
  }
  if (!decisions.empty()) paper.boundary = decisions.begin()->second.boundary;
  paper.differences = differences_of(paper);
  return paper;
}

}  // namespace edgeeval
