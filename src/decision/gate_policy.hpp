// SPDX-License-Identifier: Apache-2.0
// What a gate holds a run to: rules read strictly from a YAML file
#pragma once

#include <edgeeval/metrics.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "decision/mismatch.hpp"

namespace edgeeval {

/// What follows where a rule does not pass.
enum class Tier {
  hard,     ///< The gate blocks.
  soft,     ///< A warning; the gate does not block.
  monitor,  ///< It is told, and nothing follows.
};
[[nodiscard]] std::string_view to_string(Tier tier) noexcept;

/// One rule: a metric of the variants whose ids match is held to a limit, or to a baseline within a margin.
struct GateRule {
  std::size_t number = 1;  ///< From 1, in the order of the file.
  std::string where;       ///< "gate.yaml:4:5".
  std::string name;        ///< As the user called it; else made from metric and variant.
  std::string metric;
  std::string mode;           ///< Empty: the first mode that has the metric.
  std::string variant = "*";  ///< Pattern of variant ids: * and ?.
  Tier tier = Tier::hard;
  std::optional<Direction> direction;  ///< Absent: the metric table's.
  std::optional<double> limit;         ///< At least this where higher is better, at most where lower is.
  std::optional<double> margin;  ///< How much worse than the baseline it may be; a share where `percent`.
  bool percent = false;
  std::string baseline =
      "run";              ///< "run": the same variant of the baseline run; else a variant of the run itself.
  bool on_value = false;  ///< Decide on the value alone, not on the bad end of its interval.
};

/// A gate's policy.
struct GatePolicy {
  std::string file;
  std::vector<GateRule> rules;  ///< One at least.
  std::set<Concern> despite;    ///< What may differ between run and baseline.
};

/// Reads a policy (docs/gate.md). Errors: io; invalid_policy with file, line, column, key, what was found and
/// what is allowed: unknown keys (with near misses), rules without a limit or a margin, or with both, no rule
/// at all.
[[nodiscard]] Result<GatePolicy> read_policy(const std::filesystem::path& file);

/// The same from text; `name` stands in errors.
[[nodiscard]] Result<GatePolicy> parse_policy(const std::string& text, const std::string& name);

/// "token_f1 of *.int4 at least 0.3", "j_per_token of * at most 5 % worse than the baseline run".
[[nodiscard]] std::string to_text(const GateRule& rule);

}  // namespace edgeeval
