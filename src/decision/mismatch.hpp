// SPDX-License-Identifier: Apache-2.0
// What keeps two runs from being compared: what differs between them that no verdict should hide
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "decision/result_set.hpp"

namespace edgeeval {

/// What a difference is about. Each has a word by which a user allows it.
enum class Concern {
  energy,    ///< Joules were read of other things: sources, boundary, domains without a source.
  workload,  ///< Other questions, answers, prompts, concurrency or limits.
  tokens,    ///< Requests of another length: mean output tokens 5 % apart, or other prompt tokens.
  grades,    ///< One figure was measured and the other modelled, published or assumed.
  model,     ///< The same model is named, and its file is another.
  prices,    ///< Other prices or assumptions of a decision, where a metric rests on them.
  version,   ///< Made by another major version of EdgeEval.
};

/// "energy", "workload", …
[[nodiscard]] std::string_view to_string(Concern concern) noexcept;
/// The concern with this word.
[[nodiscard]] std::optional<Concern> concern_from(std::string_view word) noexcept;
/// All of them, in order.
[[nodiscard]] const std::vector<Concern>& all_concerns();

/// One thing that differs, with both values.
struct Mismatch {
  Concern concern = Concern::workload;
  std::string variant;  ///< Of the second run; empty where it is the whole run's.
  std::string what;     ///< "load.concurrency".
  std::string a, b;
};

/// A metric as rows name it.
struct MetricName {
  std::string mode;
  std::string id;
};

/// What differs between two variants, and between their runs, that bears on `metrics`.
[[nodiscard]] std::vector<Mismatch> mismatches(const Side& a, const Side& b,
                                               const std::vector<MetricName>& metrics);

/// What else differs and may be just what is being compared: machine, engine, adapted weights. One sentence
/// each.
[[nodiscard]] std::vector<std::string> remarks(const Side& a, const Side& b);

}  // namespace edgeeval
