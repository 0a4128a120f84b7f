// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "subcommand.hpp"

namespace edgeeval {

/// Adds `edgeeval compare A B…`: runs set beside each other, with a verdict for each metric. Exit codes:
/// docs/exit-codes.md.
void register_compare(CLI::App& app, Subcommand& chosen);

}  // namespace edgeeval
