// SPDX-License-Identifier: Apache-2.0
// What the helper programs have in common: JSON lines on stdout, one error block on stderr, our exit codes.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <edgeeval/result.hpp>
#include <sstream>
#include <string>

#include "core/json.hpp"

namespace edgeeval {

/// Prints one event as a JSON line on stdout and flushes it.
inline void emit(const Json& event) {
  fmt::print("{}\n", to_line(event));
  std::fflush(stdout);
}

/// Prints an error block on stderr and returns its exit code.
inline int report(const Error& error) {
  fmt::print(stderr, "{}{}{}\n", error.where, error.where.empty() ? "" : ": ", error.message);
  std::istringstream hint(error.hint);
  for (std::string line; std::getline(hint, line);) fmt::print(stderr, "  {}\n", line);
  return exit_code(error.code);
}

/// Emits the result event of a command, or reports its error; returns the exit code.
inline int conclude(const Result<Json>& result) {
  if (!result) return report(result.error());
  Json event{{"event", "result"}};
  event.update(*result);
  emit(event);
  return 0;
}

}  // namespace edgeeval
