// SPDX-License-Identifier: Apache-2.0
#include "decision/gate.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/text.hpp"
#include "decision/compare.hpp"

namespace edgeeval {
namespace {

bool matches(const std::string& pattern, const std::string& id) {
  return pattern == id || ::fnmatch(pattern.c_str(), id.c_str(), 0) == 0;
}

std::string shown(double value) { return fmt::format("{:.4g}", value); }

std::string interval_of(const Estimated& figure) {
  return fmt::format("[{}, {}]", figure.lo ? shown(*figure.lo) : "−∞", figure.hi ? shown(*figure.hi) : "∞");
}

/// Why a figure cannot be trusted; empty where it can.
std::string distrust(const Fact& fact) {
  const bool finite = std::isfinite(fact.value) && (!fact.lo || std::isfinite(*fact.lo)) &&
                      (!fact.hi || std::isfinite(*fact.hi));
  if (!finite) return "the figure is not a finite number";
  if ((fact.lo && *fact.lo > fact.value) || (fact.hi && *fact.hi < fact.value))
    return fmt::format("the interval {} does not hold the value {}",
                       interval_of({fact.value, fact.lo, fact.hi}), shown(fact.value));
  return {};
}

/// The stage that kept a variant from being whole; empty where all ended well.
std::string broken_stage(const Side& side) {
  for (const auto& id : side.variant->stages) {
    const auto found = side.results->record.stages.find(id);
    if (found == side.results->record.stages.end() || found->second.outcome == StageOutcome::finished)
      continue;
    const auto& error = found->second.error;
    return fmt::format("stage {} {}{}", id,
                       found->second.outcome == StageOutcome::failed ? "failed" : "was skipped",
                       error ? ": " + error->message : std::string());
  }
  return {};
}

/// Decides one rule on the variants of a run.
class RuleCheck {
 public:
  RuleCheck(const GatePolicy& policy, GateRule rule, const ResultSet& run, const ResultSet* baseline)
      : policy_(policy), rule_(std::move(rule)), run_(run), baseline_(baseline) {}

  std::vector<GateCheck> take() {
    if (auto problem = unknown_metric()) return {std::move(*problem)};
    std::vector<GateCheck> checks;
    for (const auto& variant : run_.record.variants) {
      // Beside itself a variant is neither better nor worse.
      const bool itself = rule_.margin && variant.id == rule_.baseline;
      if (!itself && matches(rule_.variant, variant.id)) checks.push_back(on({&run_, &variant}));
    }
    if (checks.empty()) checks.push_back(made({}, GateOutcome::absent, no_variant()));
    return checks;
  }

 private:
  GateCheck made(const std::string& variant, GateOutcome outcome, std::string reason) const {
    GateCheck check;
    check.rule = rule_;
    check.variant = variant;
    check.outcome = outcome;
    check.reason = std::move(reason);
    return check;
  }

  /// The check that blocks where the metric is not known, or nothing says which way is better.
  std::optional<GateCheck> unknown_metric() {
    std::vector<std::string> ids;
    for (const auto& metric : compared_metrics()) {
      if (rule_.mode.empty() || metric.mode == rule_.mode) ids.push_back(metric.id);
    }
    for (const auto& row : run_.rows) {
      if (rule_.mode.empty() || row.mode == rule_.mode) ids.push_back(row.metric);
    }
    if (std::find(ids.begin(), ids.end(), rule_.metric) == ids.end()) {
      auto reason = fmt::format("there is no metric \"{}\"", rule_.metric);
      if (!rule_.mode.empty()) reason += " of mode " + rule_.mode;
      if (const auto close = nearest(rule_.metric, ids); !close.empty())
        reason += "; did you mean \"" + close + "\"?";
      return made({}, GateOutcome::unknown, reason);
    }
    metric_ = compared_metric(rule_.mode, rule_.metric);
    if (!rule_.direction) rule_.direction = metric_.better;
    if (rule_.direction) return std::nullopt;
    return made({}, GateOutcome::unknown,
                fmt::format("nothing says whether more or less of {} is better: give the rule its direction",
                            rule_.metric));
  }

  std::string no_variant() const {
    std::vector<std::string> ids;
    for (const auto& variant : run_.record.variants) ids.push_back(variant.id);
    auto reason = fmt::format("no variant matches \"{}\"; there are {}", rule_.variant, join(ids, ", "));
    if (const auto close = nearest(rule_.variant, ids); !close.empty())
      reason += "; did you mean \"" + close + "\"?";
    return reason;
  }

  GateCheck on(const Side& side) const {
    auto check = made(side.variant->id, GateOutcome::absent, {});
    const auto* row = find_row(run_, side.variant->id, rule_.mode, rule_.metric);
    if (const auto broken = broken_stage(side); !broken.empty()) {
      check.outcome = GateOutcome::invalid;
      check.reason = broken;
      return check;
    }
    if (row == nullptr || !row->value) {
      check.reason = row == nullptr ? "the run has no such row" : row->absent_reason;
      return check;
    }
    check.value = row->value;
    check.unit = row->value->unit;
    if (auto problem = distrust(*row->value); !problem.empty()) {
      check.outcome = GateOutcome::invalid;
      check.reason = std::move(problem);
      return check;
    }
    rule_.limit ? hold_to_limit(check) : hold_to_baseline(check, side, row->mode);
    return check;
  }

  /// The figure as the rule takes it: without an interval where it decides on the value, or the metric has no
  /// chance.
  Estimated taken(const Fact& fact) const {
    if (rule_.on_value || metric_.evidence == Evidence::exact) return {fact.value, fact.value, fact.value};
    return {fact.value, fact.lo, fact.hi};
  }

  void hold_to_limit(GateCheck& check) const {
    const auto figure = taken(*check.value);
    const double limit = *rule_.limit;
    const bool higher = *rule_.direction == Direction::higher_is_better;
    check.allowed = limit;
    const auto& bad_end = higher ? figure.lo : figure.hi;
    const auto& good_end = higher ? figure.hi : figure.lo;
    const auto holds = [&](double value) { return higher ? value >= limit : value <= limit; };
    const char* side = higher ? "at least" : "at most";
    if (bad_end && holds(*bad_end)) {
      check.outcome = GateOutcome::pass;
      check.reason = fmt::format("{} {} is {} {}", rule_.on_value ? "the value" : "the whole of",
                                 interval_of(figure), side, shown(limit));
    } else if (good_end && !holds(*good_end)) {
      check.outcome = GateOutcome::fail;
      check.reason = fmt::format("nothing of {} is {} {}", interval_of(figure), side, shown(limit));
    } else {
      check.outcome = GateOutcome::undecided;
      check.reason = !figure.lo && !figure.hi
                         ? "the figure has no interval; `bound: value` would decide on the value alone"
                         : fmt::format("{} lies across {}", interval_of(figure), shown(limit));
    }
  }

  /// The other side of a rule with a margin; the reason where there is none.
  std::optional<Side> other_side(const Side& side, std::string& reason) const {
    const bool same_run = rule_.baseline != "run";
    const auto& results = same_run ? run_ : *baseline_;
    const auto& id = same_run ? rule_.baseline : side.variant->id;
    if (const auto* variant = find_variant(results, id)) return Side{&results, variant};
    reason =
        fmt::format("{} has no variant \"{}\"", same_run ? "the run" : "the baseline " + results.name, id);
    return std::nullopt;
  }

  /// `mode` is that of the run's own row: a rule that names none holds like to like.
  void hold_to_baseline(GateCheck& check, const Side& side, const std::string& mode) const {
    const auto other = other_side(side, check.reason);
    if (!other) return;
    if (const auto broken = broken_stage(*other); !broken.empty()) {
      check.outcome = GateOutcome::invalid;
      check.reason = "in the baseline, " + broken;
      return;
    }
    const auto* row = find_row(*other->results, other->variant->id, mode, rule_.metric);
    if (row == nullptr || !row->value) {
      check.reason =
          "absent in the baseline: " + (row == nullptr ? std::string("no such row") : row->absent_reason);
      return;
    }
    check.baseline = row->value;
    if (auto problem = distrust(*row->value); !problem.empty()) {
      check.outcome = GateOutcome::invalid;
      check.reason = "in the baseline, " + problem;
      return;
    }
    if (differs(check, *other, side, mode)) return;
    weigh(check, *other, side, mode);
  }

  /// Whether run and baseline differ in what the policy does not let pass; then says so.
  bool differs(GateCheck& check, const Side& other, const Side& side, const std::string& mode) const {
    std::vector<std::string> lines;
    for (const auto& one : mismatches(other, side, {{mode, rule_.metric}})) {
      if (!policy_.despite.contains(one.concern))
        lines.push_back(std::string(to_string(one.concern)) + ": " + to_text(one));
    }
    if (lines.empty()) return false;
    check.outcome = GateOutcome::not_comparable;
    check.reason = "run and baseline differ in " + join(lines, "; ");
    return true;
  }

  void weigh(GateCheck& check, const Side& other, const Side& side, const std::string& mode) const {
    auto metric = metric_;
    metric.mode = mode;
    auto difference = difference_of(other, side, metric);
    if (rule_.on_value) {
      const double moved = difference.value.value;
      difference.value = {moved, moved, moved};
      difference.note.clear();
    }
    const double margin = rule_.percent ? *rule_.margin * std::abs(check.baseline->value) : *rule_.margin;
    check.allowed = margin;
    const auto text = interval_of(difference.value);
    if (not_worse(difference.value, margin, *rule_.direction)) {
      check.outcome = GateOutcome::pass;
      check.reason = fmt::format("the difference {} is not worse than {}", text, shown(margin));
    } else if (verdict_on(difference.value, margin, *rule_.direction) == Verdict::worse) {
      check.outcome = GateOutcome::fail;
      check.reason = fmt::format("the difference {} is worse than {}", text, shown(margin));
    } else {
      check.outcome = GateOutcome::undecided;
      check.reason = difference.note.empty()
                         ? fmt::format("the difference {} lies across {}", text, shown(margin))
                         : difference.note + "; `bound: value` would decide on the values alone";
    }
    check.difference = std::move(difference);
  }

  const GatePolicy& policy_;
  GateRule rule_;
  const ResultSet& run_;
  const ResultSet* baseline_;
  ComparedMetric metric_;
};

}  // namespace

std::string_view to_string(GateOutcome outcome) noexcept {
  switch (outcome) {
    case GateOutcome::pass:
      return "pass";
    case GateOutcome::fail:
      return "fail";
    case GateOutcome::undecided:
      return "undecided";
    case GateOutcome::absent:
      return "absent";
    case GateOutcome::unknown:
      return "unknown";
    case GateOutcome::not_comparable:
      return "not_comparable";
    case GateOutcome::invalid:
      break;
  }
  return "invalid";
}

bool blocks(const GateCheck& check) noexcept {
  if (check.outcome == GateOutcome::unknown) return true;
  return check.rule.tier == Tier::hard && check.outcome != GateOutcome::pass;
}

bool blocked(const GateReport& report) noexcept {
  return std::any_of(report.checks.begin(), report.checks.end(),
                     [](const GateCheck& check) { return blocks(check); });
}

Result<GateReport> evaluate(const GatePolicy& policy, const ResultSet& run, const ResultSet* baseline) {
  GateReport report;
  report.run = run.name;
  report.study = run.record.study;
  report.policy = policy.file;
  if (baseline != nullptr) report.baseline = baseline->name;
  bool hard = false;
  for (const auto& rule : policy.rules) {
    if (rule.margin && rule.baseline == "run" && baseline == nullptr)
      return fail(
          ErrorCode::usage,
          fmt::format("rule {} ({}) holds the run to a baseline, and none is given", rule.number, rule.name),
          rule.where, "Give --baseline RUN, or in the rule `baseline: VARIANT` of the run itself.");
    hard = hard || rule.tier == Tier::hard;
    auto checks = RuleCheck(policy, rule, run, baseline).take();
    report.checks.insert(report.checks.end(), checks.begin(), checks.end());
  }
  if (!hard) report.warnings.emplace_back("the policy has no hard rule: this gate blocks on no figure");
  return report;
}

}  // namespace edgeeval
