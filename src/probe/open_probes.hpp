// SPDX-License-Identifier: Apache-2.0
// The best sources this machine lets us read.
#pragma once

#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <filesystem>
#include <memory>
#include <vector>

namespace edgeeval {

/// Opens, for CPU and memory each, the best source there is: the CPU's own counters where they can be read,
/// else a model from utilisation and from size. Empty where not even CPU times can be read; energy is then
/// absent. proc/ and sys/ are read below `root`. `clock` must outlive the probes.
[[nodiscard]] std::vector<std::unique_ptr<Probe>> open_probes(const Clock& clock,
                                                              const std::filesystem::path& root = "/");

}  // namespace edgeeval
