// SPDX-License-Identifier: Apache-2.0
// One NVIDIA GPU asked what it is and which of its sensors work
#pragma once

#include <edgeeval/clock.hpp>
#include <optional>
#include <tuple>

#include "probe/nvml.hpp"
#include "probe/nvml_probes.hpp"

namespace edgeeval::nvml {

/// A GPU with all that opening its probes needs.
struct Surveyed {
  OpenDevice device;
  GpuDescription description;
  std::tuple<unsigned, unsigned, unsigned> pci_order;
  std::optional<unsigned> architecture;
  PowerWay power_way = PowerWay::instant_field;  ///< Where description.power works.
  unsigned power_scope = kScopeGpu;
  bool counter_is_module = false;  ///< The counter covers the module (GPU, CPU and memory of a superchip).
  /// The most it draws for long; absent where no limit is told.
  [[nodiscard]] std::optional<Watts> ceiling() const;
  /// The UUID, else the PCI address; empty where the driver tells neither.
  [[nodiscard]] const std::string& identity() const;
};

/// Asks `handle` everything; reads its counter twice. What fails is said in the description.
[[nodiscard]] Surveyed survey(std::shared_ptr<const Library> library, Device handle, const Clock& clock);

}  // namespace edgeeval::nvml
