// SPDX-License-Identifier: Apache-2.0
// BurstGPT's traces (github.com/HPMLL/BurstGPT): a CSV row a request, with seconds from the beginning.
#include <charconv>
#include <cmath>

#include "workload/prompt_reading.hpp"

namespace edgeeval::prompt_reading {
namespace {

std::optional<double> seconds_of(std::string_view text) {
  double value = 0.0;
  const auto* end = text.data() + text.size();
  const auto [last, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc() || last != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

Result<std::vector<Prompt>> read_burstgpt(std::string_view text, const std::string& file) {
  return read_csv_trace(
      text, file,
      {"Timestamp", "Request tokens", "Response tokens", seconds_of, "a number of seconds",
       "a header with the columns Timestamp, Request tokens and Response tokens (others may be there)"});
}

}  // namespace edgeeval::prompt_reading
