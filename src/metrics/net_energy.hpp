// SPDX-License-Identifier: Apache-2.0
// Gross energy into net, with the idle windows of the record as baselines.
#pragma once

#include <edgeeval/record.hpp>
#include <optional>
#include <string>
#include <tl/expected.hpp>

namespace edgeeval {

/// `window` with the net joules of its sources in place of the gross ones: what its entries recorded as net, else
/// gross less bare idle power × duration, from the idle windows of the sitting before and after. Or why it cannot be
/// told: a source that counts has no baseline.
[[nodiscard]] tl::expected<WindowRecord, std::string> net_window(const RunRecord& record, int sitting,
                                                                 const WindowRecord& window);

/// What the bare machine draws at rest (W), over all idle windows of the record; absent where there are none.
[[nodiscard]] std::optional<Fact> bare_power(const RunRecord& record);

/// The mean power of a window (W): its energy over its duration. Absent without either.
[[nodiscard]] std::optional<Fact> mean_power(const WindowRecord& window);

}  // namespace edgeeval
