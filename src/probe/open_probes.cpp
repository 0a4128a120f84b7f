// SPDX-License-Identifier: Apache-2.0
#include "probe/open_probes.hpp"

#include <cstdlib>
#include <utility>

#include "probe/model_probes.hpp"
#include "probe/power_model.hpp"
#include "probe/proc_stat.hpp"
#include "probe/rapl.hpp"
#include "record/environment.hpp"

namespace edgeeval {
namespace {

using Probes = std::vector<std::unique_ptr<Probe>>;

/// Opens the zones whose name begins with `name`; none where one of them cannot be read, as a part of the
/// packages would look like all of them.
Probes open_zones(const std::vector<RaplZone>& zones, const std::string& name, const Clock& clock) {
  Probes probes;
  for (const auto& zone : zones) {
    if (zone.name.rfind(name, 0) != 0) continue;
    auto probe = RaplProbe::open(zone, clock);
    if (!probe) return {};
    probes.push_back(std::move(*probe));
  }
  return probes;
}

void append(Probes& probes, Probes more) {
  for (auto& probe : more) probes.push_back(std::move(probe));
}

}  // namespace

Probes open_probes(const Clock& clock, const std::filesystem::path& root) {
  const auto zones = find_rapl_zones(root);
  const auto environment = capture_environment(root);
  const auto virtualised = environment.find("virtualised");
  const bool vm = virtualised != environment.end() && virtualised->second == "yes";
  Probes probes = open_zones(zones, "package", clock);
  const bool counted = !probes.empty();
  if (const auto times = read_cpu_times(root); !counted && times) {
    auto model = vm ? vcpu_power_model(times->cpus) : unknown_cpu_power_model(times->cpus);
    if (auto probe = CpuModelProbe::open(std::move(model), vm ? "vcpu" : "package", clock, root)) {
      probes.push_back(std::move(*probe));
    }
  }
  auto memory = open_zones(zones, "dram", clock);
  const auto bytes = environment.find("memory_b");
  if (memory.empty() && !probes.empty() && bytes != environment.end()) {
    const double gigabytes = std::strtod(bytes->second.c_str(), nullptr) / 1e9;
    memory.push_back(
        std::make_unique<MemoryModelProbe>(memory_power_model(gigabytes, vm && !counted), clock));
  }
  append(probes, std::move(memory));
  return probes;
}

}  // namespace edgeeval
