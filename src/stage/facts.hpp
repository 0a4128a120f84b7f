// SPDX-License-Identifier: Apache-2.0
// Facts a stage observes with clocks and kernel counters.
#pragma once

#include <edgeeval/record.hpp>
#include <string>

namespace edgeeval {

/// A number read from a clock or a counter; `source` says which.
[[nodiscard]] inline Fact observed(double value, std::string unit, std::string source) {
  return Fact{value, std::move(unit), {}, {}, Grade::measured, {std::move(source)}};
}

}  // namespace edgeeval
