// SPDX-License-Identifier: Apache-2.0
#include "bench/search.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "catalog/serving_metrics.hpp"
#include "core/text.hpp"
#include "stats/order_ranks.hpp"

namespace edgeeval {
namespace {

constexpr double kStillRising = 1.10;  // Throughput gained by doubling the load, below which it is flat.

const Distribution* distribution_of(const ServingSummary& summary, const std::string& metric) {
  for (const auto& figure : summary.figures) {
    if (figure.metric == metric && figure.window == "whole" && figure.distribution)
      return &*figure.distribution;
  }
  return nullptr;
}

JudgedObjective judge_one(const ServingSummary& summary, const ServiceObjective& objective) {
  JudgedObjective judged{objective, ObjectiveState::insufficient, {}, {}};
  const auto* distribution = distribution_of(summary, objective.metric);
  if (distribution == nullptr) return judged;
  const auto found = std::find_if(distribution->quantiles.begin(), distribution->quantiles.end(),
                                  [&](const auto& q) { return std::abs(q.p - *objective.quantile) < 1e-9; });
  if (found == distribution->quantiles.end()) return judged;
  judged.value = found->value;
  judged.upper = found->upper_99;
  // A quantile beyond the limit has missed it, however few requests there were.
  if (found->value > objective.limit) {
    judged.state = ObjectiveState::missed;
  } else if (found->upper_99) {
    judged.state = *found->upper_99 <= objective.limit ? ObjectiveState::met : ObjectiveState::undecided;
  }
  return judged;
}

/// The bracket between the highest load that met and the lowest that did not.
class Bracket {
 public:
  explicit Bracket(const SearchRule& rule) : rule_(rule) {}

  void note(const StepOutcome& step) {
    if (step.met) {
      if (!met_ || step.load > *met_) met_ = step.load;
    } else if (!missed_ || step.load < *missed_) {
      missed_ = step.load;
    }
  }

  /// The next load to try; absent where the search has ended, `why` says how.
  std::optional<double> next(std::string& why) const {
    if (!missed_) {
      if (*met_ >= rule_.largest) return ended(why, "the largest load allowed still met the objectives");
      return std::min(*met_ * 2.0, rule_.largest);
    }
    const double low = met_.value_or(0.0);
    if (rule_.whole) {
      const double middle = std::floor((low + *missed_) / 2.0);
      if (middle <= low || middle >= *missed_ || middle < 1.0)
        return ended(why, "the next higher load missed");
      return middle;
    }
    if (*missed_ - low <= rule_.resolution * *missed_) return ended(why, "the bracket is narrow enough");
    const double lowest = rule_.first * rule_.lowest_share;
    if (!met_ && *missed_ <= lowest)
      return ended(why, "no rate below " + format_significant(lowest) + " req/s is tried");
    return met_ ? (low + *missed_) / 2.0 : std::max(*missed_ / 2.0, lowest);
  }

  [[nodiscard]] std::optional<double> met() const { return met_; }
  [[nodiscard]] std::optional<double> missed() const { return missed_; }

 private:
  static std::optional<double> ended(std::string& why, std::string reason) {
    why = std::move(reason);
    return std::nullopt;
  }
  const SearchRule& rule_;
  std::optional<double> met_, missed_;
};

/// Whether a step tells neither way: nothing was missed, and a quantile has no bound. A lower load would
/// bring fewer requests still.
bool cannot_tell(const StepOutcome& step) {
  const auto is = [](ObjectiveState state) { return [state](const auto& o) { return o.state == state; }; };
  return !step.met &&
         std::any_of(step.objectives.begin(), step.objectives.end(), is(ObjectiveState::insufficient)) &&
         std::none_of(step.objectives.begin(), step.objectives.end(), is(ObjectiveState::missed));
}

}  // namespace

std::uint64_t requests_to_judge(const std::vector<ServiceObjective>& objectives) {
  std::uint64_t most = 0;
  for (const auto& objective : objectives)
    if (objective.quantile) most = std::max<std::uint64_t>(most, early_stopping_samples(*objective.quantile));
  return most;
}

std::string_view to_string(ObjectiveState state) {
  switch (state) {
    case ObjectiveState::met:
      return "met";
    case ObjectiveState::missed:
      return "missed";
    case ObjectiveState::undecided:
      return "undecided";
    case ObjectiveState::insufficient:
      break;
  }
  return "insufficient";
}

Result<Throughput> throughput_of(const ServingSummary& summary) {
  const auto find = [&](std::string_view metric) -> Result<const ServingFigure*> {
    for (const auto& figure : summary.figures)
      if (figure.metric == metric && figure.window == "whole") return &figure;
    return fail(ErrorCode::internal, "a load's summary has no figure \"" + std::string(metric) + "\"");
  };
  const auto tokens = find(kOutputRate);
  if (!tokens) return tl::unexpected(tokens.error());
  const auto requests = find(kRequestRate);
  if (!requests) return tl::unexpected(requests.error());
  Throughput throughput;
  if ((*tokens)->fact) throughput.tokens = (*tokens)->fact->value;
  if ((*requests)->fact) throughput.requests = (*requests)->fact->value;
  return throughput;
}

std::vector<JudgedObjective> judge(const ServingSummary& summary,
                                   const std::vector<ServiceObjective>& objectives) {
  std::vector<JudgedObjective> judged;
  for (const auto& objective : objectives) {
    if (objective.quantile) judged.push_back(judge_one(summary, objective));
  }
  return judged;
}

Result<PeakFound> find_peak(const SearchRule& rule, const TryLoad& attempt) {
  PeakFound found;
  Bracket bracket(rule);
  std::optional<double> load = rule.first;
  while (load) {
    if (std::ssize(found.steps) >= rule.most_steps) {
      found.why = "the largest number of steps was reached";
      break;
    }
    auto step = attempt(*load);
    if (!step) return tl::unexpected(step.error());
    if (!step->client_fault.empty()) {
      const bool again = !found.steps.empty() && found.steps.back().load == *load;
      found.why =
          "the client, not the server, made " + std::string(again ? "both tries" : "a try") + " of " +
          (rule.whole ? format_round_trip(*load) + " in flight" : format_significant(*load) + " req/s") +
          " INVALID: " + step->client_fault;
      found.steps.push_back(std::move(*step));
      if (again) break;
      continue;
    }
    const bool undecidable = cannot_tell(*step);
    if (!undecidable) bracket.note(*step);
    found.steps.push_back(std::move(*step));
    if (undecidable) {
      found.why = "a step brought too few replies to judge the objectives by";
      break;
    }
    load = bracket.next(found.why);
  }
  found.peak = bracket.met();
  found.failed_at = bracket.missed();
  return found;
}

std::optional<double> next_sweep_step(const std::vector<std::pair<double, Throughput>>& tried,
                                      double largest) {
  if (tried.empty()) return 1.0;
  const auto& [last_load, last] = tried.back();
  if (last_load >= largest) return std::nullopt;
  if (tried.size() >= 2) {
    const auto& before = tried[tried.size() - 2].second;
    const bool counted = last.tokens && before.tokens;
    const double now = counted ? *last.tokens : last.requests;
    if (now <= (counted ? *before.tokens : before.requests) * kStillRising) return std::nullopt;
  }
  return std::min(last_load * 2.0, largest);
}

}  // namespace edgeeval
