// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "decision/gate.hpp"

namespace edgeeval {
namespace {

/// Changes one figure of a copy.
using Spoil = std::function<void(MetricRow&)>;

/// The run's rows alone: single requests, scores and energies would speak of the figures as they were.
ResultSet figures_of(const ResultSet& run) {
  ResultSet copy = run;
  copy.record.requests.clear();
  copy.record.scores.clear();
  copy.items_known = false;
  for (auto& [id, stage] : copy.record.stages) stage.windows.clear();
  return copy;
}

/// Ten times all that a rule speaks of.
double far_out(const GateCheck& check) {
  double largest = std::abs(check.value->value);
  if (check.baseline) largest = std::max(largest, std::abs(check.baseline->value));
  const double allowed = std::abs(check.rule.limit.value_or(check.rule.margin.value_or(0.0)));
  return 10.0 * (check.rule.percent ? largest * (1.0 + allowed) : largest + allowed) + 1.0;
}

/// The least that the metric can be: nothing, unless it can be negative.
double least_of(const GateCheck& check) {
  return compared_metric(check.rule.mode, check.rule.metric).negative ? -far_out(check) : 0.0;
}

double worst_of(const GateCheck& check) {
  return *check.rule.direction == Direction::higher_is_better ? least_of(check) : far_out(check);
}

double best_of(const GateCheck& check) {
  return *check.rule.direction == Direction::higher_is_better ? far_out(check) : least_of(check);
}

/// Tries one rule on one variant.
class Trial {
 public:
  Trial(const GatePolicy& policy, const ResultSet& figures, const ResultSet* baseline, const GateCheck& check,
        GateSelfTest& test)
      : policy_(policy), figures_(figures), baseline_(baseline), check_(check), test_(test) {}

  void run() {
    const double worst = worst_of(check_);
    const double best = best_of(check_);
    attempt("worst", [&](MetricRow& row) {
      row.value->value = worst;
      row.value->lo = row.value->hi = worst;
    });
    attempt("absent", [](MetricRow& row) {
      row.value.reset();
      row.absent_reason = "taken out by the self-test";
    });
    attempt("not a number",
            [](MetricRow& row) { row.value->value = std::numeric_limits<double>::quiet_NaN(); });
    // A rule that decides on the value alone is not meant to look at the interval.
    const bool chance = compared_metric(check_.rule.mode, check_.rule.metric).evidence != Evidence::exact;
    if (check_.rule.on_value || !chance) return;
    attempt("unsure", [&](MetricRow& row) {
      row.value->lo = std::min({worst, best, row.value->value});
      row.value->hi = std::max({worst, best, row.value->value});
    });
  }

 private:
  void attempt(const char* what, const Spoil& spoil) {
    ResultSet copy = figures_;
    for (auto& row : copy.rows) {
      const bool mode = check_.rule.mode.empty() || row.mode == check_.rule.mode;
      if (row.variant == check_.variant && row.metric == check_.rule.metric && mode && row.value) spoil(row);
    }
    GatePolicy alone;
    alone.file = policy_.file;
    alone.rules = {check_.rule};
    alone.rules.front().variant = check_.variant;
    // What differs between run and baseline would block by itself and prove nothing of the figure.
    alone.despite.insert(all_concerns().begin(), all_concerns().end());
    const auto report = evaluate(alone, copy, baseline_);
    GateProbe probe{check_.rule, check_.variant, what, false, {}};
    if (report) {
      probe.blocks = blocked(*report);
      probe.reason = report->checks.front().reason;
    } else {
      probe.reason = report.error().message;
    }
    test_.probes.push_back(std::move(probe));
  }

  const GatePolicy& policy_;
  const ResultSet& figures_;
  const ResultSet* baseline_;
  const GateCheck& check_;
  GateSelfTest& test_;
};

}  // namespace

bool can_block(const GateSelfTest& test) noexcept {
  return !test.probes.empty() && test.problems.empty() &&
         std::all_of(test.probes.begin(), test.probes.end(),
                     [](const GateProbe& probe) { return probe.blocks; });
}

Result<GateSelfTest> self_test(const GatePolicy& policy, const ResultSet& run, const ResultSet* baseline) {
  const auto report = evaluate(policy, run, baseline);
  if (!report) return tl::unexpected(report.error());
  const auto figures = figures_of(run);
  std::optional<ResultSet> baseline_figures;
  if (baseline != nullptr) baseline_figures = figures_of(*baseline);
  GateSelfTest test;
  bool hard = false;
  for (const auto& check : report->checks) {
    hard = hard || check.rule.tier == Tier::hard;
    if (check.rule.tier != Tier::hard) continue;
    const bool figures_are_there =
        check.value && check.outcome != GateOutcome::invalid && check.outcome != GateOutcome::absent;
    if (!figures_are_there) {
      test.problems.push_back(
          fmt::format("rule {} ({}) cannot be tried on {}: {}", check.rule.number, check.rule.name,
                      check.variant.empty() ? "any variant" : check.variant, check.reason));
      continue;
    }
    Trial(policy, figures, baseline_figures ? &*baseline_figures : nullptr, check, test).run();
  }
  if (!hard) test.problems.emplace_back("the policy has no hard rule: nothing can block");
  return test;
}

}  // namespace edgeeval
