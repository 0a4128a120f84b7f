// SPDX-License-Identifier: Apache-2.0
// What it took to make a variant once: time and joules of all stages that it rests on.
#pragma once

#include <edgeeval/record.hpp>
#include <string>
#include <vector>

#include "metrics/variant_facts.hpp"

namespace edgeeval {

/// The cost of making a variant.
struct MakingCost {
  Fact seconds;                      ///< Of import, adapt, merge and quantize together (s).
  Fact joules;                       ///< Of the same (J), as far as they are known.
  std::vector<std::string> missing;  ///< "quantize: no energy source was read": what is not in.
};

/// Adds up the stages of `variant`. A stage that other variants share counts in full, since each could be the
/// only one that is deployed.
[[nodiscard]] MakingCost making_cost(const RunRecord& record, const VariantInfo& variant);

}  // namespace edgeeval
