// SPDX-License-Identifier: Apache-2.0
// What the paper says of its own figures, and what the figures say.
#pragma once

#include <string>
#include <vector>

#include "paper/published_metrics.hpp"

namespace edgeeval::paper {

/// One statement checked.
struct Claim {
  std::string id;
  std::string statement;              ///< What the paper says.
  std::string statistic;              ///< The statistic of the tables that comes nearest.
  std::string value;                  ///< Its value.
  std::string verdict;                ///< "holds", "holds only as …" or "does not hold …".
  std::vector<std::string> evidence;  ///< The rows behind it, one a line.
};

/// Checks the paper's six headline statements against `variants`. A statement whose rows are not in the
/// tables (those of another study) is left out. What a verdict says of the sample rests on the `context`'s
/// quality_items, and is left out without them.
[[nodiscard]] std::vector<Claim> check_claims(const std::vector<PublishedVariant>& variants,
                                              const StudyContext& context = {});

}  // namespace edgeeval::paper
