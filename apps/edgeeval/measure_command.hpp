// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "subcommand.hpp"

namespace edgeeval {

/// The command after "--" taken off the arguments of `edgeeval measure`; empty for other subcommands. CLI11
/// never sees it, so that it is run exactly as typed.
[[nodiscard]] std::vector<std::string> take_command(std::vector<std::string>& arguments);

/// Adds `edgeeval measure`: the energy of a command, a process or a stretch of time. The exit code is the
/// command's (128 + signal, 127 not found, 126 not runnable); our own failures have their codes
/// (docs/exit-codes.md).
void register_measure(CLI::App& app, Subcommand& chosen, const std::vector<std::string>& command);

}  // namespace edgeeval
