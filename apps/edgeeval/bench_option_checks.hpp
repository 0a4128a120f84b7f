// SPDX-License-Identifier: Apache-2.0
// Checks of what was typed for `edgeeval bench`: numbers of a sensible size, cores, a process, JSON members.
#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <edgeeval/result.hpp>
#include <string>
#include <vector>

#include "bench_options.hpp"

namespace edgeeval {

/// "1,2,3" as whole numbers.
template <class T>
[[nodiscard]] Result<std::vector<T>> numbers(const std::string& text, const char* option) {
  std::vector<T> values;
  std::size_t begin = 0;
  while (begin <= text.size() && !text.empty()) {
    const auto end = std::min(text.find(',', begin), text.size());
    T value{};
    const auto [stop, problem] = std::from_chars(text.data() + begin, text.data() + end, value);
    if (problem != std::errc() || stop != text.data() + end || begin == end)
      return fail(ErrorCode::usage, "\"" + text + "\" is no list of whole numbers", option,
                  "for example: 1,2,3");
    values.push_back(value);
    begin = end + 1;
  }
  return values;
}

/// Cores to pin to, each of which this process may use. Error: usage.
[[nodiscard]] Result<std::vector<int>> cpus_of(const BenchOptions& options);

/// Whether --server-pid names a process that there is. Error: usage.
[[nodiscard]] Result<void> check_server_pid(const BenchOptions& options);

/// Whether --extra can be put into a request's JSON, and leaves alone what EdgeEval writes itself. Error:
/// usage.
[[nodiscard]] Result<void> check_extra(const std::string& extra);

/// Whether the lower end is allowed itself.
enum class Ends { above, from };

/// A finite number of a sensible size; NaN is none.
[[nodiscard]] CLI::Validator number_between(double low, double high, Ends ends, const std::string& what);

/// A whole number of at most `most`. CLI11 turns "-1" into a number of twenty digits where an unsigned one is
/// wanted.
[[nodiscard]] CLI::Validator whole_number(std::uint64_t most);

}  // namespace edgeeval
