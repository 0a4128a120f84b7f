// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "subcommand.hpp"

namespace edgeeval {

/// Adds `edgeeval paper [TABLES_DIR]`: the published study's metrics and claims. Exit codes:
/// docs/exit-codes.md.
void register_paper(CLI::App& app, Subcommand& chosen);

}  // namespace edgeeval
