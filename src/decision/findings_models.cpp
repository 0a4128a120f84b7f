// SPDX-License-Identifier: Apache-2.0
// Findings on models and methods: do the smallest dominate, what did QLoRA cost, which precision wins.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "core/text.hpp"
#include "decision/decision_words.hpp"
#include "decision/finding_support.hpp"
#include "record/ledger.hpp"

namespace edgeeval {
namespace {

/// Fewer comparisons cannot tell what holds in general.
constexpr std::size_t kFewest = 3;
/// A difference in cost below 1 % is none: the machine is paid for either way.
constexpr double kCheaper = 0.99;

using Variants = std::vector<const VariantInfo*>;

/// One comparison of the smallest model with the largest of its family, all else equal.
struct SizeContest {
  const VariantInfo* smallest = nullptr;
  const VariantInfo* largest = nullptr;
  Variants all;
};

std::vector<SizeContest> size_contests(const RunRecord& record) {
  std::map<std::tuple<std::string, std::string, std::string, std::string>, SizeContest> contests;
  for (const auto& variant : record.variants) {
    if (!parameters_of(variant.size)) continue;
    auto& contest = contests[{variant.family, variant.task, variant.method, variant.precision}];
    contest.all.push_back(&variant);
    const auto size = *parameters_of(variant.size);
    if (contest.smallest == nullptr || size < *parameters_of(contest.smallest->size))
      contest.smallest = &variant;
    if (contest.largest == nullptr || size > *parameters_of(contest.largest->size))
      contest.largest = &variant;
  }
  std::vector<SizeContest> found;
  for (auto& [key, contest] : contests) {
    if (*parameters_of(contest.smallest->size) < *parameters_of(contest.largest->size))
      found.push_back(std::move(contest));
  }
  return found;
}

/// Whether the smallest has the least of `metric`; nothing where a figure is missing. Intervals count where
/// they are.
std::optional<bool> smallest_is_least(const FindingSource& source, const SizeContest& contest,
                                      const std::string& metric) {
  const auto* own = source.figure(contest.smallest->id, metric);
  if (own == nullptr) return std::nullopt;
  for (const auto* other : contest.all) {
    if (other == contest.smallest) continue;
    const auto* figure = source.figure(other->id, metric);
    if (figure == nullptr) return std::nullopt;
    // Joules of one device move together, so the values are compared and not the ends of their intervals.
    if (own->value >= figure->value) return false;
  }
  return true;
}

std::optional<double> local_usd(const FindingSource& source, const std::string& variant) {
  const auto* decision = decision_of(source.decision, variant);
  if (decision == nullptr || !decision->absent_reason.empty()) return std::nullopt;
  return decision->spread.local_usd.median;
}

/// A pair of adaptations of one model for one task.
struct MethodPair {
  const VariantInfo* lora = nullptr;
  const VariantInfo* qlora = nullptr;
};

std::vector<MethodPair> method_pairs(const RunRecord& record) {
  std::map<std::pair<std::string, std::string>, MethodPair> pairs;
  for (const auto& variant : record.variants) {
    auto& pair = pairs[{variant.model, variant.task}];
    if (variant.method == "lora" && pair.lora == nullptr) pair.lora = &variant;
    if (variant.method == "qlora" && pair.qlora == nullptr) pair.qlora = &variant;
  }
  std::vector<MethodPair> found;
  for (const auto& [key, pair] : pairs) {
    if (pair.lora != nullptr && pair.qlora != nullptr) found.push_back(pair);
  }
  return found;
}

const StageRecord* adaptation_of(const RunRecord& record, const VariantInfo& variant) {
  for (const auto& id : variant.stages) {
    const auto stage = record.stages.find(id);
    if (stage != record.stages.end() && stage->second.kind == "adapt" &&
        stage->second.outcome == StageOutcome::finished)
      return &stage->second;
  }
  return nullptr;
}

/// QLoRA's energy over LoRA's; the gain of one device cancels.
std::optional<Fact> energy_over(const StageRecord& a, const StageRecord& b) {
  for (const auto& above : a.windows) {
    for (const auto& below : b.windows) {
      if (above.name == "adapt" && below.name == "adapt") return energy_ratio({&above}, {&below});
    }
  }
  return std::nullopt;
}

std::optional<double> memory_over(const StageRecord& a, const StageRecord& b) {
  const auto above = a.facts.find("peak_resident");
  const auto below = b.facts.find("peak_resident");
  if (above == a.facts.end() || below == b.facts.end() || below->second.value <= 0.0) return std::nullopt;
  return above->second.value / below->second.value;
}

std::string interval_of(const Fact& fact) {
  if (!fact.lo || !fact.hi) return {};
  return fmt::format(" [{}, {}]", format_significant(*fact.lo, 3), format_significant(*fact.hi, 3));
}

}  // namespace

Finding small_models_dominate(const FindingSource& source) {
  Finding finding{
      "small_models_dominate", "Do the smallest models dominate on economics and energy?", "", "no data", {}};
  const auto contests = size_contests(source.record);
  if (contests.empty()) {
    finding.answer = "The study has no family in two sizes with all else equal.";
    return finding;
  }
  std::size_t energy_won = 0;
  std::size_t energy_known = 0;
  std::size_t money_won = 0;
  std::size_t money_known = 0;
  std::vector<double> energies;
  std::vector<double> costs;
  for (const auto& contest : contests) {
    finding.rows.push_back(contest.smallest->id + " j_per_request");
    finding.rows.push_back(contest.largest->id + " j_per_request");
    if (const auto least = smallest_is_least(source, contest, "j_per_request")) {
      ++energy_known;
      energy_won += *least ? 1U : 0U;
      energies.push_back(source.figure(contest.largest->id, "j_per_request")->value /
                         source.figure(contest.smallest->id, "j_per_request")->value);
    }
    const auto small = local_usd(source, contest.smallest->id);
    const auto large = local_usd(source, contest.largest->id);
    if (!small || !large) continue;
    ++money_known;
    money_won += *small < kCheaper * *large ? 1U : 0U;
    costs.push_back(*large / *small);
  }
  const auto energy = summarise(energies);
  const auto cost = summarise(costs);
  if (!energy && !cost) {
    finding.answer = "No energy and no cost is known of models in two sizes.";
    return finding;
  }
  finding.answer =
      energy ? fmt::format(
                   "The smallest takes the least energy a request in {} of {} comparisons; the largest "
                   "takes {}.",
                   energy_won, energy_known, ratio_text(*energy, "comparison"))
             : "No energy a request is known.";
  if (cost)
    finding.answer += fmt::format(
        " With hardware counted it is cheaper by 1 % or more in {} of {}, the largest costing {} as much a "
        "request.",
        money_won, money_known, ratio_text(*cost, "comparison"));
  const bool all = energy_won == energy_known && money_won == money_known;
  const bool none = (energy && energy_won == 0) || (cost && money_won == 0);
  finding.verdict = contests.size() < kFewest ? "undecided" : (all ? "yes" : (none ? "no" : "undecided"));
  if (contests.size() < kFewest) finding.answer += " Fewer than three comparisons cannot tell.";
  return finding;
}

Finding qlora_cost(const FindingSource& source) {
  Finding finding{
      "qlora_cost", "Did QLoRA cost more energy than LoRA, and how much memory?", "", "no data", {}};
  std::vector<double> energies;
  std::vector<double> memories;
  std::optional<Fact> only;
  for (const auto& pair : method_pairs(source.record)) {
    const auto* lora = adaptation_of(source.record, *pair.lora);
    const auto* qlora = adaptation_of(source.record, *pair.qlora);
    if (lora == nullptr || qlora == nullptr) continue;
    finding.rows.push_back(pair.qlora->id + " adapt_energy");
    finding.rows.push_back(pair.lora->id + " adapt_energy");
    if (auto ratio = energy_over(*qlora, *lora)) {
      energies.push_back(ratio->value);
      only = std::move(*ratio);
    }
    if (const auto ratio = memory_over(*qlora, *lora)) memories.push_back(*ratio);
  }
  const auto energy = summarise(energies);
  if (!energy) {
    finding.answer = "The study has no pair of LoRA and QLoRA with energies.";
    return finding;
  }
  const auto bounds = energies.size() == 1 ? interval_of(*only) : std::string();
  finding.answer =
      fmt::format("QLoRA took {}{} LoRA's energy of adaptation", ratio_text(*energy, "pair"), bounds);
  const auto memory = summarise(memories);
  finding.answer += memory ? fmt::format(", and {} its peak memory.", ratio_text(*memory, "pair"))
                           : "; its memory while adapting was not recorded.";
  std::optional<Bounds> interval = energy->interval;
  if (!interval && only && only->lo && only->hi) interval = Bounds{*only->lo, *only->hi};
  finding.verdict =
      !interval ? "undecided" : (interval->lo > 1.0 ? "yes" : (interval->hi < 1.0 ? "no" : "undecided"));
  if (finding.verdict == "undecided")
    finding.answer += " Whether it costs more cannot be told from these pairs.";
  if (energies.size() < 3)
    finding.answer += " Each was run once: what differs between runs is not in the interval.";
  return finding;
}

Finding best_precision(const FindingSource& source) {
  Finding finding{
      "best_precision", "Does one precision give the most score for a joule throughout?", "", "no data", {}};
  std::map<std::tuple<std::string, std::string, std::string>, Variants> groups;
  for (const auto& variant : source.record.variants)
    groups[{variant.model, variant.task, variant.method}].push_back(&variant);
  std::map<std::string, std::size_t> wins;
  std::size_t clear = 0;
  std::size_t contests = 0;
  for (const auto& [key, variants] : groups) {
    Variants known;
    std::copy_if(variants.begin(), variants.end(), std::back_inserter(known),
                 [&](const VariantInfo* variant) { return source.figure(variant->id, "ipj") != nullptr; });
    if (known.size() < 2) continue;
    ++contests;
    const auto value = [&](const VariantInfo* variant) { return source.figure(variant->id, "ipj")->value; };
    std::sort(known.begin(), known.end(), [&](const auto* a, const auto* b) {
      return value(a) != value(b) ? value(a) > value(b) : a->id < b->id;
    });
    ++wins[known[0]->precision];
    // Score and energy apart: a lead counts as clear where the score of the winner is not below the second's.
    const auto* first = decision_of(source.decision, known[0]->id);
    const auto* second = decision_of(source.decision, known[1]->id);
    const auto place =
        static_cast<std::size_t>(economics::find_input("quality") - economics::input_table().data());
    if (first != nullptr && second != nullptr && first->absent_reason.empty() &&
        second->absent_reason.empty() &&
        first->inputs[place].lo * source.figure(known[1]->id, "j_per_request")->value >
            second->inputs[place].hi * source.figure(known[0]->id, "j_per_request")->value)
      ++clear;
    for (const auto* variant : known) finding.rows.push_back(variant->id + " ipj");
  }
  if (contests == 0) {
    finding.answer = "The study has no model in two precisions with scores and energies.";
    return finding;
  }
  const auto best = std::max_element(wins.begin(), wins.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  finding.answer = fmt::format(
      "{} gives the most score for a joule in {} of {} groups of equal model, task and method; in {} "
      "of {} the winner leads whatever its score's interval holds.",
      best->first, best->second, contests, clear, contests);
  finding.verdict = best->second == contests && clear == contests ? "yes" : "undecided";
  return finding;
}

}  // namespace edgeeval
