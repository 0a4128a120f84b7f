// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "subcommand.hpp"

namespace edgeeval {

/// Adds `edgeeval run STUDY`: plans, runs (or goes on), reports. Exit codes: docs/exit-codes.md.
void register_run(CLI::App& app, Subcommand& chosen);

}  // namespace edgeeval
