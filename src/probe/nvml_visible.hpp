// SPDX-License-Identifier: Apache-2.0
// Which GPUs CUDA_VISIBLE_DEVICES leaves, told by UUID
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace edgeeval::nvml {

/// Which devices may be used, and what a reader should know of how that was decided.
struct Visible {
  std::vector<bool> allowed;  ///< One for each device asked about.
  std::vector<std::string> notes;
};

/// Reads `value` as the CUDA programming guide ("CUDA environment variables") says: a list of indices, of
/// UUIDs or beginnings of UUIDs, or of MIG instances; what stands behind an entry that names nothing is
/// ignored; empty means none; absent means all. `uuids` are in the order of PCI addresses; `parent_of` gives
/// the UUID of the board that a MIG instance is on, empty where there is none.
[[nodiscard]] Visible visible_devices(const std::optional<std::string>& value,
                                      const std::vector<std::string>& uuids,
                                      const std::function<std::string(const std::string&)>& parent_of);

}  // namespace edgeeval::nvml
