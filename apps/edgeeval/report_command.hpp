// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "subcommand.hpp"

namespace edgeeval {

/// Adds `edgeeval report RUN`: re-creates a run's reports from its folder. Exit codes: docs/exit-codes.md.
void register_report(CLI::App& app, Subcommand& chosen);

}  // namespace edgeeval
