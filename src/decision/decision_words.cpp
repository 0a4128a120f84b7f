// SPDX-License-Identifier: Apache-2.0
#include "decision/decision_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "core/text.hpp"
#include "decision/variant_inputs.hpp"

namespace edgeeval {
namespace {

constexpr double kSecondsPerDay = 86400.0;

std::string sources_of(const VariantDecision& variant, const char* key) {
  return join(variant.origins[place_of(key)].sources, ", ");
}

std::string api_name(const StudyDecision& decision) {
  const auto found = decision.scenario.chosen.find("api");
  return found == decision.scenario.chosen.end() ? "the API's" : "the API's (" + found->second + ")";
}

/// What demand would pay, or why none does.
std::string floor_sentence(const VariantDecision& variant) {
  const auto& floor = variant.spread.demand_floor_per_s;
  if (!floor.median)
    return "no demand makes it pay in most draws: a local request's own cost is not below the API's";
  const auto& use = variant.spread.utilisation_floor;
  // The floor knows neither that the API's price falls nor what was spent before the first request.
  auto text = fmt::format("at the API's price of today it pays from {} requests a day",
                          band_text(floor, kSecondsPerDay));
  if (use.median && *use.median > 1.0)
    text +=
        fmt::format(", which is {} times what its machines can serve", format_significant(*use.median, 2));
  else if (use.median)
    text += fmt::format(", {} of what its machines can serve", percent_text(*use.median));
  return text;
}

/// In how many draws it pays back and is not the cheaper at the horizon all the same; empty where that is
/// rare.
std::string reversal_clause(const VariantDecision& variant) {
  constexpr double kRare = 0.01;
  if (variant.spread.reversed_within < kRare) return {};
  return fmt::format(
      " (in {} it pays back, but the API's falling price makes the API the cheaper again before then)",
      percent_text(variant.spread.reversed_within));
}

/// What to do with one variant that could be reckoned.
std::string variant_sentence(const RunRecord& record, const StudyDecision& decision, std::size_t place) {
  const auto& variant = decision.variants[place];
  const auto& demand = variant.inputs[place_of("demand_per_day")];
  const auto horizon = variant.inputs[place_of("horizon_years")].value;
  return fmt::format(
      "On {}, {}: {}. At {} requests a day a local request costs {} USD, {} {} USD; local is cheaper "
      "within {} years "
      "in {} of draws{}; {}.",
      record.variants[place].task, name_of(record.variants[place]), advice(variant),
      format_significant(demand.value, 3), cost_text(variant.spread.local_usd), api_name(decision),
      cost_text(variant.spread.api_usd), format_significant(horizon, 2),
      percent_text(variant.spread.local_cheaper), reversal_clause(variant), floor_sentence(variant));
}

std::string task_sentence(const RunRecord& record, const StudyDecision& decision, const std::string& task) {
  const auto best = best_variant(record, decision, task);
  if (!best) {
    for (std::size_t i = 0; i < decision.variants.size(); ++i) {
      if (record.variants[i].task == task && !decision.variants[i].absent_reason.empty())
        return fmt::format("On {}, no variant can be reckoned: {}.", task,
                           decision.variants[i].absent_reason);
    }
    return fmt::format("On {}, there is no variant to decide on.", task);
  }
  return variant_sentence(record, decision, *best);
}

}  // namespace

std::string percent_text(double share) {
  const double value = 100.0 * share;
  if (value > 0.0 && value < 1.0) return "under 1 %";
  if (value < 100.0 && value > 99.0) return "over 99 %";
  return fmt::format("{:.0f} %", value);
}

std::string money(double usd, int digits) {
  if (usd != 0.0 && std::fabs(usd) < 1e-4) return fmt::format("{:.{}e}", usd, digits - 1);
  // Large figures keep three digits: what comes after them is below any price's uncertainty.
  constexpr double kLarge = 1000.0;
  if (std::fabs(usd) < kLarge) return format_significant(usd, digits);
  const double unit = std::pow(10.0, std::floor(std::log10(std::fabs(usd))) - 2.0);
  return fmt::format("{:.0f}", std::round(usd / unit) * unit);
}

std::string band_text(const economics::Band& band, double scale, int digits) {
  if (!band.median) return "never";
  const auto part = [&](const std::optional<double>& value) {
    return value ? money(*value * scale, digits) : std::string("∞");
  };
  return fmt::format("{} [{}, {}]", part(band.median), part(band.lo), part(band.hi));
}

std::string cost_text(const economics::Band& band, int digits) {
  return band.median ? band_text(band, 1.0, digits) : "∞";
}

bool tells_reversal(const VariantDecision& variant) {
  const auto& spread = variant.spread;
  return variant.absent_reason.empty() &&
         spread.break_even_s.defined * spread.reversal_s.defined >= kTellingShare;
}

std::string reversal_text(const VariantDecision& variant, int digits) {
  if (!tells_reversal(variant)) return "–";
  const auto& band = variant.spread.reversal_requests;
  const auto part = [&](const std::optional<double>& value) {
    return value ? money(*value, digits) : std::string("∞");
  };
  return fmt::format("{} [{}, {}]", part(band.median), part(band.lo), part(band.hi));
}

std::string decision_text(const VariantDecision& variant) {
  if (!variant.absent_reason.empty()) return "–";
  return fmt::format("{} ({})", economics::to_string(variant.decision),
                     percent_text(variant.spread.local_cheaper));
}

std::string biggest_lever(const VariantDecision& variant) {
  if (variant.levers.empty()) return {};
  return std::string(economics::input_table()[variant.levers.front().input].title);
}

std::string advice(const VariantDecision& variant) {
  const bool owned = variant.inputs[place_of("owned")].value >= 0.5;
  switch (variant.decision) {
    case economics::Decision::local:
      return owned ? "buy the machine and serve it" : "rent the machine and serve it";
    case economics::Decision::api:
      return "call the API";
    case economics::Decision::never:
      return "call the API, as serving never pays";
    case economics::Decision::undecided:
      break;
  }
  return "undecided under these assumptions";
}

std::vector<std::string> decision_tasks(const RunRecord& record) {
  std::vector<std::string> tasks;
  for (const auto& variant : record.variants) {
    if (std::find(tasks.begin(), tasks.end(), variant.task) == tasks.end()) tasks.push_back(variant.task);
  }
  return tasks;
}

std::string name_of(const VariantInfo& variant) {
  auto precision = variant.precision;
  std::transform(precision.begin(), precision.end(), precision.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto* method = variant.method == "none" ? "base" : (variant.method == "lora" ? "LoRA" : "QLoRA");
  return fmt::format("{} {} {}", variant.model, method, variant.precision == "merged" ? "merged" : precision);
}

const VariantInfo* variant_of(const RunRecord& record, const std::string& id) {
  const auto found = std::find_if(record.variants.begin(), record.variants.end(),
                                  [&](const VariantInfo& variant) { return variant.id == id; });
  return found == record.variants.end() ? nullptr : &*found;
}

const VariantDecision* decision_of(const StudyDecision& decision, const std::string& id) {
  const auto found = std::find_if(decision.variants.begin(), decision.variants.end(),
                                  [&](const VariantDecision& variant) { return variant.variant == id; });
  return found == decision.variants.end() ? nullptr : &*found;
}

std::optional<std::size_t> best_variant(const RunRecord& record, const StudyDecision& decision,
                                        const std::string& task) {
  const auto quality = place_of("quality");
  const auto usable = [&](std::size_t i) {
    return record.variants[i].task == task && decision.variants[i].absent_reason.empty();
  };
  double bar = 0.0;
  double top = -1.0;
  for (std::size_t i = 0; i < decision.variants.size(); ++i) {
    if (!usable(i) || decision.variants[i].inputs[quality].value <= top) continue;
    top = decision.variants[i].inputs[quality].value;
    bar = decision.variants[i].inputs[quality].lo;
  }
  const auto cost = [&](std::size_t i) {
    const auto& outcome = decision.variants[i].outcome;
    return outcome.local_usd_per_correct.value_or(outcome.local_usd);
  };
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < decision.variants.size(); ++i) {
    if (!usable(i) || decision.variants[i].inputs[quality].hi < bar) continue;
    const bool first = !best || cost(i) < cost(*best) ||
                       (cost(i) == cost(*best) && record.variants[i].id < record.variants[*best].id);
    if (first) best = i;
  }
  return best;
}

std::string verdict_of(const RunRecord& record, const StudyDecision& decision) {
  std::vector<std::string> sentences;
  for (const auto& task : decision_tasks(record)) sentences.push_back(task_sentence(record, decision, task));
  return join(sentences, " ");
}

std::string variant_verdict(const RunRecord& record, const StudyDecision& decision, const std::string& id) {
  for (std::size_t i = 0; i < decision.variants.size(); ++i) {
    if (decision.variants[i].variant != id) continue;
    const auto& reason = decision.variants[i].absent_reason;
    if (reason.empty()) return variant_sentence(record, decision, i);
    return fmt::format("On {}, {} cannot be reckoned: {}.", record.variants[i].task,
                       name_of(record.variants[i]), reason);
  }
  return {};
}

std::string boundary_line(const RunRecord& record, const StudyDecision& decision) {
  const auto chosen = decision.scenario.chosen.find("boundary");
  const auto joules = chosen == decision.scenario.chosen.end() ? std::string("unknown") : chosen->second;
  for (const auto& variant : decision.variants) {
    const auto& factor = variant.inputs[place_of("boundary_factor")];
    const auto& pue = variant.inputs[place_of("pue")];
    const auto range = [](const economics::Uncertain& u) {
      return u.lo == u.hi ? format_significant(u.value, 3)
                          : fmt::format("{} [{}, {}]", format_significant(u.value, 3),
                                        format_significant(u.lo, 3), format_significant(u.hi, 3));
    };
    const auto* info = variant_of(record, variant.variant);
    const auto sources = info == nullptr ? std::string() : sources_of(variant, "busy_w");
    return fmt::format(
        "Joules at the boundary \"{}\"{}, times {} for the rest of the machine, times PUE {}; {}.", joules,
        sources.empty() ? "" : " (" + sources + ")", range(factor), range(pue),
        variant.inputs[place_of("rent_includes_power")].value >= 0.5 &&
                variant.inputs[place_of("owned")].value < 0.5
            ? "their price is in the rent"
            : "their price is paid beside the hardware");
  }
  return {};
}

}  // namespace edgeeval
