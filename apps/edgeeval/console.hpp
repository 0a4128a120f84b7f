// SPDX-License-Identifier: Apache-2.0
// What the commands share of the terminal: is it one, how wide, how an error looks on it.
#pragma once

#include <cstdio>
#include <edgeeval/result.hpp>
#include <string>

namespace edgeeval {

/// What may be used on a stream.
struct Terminal {
  bool interactive = false;  ///< A terminal that can move its cursor.
  bool colour = false;       ///< Interactive, and NO_COLOR is not set.
  int columns = 100;         ///< Width; 100 where it is not a terminal.
};

/// Looks at `stream` and the environment (NO_COLOR, TERM).
[[nodiscard]] Terminal terminal_of(std::FILE* stream);

/// An error as one block: where and what, then the hint's lines indented below.
[[nodiscard]] std::string error_block(const Error& error);

/// Prints `text` and leaves a failure in the stream's own error flag.
void print_if_possible(std::FILE* stream, const std::string& text);

/// Prints the error's block to stderr and returns its exit code.
int report_error(const Error& error);

}  // namespace edgeeval
