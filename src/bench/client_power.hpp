// SPDX-License-Identifier: Apache-2.0
// Watts of a busy core, as bounds: what the client's own CPU time is to be priced at.
#pragma once

#include <edgeeval/record.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "probe/power_model.hpp"

namespace edgeeval {

/// What a CPU second of the client may cost, and where that is from.
struct CoreWatts {
  double lo = 0.0;
  double hi = 0.0;
  Grade grade = Grade::modelled;
  std::string source;
};

/// From a model of the CPU with `cpus` logical CPUs, `threads_per_core` of which share a core. Low: a third
/// of the model's slope, since published models disagree by a factor of 2 to 3 at middle load
/// (power_model.hpp). High: all that the model allows a logical CPU, idle share included, and where its
/// siblings rest their shares too.
[[nodiscard]] CoreWatts core_watts(const PowerModel& model, int cpus, int threads_per_core);

/// From a window over the load in which the CPU's energy was measured: joules ÷ busy CPU seconds of the whole
/// machine (`cpu_utilisation` · `cpus` · duration). Low: net joules where the window has them, at their lower
/// bound, else the model's low; high: gross joules at their upper bound, so that the client bears its part of
/// what the CPU draws at rest. Absent where the CPU's energy was not measured, or the machine was less than 1
/// % busy.
[[nodiscard]] std::optional<CoreWatts> core_watts(const WindowRecord& window, int cpus,
                                                  const CoreWatts& model);

/// The best there is for this machine: from `window` where it does, else from the model that doctor shows for
/// this CPU. Absent where CPU times cannot be read. `root` is where proc/ and sys/ are read below.
[[nodiscard]] std::optional<CoreWatts> client_core_watts(const std::optional<WindowRecord>& window,
                                                         const std::filesystem::path& root = "/");

}  // namespace edgeeval
