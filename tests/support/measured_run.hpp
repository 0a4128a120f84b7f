// SPDX-License-Identifier: Apache-2.0
// The sample run on a server with sensors, and on a virtual machine where only its board has one.
#pragma once

#include <edgeeval/record.hpp>

namespace edgeeval {

/// The sample run with the joules of every window told by two boards (gpu0 70 %, gpu1 10 %), a package with its cores
/// (15 %), memory (5 %), the platform's domain, and, where asked for, a wall meter that shows 125 % of the parts.
/// Boards: own bounds 1 %, gain 5 %. "lora-int4" draws half of what the others do while it serves.
[[nodiscard]] RunRecord measured_run(bool wall);

/// The sample run on a board with a counter (80 % of the joules, measured) and a modelled CPU (20 %); with troubles:
/// the board's counter was reset while serving "lora-int8" and disagrees with its power while serving "lora-int4",
/// and it vanished while serving "qlora"; samples of "base" cover 80 %.
[[nodiscard]] RunRecord mixed_run();

}  // namespace edgeeval
