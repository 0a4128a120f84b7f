// SPDX-License-Identifier: Apache-2.0
// What a subcommand is to main: something CLI11 chooses and main calls.
#pragma once

#include <functional>

namespace edgeeval {

/// The work of the chosen subcommand; returns the process exit code.
using Subcommand = std::function<int()>;

}  // namespace edgeeval
