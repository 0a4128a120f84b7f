// SPDX-License-Identifier: Apache-2.0
// Figures over several cold starts, and the report of them as JSON.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "bench/cold_start.hpp"
#include "core/json.hpp"

namespace edgeeval {

/// The first request whose latency is at most (1 + share) of the steady one, and that one: the median of the
/// later half of all that succeeded. Nothing where fewer than four did.
struct Settled {
  int number = 1;  ///< The first request is 1.
  double ended_s = 0.0;
  double steady_s = 0.0;
};
[[nodiscard]] std::optional<Settled> settled(const std::vector<SettleRequest>& requests, double share);

/// Over the starts that succeeded: moments from the spawn (s), lengths of phases (s), joules of phases, peak
/// memory (B). Figures that no start has are left out.
[[nodiscard]] std::vector<StartFigure> start_figures(const std::vector<ColdStartRepeat>& repeats);

/// The whole report; keys carry units, absent is absent.
[[nodiscard]] Json to_json(const ColdStartReport& report);

}  // namespace edgeeval
