// SPDX-License-Identifier: Apache-2.0
// Adds `edgeeval bench`: a load on a server, or its cold starts, measured.
#pragma once

#include <CLI/CLI.hpp>

#include "subcommand.hpp"

namespace edgeeval {

/// Adds the subcommand to `app`; choosing it sets `chosen`.
void register_bench(CLI::App& app, Subcommand& chosen);

}  // namespace edgeeval
