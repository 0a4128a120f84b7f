// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "subcommand.hpp"

namespace edgeeval {

/// Adds `edgeeval doctor`: what this machine can run and measure, and how to get what is missing. Exit code
/// 0; with --strict that of engine_missing where the quickstart study cannot run.
void register_doctor(CLI::App& app, Subcommand& chosen);

}  // namespace edgeeval
