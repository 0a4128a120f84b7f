// SPDX-License-Identifier: Apache-2.0
// A formula over facts: value, interval, grade and sources together.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/variant_facts.hpp"

namespace edgeeval {

/// A formula of plain numbers in the order of its facts; nothing where it has no value there ("never").
using Formula = std::function<std::optional<double>(std::span<const double>)>;

/// Evaluates `formula` at the facts' values, and at every corner of their intervals for bounds: exact where
/// the formula is monotone in each fact, as all of ours are. A corner without a value leaves the upper bound
/// open, and so does a fact that is open above where the formula grows with it. The grade is the weakest of the facts', at best computed. Where a fact is absent, its reason; where
/// the value is, `never`.
[[nodiscard]] MaybeFact propagate(const std::vector<MaybeFact>& facts, const std::string& unit,
                                  const Formula& formula,
                                  const std::string& never = "the formula has no value here");

}  // namespace edgeeval
