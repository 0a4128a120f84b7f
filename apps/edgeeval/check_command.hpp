// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

#include "subcommand.hpp"

namespace edgeeval {

/// Adds `edgeeval check STUDY`: what a study will run, without running it. Exit code 0 also where something
/// is missing to run it (that is listed); that of invalid_study where the study is wrong, all findings on
/// stderr.
void register_check(CLI::App& app, Subcommand& chosen);

}  // namespace edgeeval
