// SPDX-License-Identifier: Apache-2.0
// The published study's break-even as the paper counts it, and with rent, idle machines and an API of the
// same size.
#pragma once

#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <vector>

#include "decision/decision.hpp"

namespace edgeeval {

/// One variant under ever more of its costs.
struct HonestVariant {
  VariantInfo info;
  std::string absent_reason;    ///< Set where it cannot be reckoned; then only the paper's figure may hold.
  std::optional<double> paper;  ///< N_break: electricity alone, the API at the paper's 0.00125 USD a request.
  std::optional<double> full_use;  ///< N*: rent of the machine, used at capacity day and night; the same API.
  std::optional<double> always_on;  ///< N*: rent and idle at the scenario's demand; the same API.
  std::string api;                  ///< The API model of about the same size.
  VariantDecision decision;         ///< Against that API under the whole scenario, with its bands.
};

/// A price with its source.
struct PriceSource {
  std::string key, value, source;
};

/// The study in honest mode.
struct HonestPaper {
  std::string study;
  CostScenario scenario;
  std::string boundary;
  std::vector<HonestVariant> variants;
  std::vector<PriceSource> prices;       ///< Every assumption in use, each with its source.
  std::vector<std::string> differences;  ///< Why the numbers differ from the paper's.
};

/// Reckons `record`, a published study's, under `scenario`. Errors: usage where the tables lack an API of a
/// size.
[[nodiscard]] Result<HonestPaper> honest_paper(const RunRecord& record, const CostScenario& scenario);

/// For a terminal, for a pull request, for programs.
[[nodiscard]] std::string honest_console(const HonestPaper& paper);
[[nodiscard]] std::string honest_markdown(const HonestPaper& paper);
[[nodiscard]] std::string honest_json(const HonestPaper& paper);
[[nodiscard]] std::string honest_csv(const HonestPaper& paper);

}  // namespace edgeeval
