// SPDX-License-Identifier: Apache-2.0
// What stands behind each scenario's name, read one by one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "workload/schedule.hpp"

namespace edgeeval::scenario_parts {

/// A scenario, or what is wrong with its text.
using Read = tl::expected<Scenario, std::string>;

/// Reads what stands behind "name:"; absent where there is no colon.
using Head = Read (*)(std::optional<std::string_view> rest);

[[nodiscard]] Read read_single(std::optional<std::string_view> rest);
[[nodiscard]] Read read_offline(std::optional<std::string_view> rest);
[[nodiscard]] Read read_closed(std::optional<std::string_view> rest);
[[nodiscard]] Read read_open(std::optional<std::string_view> rest);
[[nodiscard]] Read read_ramp(std::optional<std::string_view> rest);
[[nodiscard]] Read read_trace(std::optional<std::string_view> rest);
[[nodiscard]] Read read_sweep(std::optional<std::string_view> rest);
[[nodiscard]] Read read_find_peak(std::optional<std::string_view> rest);

/// "FILE*SPEED" taken apart at its last asterisk; without a speed where no number stands behind it.
[[nodiscard]] std::pair<std::string_view, std::optional<double>> split_speed(std::string_view text);

}  // namespace edgeeval::scenario_parts
