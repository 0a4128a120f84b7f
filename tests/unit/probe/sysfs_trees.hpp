// SPDX-License-Identifier: Apache-2.0
// Folders as kernels lay them out, and readers and counters that fail as kernels do
#pragma once

#include <cerrno>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/files.hpp"
#include "probe/perf_energy.hpp"
#include "probe/sysfs.hpp"
#include "unit/probe/fixtures.hpp"

namespace edgeeval {

/// A powercap zone whose counter shows `energy_uj`.
inline void put_rapl(const FakeRoot& root, const std::string& folder, const std::string& name,
                     std::uint64_t energy_uj, std::uint64_t range_uj = 262143328850) {
  const auto path = "sys/class/powercap/" + folder + "/";
  root.put(path + "name", name + "\n");
  root.put(path + "max_energy_range_uj", std::to_string(range_uj) + "\n");
  root.put(path + "energy_uj", std::to_string(energy_uj) + "\n");
}

/// Files below `root` of which those whose path ends in a key fail with that errno.
inline Sysfs failing(const FakeRoot& root, std::map<std::string, int> failures) {
  const Sysfs plain(root.path());
  return {root.path(),
          [plain, failures = std::move(failures)](const std::filesystem::path& path) -> Result<std::string> {
            for (const auto& [end, number] : failures) {
              if (path.string().ends_with(end)) return tl::unexpected(read_failure(number, path));
            }
            return plain.text(path);
          }};
}

/// Events whose counts the test sets, by number and CPU.
class FakePerfEvents final : public PerfEvents {
 public:
  std::map<std::pair<std::uint64_t, int>, std::uint64_t> counts;
  std::set<std::uint64_t> refused;  ///< Events that may not be opened.
  bool gone = false;
  int open_descriptors = 0;

  Result<int> open(std::uint32_t /*type*/, std::uint64_t config, int cpu) override {
    if (refused.count(config) > 0) return tl::unexpected(read_failure(EACCES, "perf_event_open"));
    opened_.emplace_back(config, cpu);
    ++open_descriptors;
    return static_cast<int>(opened_.size() - 1);
  }
  Result<std::uint64_t> read(int descriptor) override {
    if (gone) return tl::unexpected(read_failure(ENODEV, "perf event"));
    return counts[opened_.at(static_cast<std::size_t>(descriptor))];
  }
  void close(int /*descriptor*/) override { --open_descriptors; }

 private:
  std::vector<std::pair<std::uint64_t, int>> opened_;
};

/// The power PMU with these events ("energy-pkg" → 2) on the CPUs of `cpumask`, each of a package of its own.
inline void put_pmu(const FakeRoot& root, const std::map<std::string, int>& events,
                    const std::string& cpumask = "0") {
  const std::string pmu = "sys/bus/event_source/devices/power/";
  root.put(pmu + "type", "23\n");
  root.put(pmu + "cpumask", cpumask + "\n");
  for (const auto& [name, config] : events) {
    root.put(pmu + "events/" + name, "event=0x0" + std::to_string(config) + "\n");
    root.put(pmu + "events/" + name + ".scale", "2.3283064365386962890625e-10\n");
    root.put(pmu + "events/" + name + ".unit", "Joules\n");
  }
}

inline std::vector<std::string> ids(const std::vector<std::unique_ptr<Probe>>& probes) {
  std::vector<std::string> names;
  for (const auto& probe : probes) names.push_back(probe->info().id);
  return names;
}

/// The probe with that id, or nothing.
inline Probe* find_probe(const std::vector<std::unique_ptr<Probe>>& probes, const std::string& id) {
  for (const auto& probe : probes) {
    if (probe->info().id == id) return probe.get();
  }
  return nullptr;
}

inline bool mentions(const std::vector<std::string>& texts, const std::string& word) {
  for (const auto& text : texts) {
    if (text.find(word) != std::string::npos) return true;
  }
  return false;
}

}  // namespace edgeeval
