// SPDX-License-Identifier: Apache-2.0
// The counter, the watts and the conditions of one NVIDIA GPU
#pragma once

#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <memory>
#include <string>
#include <vector>

#include "probe/nvml_api.hpp"
#include "probe/nvml_character.hpp"

namespace edgeeval::nvml {

/// A GPU that has been opened.
struct OpenDevice {
  std::shared_ptr<const Library> library;
  Device handle = nullptr;
  std::string label;  ///< For errors: "Tesla T4 (GPU-…)".
};

/// Why a call on a device failed, with the device's name and what to do; `what` is the call.
[[nodiscard]] Error device_error(const OpenDevice& device, const char* what, int code);

/// Watts by `way`, in `scope` where the way has scopes.
[[nodiscard]] Answer<double> read_watts(const OpenDevice& device, PowerWay way, unsigned scope);

/// nvmlDeviceGetTotalEnergyConsumption: 64 bits of mJ since the driver was loaded, so they do not wrap; a
/// decrease is a reset and passed on. The stamps are those around the call; when the value was refreshed they
/// do not say.
class CounterProbe final : public Probe {
 public:
  CounterProbe(OpenDevice device, ProbeInfo info, const Clock& clock)
      : device_(std::move(device)), info_(std::move(info)), clock_(clock) {}
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override;

 private:
  OpenDevice device_;
  ProbeInfo info_;
  const Clock& clock_;
};

/// Watts, by the way that worked when it was opened.
class PowerProbe final : public Probe {
 public:
  PowerProbe(OpenDevice device, ProbeInfo info, const Clock& clock, PowerWay way, unsigned scope)
      : device_(std::move(device)), info_(std::move(info)), clock_(clock), way_(way), scope_(scope) {}
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override;

 private:
  OpenDevice device_;
  ProbeInfo info_;
  const Clock& clock_;
  PowerWay way_;
  unsigned scope_;
};

/// Temperature, clocks, performance state, clock event reasons, limit, persistence, utilisation, the
/// processes that compute on it (their numbers are those of the driver's own PID namespace), driver and NVML
/// versions.
class Conditions final : public ConditionSource {
 public:
  Conditions(OpenDevice device, std::string id) : device_(std::move(device)), id_(std::move(id)) {}
  [[nodiscard]] std::vector<Condition> read() override;

 private:
  OpenDevice device_;
  std::string id_;
};

}  // namespace edgeeval::nvml
