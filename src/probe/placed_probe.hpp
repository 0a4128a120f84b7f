// SPDX-License-Identifier: Apache-2.0
// A probe with its place among the others: what it is part of is only known once all are open
#pragma once

#include <edgeeval/probe.hpp>
#include <memory>
#include <string>
#include <utility>

namespace edgeeval {

/// Another probe, said to be part of `parent`; its readings are unchanged.
class PlacedProbe final : public Probe {
 public:
  PlacedProbe(std::unique_ptr<Probe> probe, std::string parent)
      : probe_(std::move(probe)), info_(probe_->info()) {
    info_.parent = std::move(parent);
  }
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override { return probe_->read(); }

 private:
  std::unique_ptr<Probe> probe_;
  ProbeInfo info_;
};

}  // namespace edgeeval
