// SPDX-License-Identifier: Apache-2.0
// A study's decision as JSON: scenario, inputs with their origins, outcomes, bands, levers, findings.
#pragma once

#include "core/json.hpp"
#include "decision/decision.hpp"

namespace edgeeval {

/// The value of "decision" in results.json.
[[nodiscard]] Json to_json(const StudyDecision& decision);

/// One variant's part of it.
[[nodiscard]] Json to_json(const VariantDecision& variant);

/// Name, seed, draws, sets of rows in use and shared inputs of a scenario.
[[nodiscard]] Json to_json(const CostScenario& scenario);

}  // namespace edgeeval
