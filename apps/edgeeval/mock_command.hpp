// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "subcommand.hpp"

namespace edgeeval {

/// Adds `edgeeval mock-server`: a scripted server of token streams. Runs until SIGINT or SIGTERM, which is
/// its proper end: exit code 0.
void register_mock_server(CLI::App& app, Subcommand& chosen);

}  // namespace edgeeval
