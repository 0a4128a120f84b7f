// SPDX-License-Identifier: Apache-2.0
// What was asked of a variant, how much it answered, and which joules were read meanwhile
#pragma once

#include <map>
#include <optional>
#include <string>

#include "decision/result_set.hpp"

namespace edgeeval {

/// As far as the results tell.
struct WorkloadOf {
  std::optional<double> items;  ///< How many were scored, or asked where none was scored.
  std::map<std::string, std::string>
      gold;  ///< The right answers by item id; empty where items are not known.
  std::map<std::string, double> prompt_tokens;  ///< By item id, of answered requests.
  std::optional<double> output_tokens;          ///< Mean of an answered request.
};

/// Gathers it.
[[nodiscard]] WorkloadOf workload_of(const Side& side);

/// The sources whose joules are added up for the load (for the adaptation where nothing was served), with
/// their boundaries, and the domains that gave none: "cpu-model (vcpu) + memory-model (memory)". Absent where
/// no energy is.
[[nodiscard]] std::optional<std::string> energy_boundary_of(const Side& side);

/// A window of a variant's stage of that kind; null where there is none. `stage` is "load" or "start" (of the
/// serve stage) or a kind whose one window has its name.
[[nodiscard]] const WindowRecord* find_window(const Side& side, const std::string& name);

/// The SHA-256 of the model file that a stage made, or nothing.
[[nodiscard]] std::optional<std::string> model_digest(const RunRecord& record, const std::string& stage);

/// The id of the variant's stage of a kind ("import", "adapt"), or nothing.
[[nodiscard]] std::optional<std::string> find_stage(const Side& side, const std::string& kind);

}  // namespace edgeeval
