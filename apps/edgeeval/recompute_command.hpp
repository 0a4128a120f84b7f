// SPDX-License-Identifier: Apache-2.0
// Adds `edgeeval recompute RUN --as TOOL`: a load's raw record under other tools' definitions.
#pragma once

#include <CLI/CLI.hpp>

#include "subcommand.hpp"

namespace edgeeval {

/// Adds the subcommand to `app`; choosing it sets `chosen`.
void register_recompute(CLI::App& app, Subcommand& chosen);

}  // namespace edgeeval
