// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "subcommand.hpp"

namespace edgeeval {

/// Adds `edgeeval audit [PATH…]`: whether a study's figures hold together. Exit codes: docs/exit-codes.md.
void register_audit(CLI::App& app, Subcommand& chosen);

}  // namespace edgeeval
