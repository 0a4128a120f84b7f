// SPDX-License-Identifier: Apache-2.0
// Joules added up so that none is counted twice.
#pragma once

#include <edgeeval/record.hpp>
#include <optional>

namespace edgeeval {

/// The energy of a window (J): the sum over the sources that no other source of the window contains, so a
/// package is counted and its cores are not. Bounds are summed (a source without any counts as exact; an
/// upper bound is absent where one source has only a lower one). The grade is the weakest summed; a sum of
/// several is never stronger than computed. Absent where the window has no energy.
[[nodiscard]] std::optional<Fact> total_energy(const WindowRecord& window);

}  // namespace edgeeval
