// SPDX-License-Identifier: Apache-2.0
// Findings on money and fidelity: are cold starts prohibitive, is the score kept, does electricity alone
// mislead.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/text.hpp"
#include "decision/decision_words.hpp"
#include "decision/finding_support.hpp"
#include "decision/variant_inputs.hpp"
#include "economics/paper_formulas.hpp"

namespace edgeeval {
namespace {

constexpr double kSecondsPerDay = 86400.0;
/// A loss of so many percent of the score is the margin (non-inferiority; the project's default).
constexpr double kMarginPercent = 2.0;

std::string range_text(double least, double most, int digits = 2) {
  const auto from = format_significant(least, digits);
  const auto to = format_significant(most, digits);
  return from == to ? from : from + " to " + to;
}

/// A retention's interval: its own, or where a published score has none, what its items allow: the scores of
/// both vary at most as right or wrong answers do.
std::optional<Bounds> retention_bounds(const FindingSource& source, const VariantInfo& variant,
                                       const Fact& kept) {
  if (kept.lo && kept.hi) return Bounds{*kept.lo, *kept.hi};
  const auto stage = source.record.stages.find(variant.score_stage);
  if (stage == source.record.stages.end() || !stage->second.facts.contains("items")) return std::nullopt;
  const auto* score = source.figure(variant.id, "published_score");
  if (score == nullptr || kept.value <= 0.0) return std::nullopt;
  const double n = stage->second.facts.at("items").value;
  const double own = std::clamp(score->value, 0.0, 1.0);
  const double whole = std::clamp(100.0 * score->value / kept.value, 1e-9, 1.0);
  const double half = 196.0 * std::sqrt((own * (1.0 - own) + whole * (1.0 - whole)) / n) / whole;
  return Bounds{kept.value - half, kept.value + half};
}

/// Electricity alone of a request at the scenario's price (USD).
std::optional<double> electricity_usd(const FindingSource& source, const std::string& variant) {
  const auto* joules = source.figure(variant, "j_per_request");
  const auto price = source.record.prices.find("electricity_usd_per_kwh");
  if (joules == nullptr || price == source.record.prices.end()) return std::nullopt;
  return joules->value / economics::kJoulesPerKwh * price->second.value;
}

}  // namespace

Finding cold_start_prohibitive(const FindingSource& source) {
  Finding finding{"cold_start_prohibitive", "Is a cold start prohibitive?", "", "no data", {}};
  std::size_t flagged = 0;
  std::size_t taxed = 0;
  std::size_t known = 0;
  std::size_t warm = 0;
  double least = INFINITY;
  double most = 0.0;
  double gap = 0.0;
  for (const auto& decided : source.decision.variants) {
    if (const auto* tax = source.figure(decided.variant, "c_tax"); tax != nullptr) {
      ++taxed;
      flagged += tax->value > paper::Constants{}.prohibitive_c_tax ? 1U : 0U;
      finding.rows.push_back(decided.variant + " c_tax");
    }
    if (!decided.absent_reason.empty()) continue;
    const auto& band = decided.spread.keep_warm_gap_s;
    if (!band.median) continue;
    ++known;
    warm += decided.outcome.keep_warm ? 1U : 0U;
    least = std::min(least, *band.median);
    most = std::max(most, *band.median);
    gap = kSecondsPerDay * decided.outcome.replicas / decided.inputs[place_of("demand_per_day")].value;
    finding.rows.push_back(decided.variant + " keep_warm_gap");
  }
  if (known == 0 && taxed == 0) {
    finding.answer = "No cold start was measured.";
    return finding;
  }
  if (taxed > 0)
    finding.answer = fmt::format(
        "The paper's rule, load time over serving time above 100 requests, marks {} of {} variants. ",
        flagged, taxed);
  if (known == 0) {
    finding.answer += "What a cold start takes in energy against an idle engine is not known.";
    return finding;
  }
  finding.answer += fmt::format(
      "By energy a loaded model is worth keeping where requests come closer than {} s (medians over "
      "variants); here they "
      "come every {} s, so {} of {} stay loaded and rarely start cold.",
      range_text(least, most), format_significant(gap, 2), warm, known);
  finding.verdict = warm == known ? "no" : (warm == 0 ? "yes" : "undecided");
  return finding;
}

Finding fidelity_kept(const FindingSource& source) {
  Finding finding{"fidelity_kept", "Does quantization keep the score?", "", "no data", {}};
  std::size_t kept = 0;
  std::size_t lost = 0;
  std::size_t open = 0;
  double least = INFINITY;
  double most = 0.0;
  double widest = 0.0;
  for (const auto& variant : source.record.variants) {
    const auto* figure = source.figure(variant.id, "q_ret_paired");
    if (figure == nullptr) continue;
    finding.rows.push_back(variant.id + " q_ret_paired");
    least = std::min(least, figure->value);
    most = std::max(most, figure->value);
    const auto bounds = retention_bounds(source, variant, *figure);
    if (bounds) widest = std::max(widest, (bounds->hi - bounds->lo) / 2.0);
    if (bounds && bounds->lo >= 100.0 - kMarginPercent) {
      ++kept;
    } else if (bounds && bounds->hi < 100.0 - kMarginPercent) {
      ++lost;
    } else {
      ++open;
    }
  }
  const auto all = kept + lost + open;
  if (all == 0) {
    finding.answer = "No quantized variant has a score and an FP16 variant to compare with.";
    return finding;
  }
  finding.answer = fmt::format(
      "Retention is {} % over {} variants. At a margin of {:.0f} % of the score {} keep it, {} lose it, "
      "{} cannot be told",
      range_text(least, most, 3), all, kMarginPercent, kept, lost, open);
  finding.answer +=
      widest > 0.0 ? fmt::format(": the widest interval is ±{} points.", format_significant(widest, 2)) : ".";
  finding.verdict = lost > 0 ? "no" : (open > 0 ? "undecided" : "yes");
  return finding;
}

Finding electricity_only_misleads(const FindingSource& source) {
  Finding finding{"electricity_only_misleads",
                  "Does a break-even that counts only electricity mislead?",
                  "",
                  "no data",
                  {}};
  std::vector<double> factors;
  std::vector<double> costs;
  std::size_t never = 0;
  for (const auto& decided : source.decision.variants) {
    if (!decided.absent_reason.empty()) continue;
    const auto electricity = electricity_usd(source, decided.variant);
    if (electricity && decided.spread.local_usd.median && *electricity > 0.0)
      costs.push_back(*decided.spread.local_usd.median / *electricity);
    const auto* published = source.figure(decided.variant, "n_break");
    if (published == nullptr) continue;
    finding.rows.push_back(decided.variant + " n_break");
    finding.rows.push_back(decided.variant + " break_even_requests");
    const auto& honest = decided.spread.break_even_requests.median;
    if (!honest) {
      ++never;
    } else if (published->value > 0.0) {
      factors.push_back(*honest / published->value);
    }
  }
  const auto cost = summarise(costs);
  if (!cost) {
    finding.answer = "No cost of a request with and without hardware can be compared.";
    return finding;
  }
  finding.answer = fmt::format("A request costs {} its electricity once the machine is paid.",
                               ratio_text(*cost, "variant"));
  const auto all = factors.size() + never;
  if (never > 0)
    finding.answer +=
        fmt::format(" {} of {} that break even on electricity never pay in most draws.", never, all);
  if (const auto factor = summarise(factors))
    finding.answer += fmt::format(" For the others the break-even moves to {} as many requests.",
                                  ratio_text(*factor, "variant"));
  const double least = never == all && all > 0 ? INFINITY : cost->least;
  finding.verdict = least >= 2.0 ? "yes" : (cost->most < 2.0 ? "no" : "undecided");
  return finding;
}

}  // namespace edgeeval
