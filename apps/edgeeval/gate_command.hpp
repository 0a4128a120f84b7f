// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "subcommand.hpp"

namespace edgeeval {

/// Adds `edgeeval gate RUN --policy FILE`: a run held to a policy, for CI. Exit codes: docs/exit-codes.md.
void register_gate(CLI::App& app, Subcommand& chosen);

}  // namespace edgeeval
