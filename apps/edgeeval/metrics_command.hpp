// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "subcommand.hpp"

namespace edgeeval {

/// Adds `edgeeval metrics [ID]`: every metric with its unit, formula and source.
void register_metrics(CLI::App& app, Subcommand& chosen);

}  // namespace edgeeval
