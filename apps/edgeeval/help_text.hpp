// SPDX-License-Identifier: Apache-2.0
// Help that fits a terminal of 80 columns, and the answer to a subcommand that is not there.
#pragma once

#include <CLI/CLI.hpp>
#include <edgeeval/result.hpp>
#include <optional>
#include <string>
#include <vector>

namespace edgeeval {

/// CLI11's help with lines of at most 80 columns; what goes on stands below what it belongs to.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
};

/// The usage error for a first word that is no subcommand of `app`, with the nearest one; nothing where it is
/// one or an option.
[[nodiscard]] std::optional<Error> unknown_subcommand(const CLI::App& app,
                                                      const std::vector<std::string>& arguments);

}  // namespace edgeeval
