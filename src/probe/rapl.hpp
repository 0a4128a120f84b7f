// SPDX-License-Identifier: Apache-2.0
// The CPU's own energy counters (RAPL), through the kernel's powercap files
#pragma once

#include <cstdint>
#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "probe/sysfs.hpp"
#include "probe/value_probe.hpp"

namespace edgeeval {

/// One powercap zone: a folder with a name and a counter.
struct RaplZone {
  std::string name;  ///< "package-0", "package-0-die-1", "dram", "core", "uncore", "psys".
  std::filesystem::path folder;
  bool nested = false;         ///< Inside another zone's folder name ("intel-rapl:0:2").
  std::uint64_t range_uj = 0;  ///< Largest value of the counter before it starts over (µJ); 0 = not told.
};

/// The zones below <root>/sys/class/powercap, in the order of their names; the memory-mapped twins of the
/// same counters (intel-rapl-mmio) are left out.
[[nodiscard]] std::vector<RaplZone> find_rapl_zones(const Sysfs& sysfs);

/// What one RAPL domain measures, by the kernel's zone name or the perf event behind it.
struct RaplDomain {
  std::string domain;    ///< "cpu", "cpu-core", "cpu-uncore", "dram", "platform".
  std::string boundary;  ///< "package", "cores", "uncore", "memory", "platform".
  double ceiling_w = 0.0;
  SensorCharacter character;
};

/// The domain of "package-N…", "core", "uncore", "dram" and "psys". Uncore of a client CPU is its graphics.
[[nodiscard]] RaplDomain rapl_domain(const std::string& zone_name);

/// Adds up a counter that starts over at its range plus one unit.
///
/// A fall of the value is taken as one turn, never more, and only where it can be one: the time since the
/// last value is at most a quarter of what a turn takes at the ceiling, and the step is no more than the
/// ceiling allows. Anything else (a long sleep, a reset) is not guessed at: add() says so, and the total
/// starts over at 0, or a joule below the last one where that is lower still. So whoever reads the totals
/// sees a reset there, and knows that what was used meanwhile is not in them.
class WrappingCounter {
 public:
  /// What a value meant.
  enum class Step { counted, gap, reset };
  /// `range` is the largest value of the counter, 0 where it is not told; `value` its reading now (µJ);
  /// `ceiling_w` what the device cannot draw more than (W).
  WrappingCounter(std::uint64_t range, std::uint64_t value, double ceiling_w)
      : range_(range), last_(value), ceiling_w_(ceiling_w) {}
  /// Takes the reading `value`, `elapsed_s` after the last one.
  [[nodiscard]] Step add(std::uint64_t value, double elapsed_s);
  /// Joules counted since the opening or the last gap or reset, from an origin that is 0 but for restarts
  /// near it.
  [[nodiscard]] double joules() const { return static_cast<double>(total_uj_) * 1e-6; }
  /// The longest time between two values of which at most one turn may be inferred (s).
  [[nodiscard]] double longest_gap_s() const;

 private:
  Step restart(Step why);
  std::uint64_t range_;
  std::uint64_t last_;
  double ceiling_w_;
  std::int64_t total_uj_ = 0;
};

/// One zone as a probe; grade measured, kind counter. A read fails where the file does. Where the counter may
/// have gone round unseen, or fell for another reason, the joules start over below the last ones: a reset.
class RaplProbe final : public Probe {
 public:
  /// Begins counting now. Errors: unavailable where the counter cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<Probe>> open(const RaplZone& zone, const Clock& clock,
                                                           const Sysfs& sysfs = Sysfs("/"));
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override;
  /// Names the point that holds this zone's joules.
  void set_parent(std::string parent) { info_.parent = std::move(parent); }

 private:
  RaplProbe(const RaplZone& zone, const Clock& clock, Sysfs sysfs, std::uint64_t first);
  ProbeInfo info_;
  std::filesystem::path counter_file_;
  const Clock& clock_;
  Sysfs sysfs_;
  SteadyTime last_;
  WrappingCounter counter_;
};

/// Whether the kernel may give this CPU's memory counter a unit that is four times too small: a Sapphire or
/// Emerald Rapids (family 6, model 143 or 207) before Linux 6.8 (commit 80275ca9e525, likwid issue 642). The
/// scale in sysfs is the same on good kernels, so only the version tells; distributions may have mended
/// theirs, and are refused too.
[[nodiscard]] bool memory_unit_is_wrong(const Sysfs& sysfs);

/// Opens the zones with their relations: psys holds the packages and the memory, a package its core and
/// uncore. All packages or none: a part of them would look like all. Several psys zones are left out, since
/// which package each holds is not told. Why something is missing is in the notes, with the command that
/// helps.
[[nodiscard]] SourceSet open_rapl(const Sysfs& sysfs, const Clock& clock);

}  // namespace edgeeval
