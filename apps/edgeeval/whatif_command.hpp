// SPDX-License-Identifier: Apache-2.0
// Adds `edgeeval whatif RUN KEY=VALUE…`: the decision before and after a change of its assumptions.
#pragma once

#include <CLI/CLI.hpp>

#include "subcommand.hpp"

namespace edgeeval {

/// Adds the subcommand to `app`; choosing it sets `chosen`.
void register_whatif(CLI::App& app, Subcommand& chosen);

}  // namespace edgeeval
