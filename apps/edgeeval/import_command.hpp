// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "subcommand.hpp"

namespace edgeeval {

/// Adds `edgeeval import [TABLES_DIR]`: published tables as a run folder. Exit codes: docs/exit-codes.md.
void register_import(CLI::App& app, Subcommand& chosen);

}  // namespace edgeeval
