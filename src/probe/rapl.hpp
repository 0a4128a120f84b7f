// SPDX-License-Identifier: Apache-2.0
// The CPU's own energy counters (RAPL), through the kernel's powercap files.
#pragma once

#include <cstdint>
#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace edgeeval {

/// One powercap zone: a folder with a name and a counter.
struct RaplZone {
  std::string name;  ///< "package-0", "dram", "core", "psys".
  std::filesystem::path folder;
  bool nested = false;         ///< Inside another zone's folder name ("intel-rapl:0:2").
  std::uint64_t range_uj = 0;  ///< Largest value of the counter before it starts over (µJ).
};

/// The zones below <root>/sys/class/powercap, in the order of their names; the memory-mapped twins of the
/// same counters (intel-rapl-mmio) are left out.
[[nodiscard]] std::vector<RaplZone> find_rapl_zones(const std::filesystem::path& root = "/");

/// Adds up a counter that starts over at a modulus. Over a step longer than half the time the counter takes
/// to go round at 1000 W, how often it went round cannot be known: the step's upper bound is then 1000 W for
/// its whole length.
class WrappingCounter {
 public:
  /// `range` is the largest value of the counter, `value` its reading now (µJ).
  WrappingCounter(std::uint64_t range, std::uint64_t value) : range_(range), last_(value) {}
  /// Takes the reading `value`, `elapsed_s` after the last one.
  void add(std::uint64_t value, double elapsed_s);
  [[nodiscard]] double joules() const { return joules_; }
  [[nodiscard]] double joules_hi() const { return joules_hi_; }

 private:
  std::uint64_t range_;
  std::uint64_t last_;
  double joules_ = 0.0;
  double joules_hi_ = 0.0;
};

/// One zone as a probe; grade measured. Bounds cover lost turns of the counter; the stamps cover when the
/// counter was last updated (about every millisecond). The sensor's own gain error is not stated by the
/// makers and not in them.
class RaplProbe final : public Probe {
 public:
  /// Begins counting now. Errors: unavailable where the counter cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<Probe>> open(const RaplZone& zone, const Clock& clock);
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override;

 private:
  RaplProbe(const RaplZone& zone, const Clock& clock, std::uint64_t first);
  ProbeInfo info_;
  std::filesystem::path counter_file_;
  const Clock& clock_;
  SteadyTime last_;
  WrappingCounter counter_;
};

}  // namespace edgeeval
