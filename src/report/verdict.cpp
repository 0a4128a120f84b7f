// SPDX-License-Identifier: Apache-2.0
#include "report/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "core/text.hpp"
#include "metrics/paired_scores.hpp"
#include "report/energy_findings.hpp"
#include "report/rows.hpp"
#include "stats/bootstrap.hpp"

namespace edgeeval {
namespace {

/// The largest loss of token F1 that still counts as quality kept, absolute and as a share of the best score.
constexpr double kMargin = 0.05;
constexpr double kMarginShare = 0.2;
constexpr double kPoints = 100.0;

/// A variant that was served and scored, with what the verdict weighs.
struct Candidate {
  const VariantInfo* info = nullptr;
  const std::vector<ItemScore>* scores = nullptr;
  double mean_f1 = 0.0;
  const MetricRow* energy = nullptr;
};

/// Two candidates on the items that both have: a − b.
struct Difference {
  std::size_t items = 0;
  double value = 0.0;
  std::optional<Bounds> bounds;  ///< Absent below two items.
  /// The smallest difference these items can show: half the interval's width.
  [[nodiscard]] std::optional<double> resolution() const {
    return bounds ? std::optional(0.5 * (bounds->hi - bounds->lo)) : std::nullopt;
  }
};

/// How a candidate's quality stands beside the best one's.
enum class Standing { worse, kept, undecided };

std::vector<Candidate> candidates_of(const StudyReport& report, const std::string& task) {
  std::vector<Candidate> candidates;
  for (const auto& variant : report.record.variants) {
    const auto scores = report.record.scores.find(variant.id);
    if (variant.task != task || scores == report.record.scores.end() || scores->second.empty()) continue;
    std::vector<double> f1;
    for (const auto& score : scores->second) f1.push_back(score.f1);
    candidates.push_back(
        {&variant, &scores->second, *mean(f1), find_row(report, variant.id, "observed", "j_per_request")});
  }
  return candidates;
}

bool has_energy(const Candidate& candidate) {
  return candidate.energy != nullptr && candidate.energy->value.has_value();
}

Difference difference(const Candidate& a, const Candidate& b) {
  const auto pairs = paired_f1(*a.scores, *b.scores);
  if (pairs.a.empty()) return {};
  return {pairs.a.size(), *mean(pairs.a) - *mean(pairs.b), paired_difference_interval(pairs.a, pairs.b)};
}

std::string difference_text(const Difference& found) {
  const auto value = fmt::format("{:+.3f}", found.value);
  return found.bounds ? fmt::format("{} [{:+.3f}, {:+.3f}]", value, found.bounds->lo, found.bounds->hi)
                      : value;
}

Standing standing(const Candidate& candidate, const Candidate& best) {
  const auto found = difference(candidate, best);
  if (candidate.mean_f1 <= 0.0) return Standing::worse;
  if (!found.bounds) return Standing::undecided;
  if (found.bounds->hi < 0.0) return Standing::worse;
  const double margin = std::min(kMargin, kMarginShare * best.mean_f1);
  return -found.bounds->lo <= margin ? Standing::kept : Standing::undecided;
}

/// The energy of `a` over that of `b`, where its interval has both ends: what their devices share has
/// cancelled.
std::optional<Fact> energy_ratio_of(const StudyReport& report, const Candidate& a, const Candidate& b) {
  auto ratio = request_energy_ratio(report, *a.info, *b.info);
  return ratio && ratio->lo && ratio->hi ? ratio : std::nullopt;
}

bool needs_less(const StudyReport& report, const Candidate& a, const Candidate& b) {
  const auto ratio = energy_ratio_of(report, a, b);
  return ratio && *ratio->hi < 1.0;
}

bool needs_more(const StudyReport& report, const Candidate& a, const Candidate& b) {
  const auto ratio = energy_ratio_of(report, a, b);
  return ratio && *ratio->lo > 1.0;
}

/// "25 % [20, 31]" of the energy of `b`; only for energies that differ.
std::string energy_share_text(const StudyReport& report, const Candidate& a, const Candidate& b) {
  const auto ratio = energy_ratio_of(report, a, b);
  return fmt::format("{}{:.0f} % [{:.0f}, {:.0f}]", sign_of(ratio->grade), 100.0 * ratio->value,
                     100.0 * *ratio->lo, 100.0 * *ratio->hi);
}

/// "they resolve 4.6 points": the coarsest of several comparisons.
std::string resolution_text(const std::vector<Difference>& differences) {
  double coarsest = 0.0;
  for (const auto& each : differences) {
    if (!each.resolution()) return "too few to resolve any difference";
    coarsest = std::max(coarsest, *each.resolution());
  }
  return fmt::format("they resolve {:.1f} points", kPoints * coarsest);
}

/// Published scores come without items: what is highest and least can be said, what differs cannot.
std::string verdict_of_published(const StudyReport& report, const std::string& task) {
  const MetricRow* best = nullptr;
  const MetricRow* least = nullptr;
  std::string best_name;
  std::string least_name;
  for (const auto& variant : report.record.variants) {
    if (variant.task != task) continue;
    const auto* score = find_row(report, variant.id, "observed", "published_score");
    const auto* energy = find_row(report, variant.id, "observed", "j_per_request");
    if (score != nullptr && score->value && (best == nullptr || score->value->value > best->value->value)) {
      best = score;
      best_name = full_name(report, variant);
    }
    if (energy != nullptr && energy->value &&
        (least == nullptr || energy->value->value < least->value->value)) {
      least = energy;
      least_name = full_name(report, variant);
    }
  }
  if (best == nullptr)
    return fmt::format("No variant was served and scored on {}: there is nothing to choose from.", task);
  auto text = fmt::format("On {}, {} has the highest published score ({})", task, best_name, figure(best));
  if (least != nullptr)
    text += fmt::format(" and {} the least energy ({} J a request)", least_name, figure(least));
  return text + "; without scores of single items nothing tells which differences are real.";
}

std::string taken_text(const StudyReport& report, const std::string& task, const Candidate& chosen,
                       const Candidate& best) {
  auto text = fmt::format("On {}, {} is the one to take: ", task, full_name(report, *chosen.info));
  if (&chosen == &best) {
    text += fmt::format("token F1 {:.3f} over {} items", chosen.mean_f1, chosen.scores->size());
  } else {
    const auto found = difference(chosen, best);
    text += fmt::format(
        "it keeps {}'s quality as far as {} items can tell (token F1 {:.3f} against {:.3f}; {}) and "
        "needs {} of its energy",
        full_name(report, *best.info), found.items, chosen.mean_f1, best.mean_f1, resolution_text({found}),
        energy_share_text(report, chosen, best));
  }
  if (has_energy(chosen)) text += fmt::format(", at {} J a request", figure_with_interval(chosen.energy));
  return text + ".";
}

/// For items that cannot tell whether `rivals` lose too much against the best.
std::string undecided_text(const StudyReport& report, const std::string& task, const Candidate& chosen,
                           const Candidate& best, const std::vector<const Candidate*>& rivals) {
  std::vector<Difference> differences;
  std::vector<std::string> names{
      fmt::format("{} (token F1 {:.3f})", full_name(report, *chosen.info), chosen.mean_f1)};
  std::size_t items = chosen.scores->size();
  bool some_need_less = false;
  for (const auto* rival : rivals) {
    differences.push_back(difference(*rival, best));
    items = std::min(items, differences.back().items);
    auto name = fmt::format("{} ({:.3f}", full_name(report, *rival->info), rival->mean_f1);
    if (needs_less(report, *rival, chosen)) {
      some_need_less = true;
      name += " at " + energy_share_text(report, *rival, chosen) + " of its energy";
    }
    names.push_back(name + ")");
  }
  const auto last = names.back();
  names.pop_back();
  auto text = fmt::format("On {}, {} items cannot decide between {} and {}: {}", task, items,
                          join(names, ", "), last, resolution_text(differences));
  if (!some_need_less && has_energy(chosen))
    text += fmt::format(", and none is known to need less energy than {} ({} J a request)",
                        full_name(report, *chosen.info), figure_with_interval(chosen.energy));
  return text + ".";
}

}  // namespace

std::string verdict_for(const StudyReport& report, const std::string& task) {
  const auto candidates = candidates_of(report, task);
  if (candidates.empty()) return verdict_of_published(report, task);
  const auto& best = *std::max_element(candidates.begin(), candidates.end(),
                                       [](const auto& a, const auto& b) { return a.mean_f1 < b.mean_f1; });
  if (best.mean_f1 <= 0.0)
    return fmt::format("On {}, no variant scores above 0 over {} items: there is none to take.", task,
                       best.scores->size());
  const Candidate* chosen = &best;
  for (const auto& candidate : candidates) {
    if (&candidate != &best && standing(candidate, best) == Standing::kept &&
        needs_less(report, candidate, *chosen))
      chosen = &candidate;
  }
  std::vector<const Candidate*> rivals;
  for (const auto& candidate : candidates) {
    // One that may be worse and is known to need more is no rival.
    if (&candidate != &best && standing(candidate, best) == Standing::undecided &&
        !needs_more(report, candidate, *chosen))
      rivals.push_back(&candidate);
  }
  return rivals.empty() ? taken_text(report, task, *chosen, best)
                        : undecided_text(report, task, *chosen, best, rivals);
}

std::vector<std::string> adaptation_effects(const StudyReport& report, const std::string& task) {
  std::vector<std::string> sentences;
  const auto candidates = candidates_of(report, task);
  for (const auto& base : candidates) {
    if (base.info->method != "none") continue;
    for (const auto& adapted : candidates) {
      const bool whole = adapted.info->precision == "fp16" || adapted.info->precision == "merged";
      if (adapted.info->method == "none" || adapted.info->model != base.info->model || !whole) continue;
      const auto found = difference(adapted, base);
      if (found.items == 0) continue;
      sentences.push_back(
          fmt::format("{} changes token F1 from the base's {:.3f} to {:.3f} on {}: {} over {} paired items "
                      "(95 % bootstrap).",
                      full_name(report, *adapted.info), base.mean_f1, adapted.mean_f1, task,
                      difference_text(found), found.items));
    }
  }
  return sentences;
}

std::vector<std::string> unequal_items(const StudyReport& report, const std::string& task) {
  const auto candidates = candidates_of(report, task);
  std::set<std::string> all;
  for (const auto& candidate : candidates) {
    for (const auto& score : *candidate.scores) all.insert(score.item);
  }
  std::vector<std::string> lacking;
  for (const auto& candidate : candidates) {
    std::set<std::string> own;
    for (const auto& score : *candidate.scores) own.insert(score.item);
    if (own.size() < all.size())
      lacking.push_back(fmt::format("{} on {}", full_name(report, *candidate.info), own.size()));
  }
  if (lacking.empty()) return {};
  return {fmt::format(
      "Not every variant was scored on each of the {} items of {} ({}): differences and retention are "
      "of the items that both sides have.",
      all.size(), task, join(lacking, ", "))};
}

}  // namespace edgeeval
