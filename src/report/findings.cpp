// SPDX-License-Identifier: Apache-2.0
// The sentences of a report: its verdict, and what a reader must know before quoting a figure.
#include <fmt/format.h>

#include <algorithm>
#include <edgeeval/reporter.hpp>
#include <set>

#include "core/text.hpp"
#include "report/energy_findings.hpp"
#include "report/rows.hpp"
#include "stats/bootstrap.hpp"

namespace edgeeval {
namespace {

/// A variant that was served and scored, with what the verdict weighs.
struct Candidate {
  const VariantInfo* info = nullptr;
  std::vector<double> f1;
  double mean_f1 = 0.0;
  const MetricRow* energy = nullptr;
};

std::vector<Candidate> candidates_of(const StudyReport& report, const std::string& task) {
  std::vector<Candidate> candidates;
  for (const auto& variant : report.record.variants) {
    const auto scores = report.record.scores.find(variant.id);
    if (variant.task != task || scores == report.record.scores.end() || scores->second.empty()) continue;
    Candidate candidate{&variant, {}, 0.0, find_row(report, variant.id, "observed", "j_per_request")};
    for (const auto& score : scores->second) candidate.f1.push_back(score.f1);
    candidate.mean_f1 = *mean(candidate.f1);
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

/// A variant's name, with its model where the study has several.
std::string full_name(const StudyReport& report, const VariantInfo& variant) {
  return several_models(report) ? variant.model + " " + variant_name(variant) : variant_name(variant);
}

bool has_energy(const Candidate& candidate) {
  return candidate.energy != nullptr && candidate.energy->value.has_value();
}

/// Whether the data cannot tell that `worse` scores lower than `better`.
bool indistinguishable(const Candidate& better, const Candidate& worse) {
  const auto difference = paired_difference_interval(better.f1, worse.f1);
  return difference && difference->lo <= 0.0;
}

/// The cheapest in energy among those that the items cannot tell from the best in quality.
const Candidate& choose(const std::vector<Candidate>& candidates, const Candidate& best) {
  const Candidate* chosen = &best;
  for (const auto& candidate : candidates) {
    if (!has_energy(candidate) || !has_energy(*chosen) || !indistinguishable(best, candidate)) continue;
    if (candidate.energy->value->value < chosen->energy->value->value) chosen = &candidate;
  }
  return *chosen;
}

std::string difference_text(const Candidate& a, const Candidate& b) {
  const auto bounds = paired_difference_interval(a.f1, b.f1);
  const auto value = fmt::format("{:+.3f}", a.mean_f1 - b.mean_f1);
  return bounds ? fmt::format("{} [{:+.3f}, {:+.3f}]", value, bounds->lo, bounds->hi) : value;
}

/// "25 %", with the interval where all of it was measured: a model's is too wide to say anything of a ratio.
std::string energy_share_text(const StudyReport& report, const Candidate& chosen, const Candidate& best) {
  const auto ratio = request_energy_ratio(report, *chosen.info, *best.info);
  auto text = fmt::format("{:.0f} %", 100.0 * chosen.energy->value->value / best.energy->value->value);
  if (ratio && ratio->grade <= Grade::computed && ratio->lo && ratio->hi)
    text += fmt::format(" [{:.0f}, {:.0f}]", 100.0 * *ratio->lo, 100.0 * *ratio->hi);
  return text;
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
    if (energy != nullptr && energy->value && (least == nullptr || energy->value->value < least->value->value)) {
      least = energy;
      least_name = full_name(report, variant);
    }
  }
  if (best == nullptr)
    return fmt::format("No variant was served and scored on {}: there is nothing to choose from.", task);
  auto text = fmt::format("On {}, {} has the highest published score ({})", task, best_name, figure(best));
  if (least != nullptr) text += fmt::format(" and {} the least energy ({} J a request)", least_name, figure(least));
  return text + "; without scores of single items nothing tells which differences are real.";
}

std::string verdict_for(const StudyReport& report, const std::string& task) {
  const auto candidates = candidates_of(report, task);
  if (candidates.empty())
    return verdict_of_published(report, task);
  const auto& best = *std::max_element(candidates.begin(), candidates.end(),
                                       [](const auto& a, const auto& b) { return a.mean_f1 < b.mean_f1; });
  const auto& chosen = choose(candidates, best);
  const auto n = chosen.f1.size();
  auto text = fmt::format("On {}, {} is the one to take: token F1 {:.3f} over {} items", task,
                          full_name(report, *chosen.info), chosen.mean_f1, n);
  if (&chosen != &best) {
    text += fmt::format(", which these items cannot tell from {}'s {:.3f} (difference {})",
                        full_name(report, *best.info), best.mean_f1, difference_text(chosen, best));
  }
  if (has_energy(chosen)) {
    text += fmt::format(", at {} J a request", figure_with_interval(chosen.energy));
    if (&chosen != &best && has_energy(best)) {
      text += " (" + energy_share_text(report, chosen, best) + " of its energy)";
    }
  }
  return text + ".";
}

/// What adaptation did to the score, with the number of items.
std::vector<std::string> adaptation_effects(const StudyReport& report, const std::string& task) {
  std::vector<std::string> sentences;
  const auto candidates = candidates_of(report, task);
  for (const auto& base : candidates) {
    if (base.info->method != "none") continue;
    for (const auto& adapted : candidates) {
      const bool whole = adapted.info->precision == "fp16" || adapted.info->precision == "merged";
      if (adapted.info->method == "none" || adapted.info->model != base.info->model || !whole) continue;
      sentences.push_back(
          fmt::format("{} changes token F1 from the base's {:.3f} to {:.3f} on {}: {} over {} paired items "
                      "(95 % bootstrap).",
                      full_name(report, *adapted.info), base.mean_f1, adapted.mean_f1, task,
                      difference_text(adapted, base), adapted.f1.size()));
    }
  }
  return sentences;
}

void add_failures(const StudyReport& report, std::vector<std::string>& careful) {
  for (const auto& [id, stage] : report.record.stages) {
    if (stage.outcome == StageOutcome::failed)
      careful.push_back(
          fmt::format("Stage {} failed: {}.", id, stage.error ? stage.error->message : "no reason recorded"));
  }
  for (const auto& variant : report.record.variants) {
    const auto* failed = find_row(report, variant.id, "observed", "failed_requests");
    if (failed == nullptr || !failed->value || failed->value->value == 0.0) continue;
    careful.push_back(fmt::format("{}: {:.0f} requests failed and count as wrong answers.",
                                  full_name(report, variant), failed->value->value));
  }
}

bool has_published(const StudyReport& report) {
  return std::any_of(report.rows.begin(), report.rows.end(),
                     [](const MetricRow& row) { return row.value && row.value->grade == Grade::published; });
}

std::vector<std::string> cautions(const StudyReport& report, const std::vector<std::string>& tasks) {
  std::vector<std::string> careful;
  for (const auto& task : tasks) {
    for (auto& sentence : adaptation_effects(report, task)) careful.push_back(std::move(sentence));
  }
  for (auto& sentence : energy_cautions(report)) careful.push_back(std::move(sentence));
  add_failures(report, careful);
  std::set<std::string> notes;
  for (const auto& variant : report.record.variants) {
    if (!variant.note.empty() && notes.insert(variant.note).second)
      careful.push_back(variant.model + ": " + variant.note + (variant.note.ends_with('.') ? "" : "."));
  }
  careful.push_back("Break-even counts electricity only, as the paper does; prices are taken from the study.");
  if (!report.record.scores.empty())
    careful.push_back("The score in the paper's formulas is token F1, which stands in for its NLI score.");
  if (has_published(report))
    careful.push_back("Numbers marked † are published by others: no raw samples, no intervals. `edgeeval audit` asks "
                      "whether they hold together.");
  const auto killed = std::count_if(report.record.sittings.begin(), report.record.sittings.end(),
                                    [](const Sitting& s) { return s.how_ended == "killed"; });
  if (report.record.sittings.size() > 1) {
    careful.push_back(fmt::format("The run took {} sittings, {} of which did not come to their end.",
                                  report.record.sittings.size(), killed));
  }
  return careful;
}

}  // namespace

StudyReport make_report(RunRecord record) {
  StudyReport report{std::move(record), {}, {}, "", {}};
  report.rows = compute_metrics(report.record);
  report.ledger = life_cycle(report.record);
  std::vector<std::string> tasks;
  for (const auto& variant : report.record.variants) {
    if (std::find(tasks.begin(), tasks.end(), variant.task) == tasks.end()) tasks.push_back(variant.task);
  }
  std::vector<std::string> verdicts;
  for (const auto& task : tasks) verdicts.push_back(verdict_for(report, task));
  report.verdict = join(verdicts, " ");
  report.careful = cautions(report, tasks);
  return report;
}

}  // namespace edgeeval
