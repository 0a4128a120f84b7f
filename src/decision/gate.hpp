// SPDX-License-Identifier: Apache-2.0
// A run held to a policy: what passes, what blocks and why
#pragma once

#include <edgeeval/metrics.hpp>
#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decision/difference.hpp"
#include "decision/gate_policy.hpp"
#include "decision/result_set.hpp"

namespace edgeeval {

/// How a rule came out on one variant. Only `pass` is a pass.
enum class GateOutcome {
  pass,       ///< The bad end of the interval is on the good side of the limit, or within the margin.
  fail,       ///< Even the good end is on the bad side.
  undecided,  ///< The interval lies across the limit or margin, or there is none.
  absent,     ///< There is no figure, or no variant, to decide on.
  invalid,    ///< A figure that cannot be trusted: not finite, an interval that does not hold it, a failed
              ///< stage.
  unknown,    ///< No such metric: the policy is wrong, so the gate blocks whatever the tier.
  not_comparable,  ///< Run and baseline differ in what a verdict would hide.
};
[[nodiscard]] std::string_view to_string(GateOutcome outcome) noexcept;

/// One rule on one variant.
struct GateCheck {
  GateRule rule;        ///< With its direction, where one is known.
  std::string variant;  ///< Empty where no variant matched, or the metric is unknown.
  std::string unit;
  std::optional<Fact> value, baseline;
  std::optional<Difference> difference;  ///< value − baseline, of a rule with a margin.
  std::optional<double> allowed;         ///< The limit, or the margin in the metric's unit.
  GateOutcome outcome = GateOutcome::absent;
  std::string reason;
};

/// Whether the gate blocks on this check.
[[nodiscard]] bool blocks(const GateCheck& check) noexcept;

/// A run against a policy.
struct GateReport {
  std::string run, study, policy;
  std::string baseline;  ///< Empty where none was given.
  std::vector<GateCheck> checks;
  std::vector<std::string> warnings;  ///< "the policy has no hard rule: …"
};

/// Whether any check blocks.
[[nodiscard]] bool blocked(const GateReport& report) noexcept;

/// Holds `run` to `policy`; `baseline` may be null where no rule needs it. Errors: usage (a rule needs a
/// baseline run and there is none).
[[nodiscard]] Result<GateReport> evaluate(const GatePolicy& policy, const ResultSet& run,
                                          const ResultSet* baseline);

/// One made-worse copy of a run's figures before one rule.
struct GateProbe {
  GateRule rule;
  std::string variant;
  std::string what;  ///< "worst", "absent", "not a number", "unsure".
  bool blocks = false;
  std::string reason;  ///< What the gate said.
};

/// Whether each hard rule of a policy can block at all.
struct GateSelfTest {
  std::vector<GateProbe> probes;
  std::vector<std::string> problems;  ///< Rules that cannot be tried: no such metric, no variant, no figure.
};

/// Whether every probe blocked, and there was one.
[[nodiscard]] bool can_block(const GateSelfTest& test) noexcept;

/// Holds copies of the run's own figures to each hard rule: at the worst that the metric can be, without a
/// value, not a number, and with an interval that holds both good and bad. Errors as of evaluate().
[[nodiscard]] Result<GateSelfTest> self_test(const GatePolicy& policy, const ResultSet& run,
                                             const ResultSet* baseline);

}  // namespace edgeeval
