// SPDX-License-Identifier: Apache-2.0
#include "bench/client_power.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "probe/cpu_model.hpp"
#include "probe/proc_stat.hpp"

namespace edgeeval {
namespace {

constexpr double kModelsDisagree = 3.0;
constexpr double kLeastBusy = 0.01;

bool is_package(const EnergyEntry& entry) {
  return entry.domain == "cpu" && entry.joules.grade == Grade::measured;
}

}  // namespace

CoreWatts core_watts(const PowerModel& model, int cpus, int threads_per_core) {
  const double count = std::max(1, cpus);
  const double siblings = std::clamp(threads_per_core, 1, std::max(1, cpus));
  CoreWatts watts;
  watts.lo = std::max(0.0, model.full_w - model.idle_w) / count / kModelsDisagree;
  watts.hi = siblings * model.hi_w / count;
  watts.source = model.title;
  return watts;
}

std::optional<CoreWatts> core_watts(const WindowRecord& window, int cpus, const CoreWatts& model) {
  if (!window.cpu_utilisation || *window.cpu_utilisation < kLeastBusy) return std::nullopt;
  const double busy_s = *window.cpu_utilisation * cpus * window.duration_s;
  if (busy_s <= 0.0) return std::nullopt;
  double net_j = 0.0;
  double gross_j = 0.0;
  bool any = false;
  bool all_net = true;
  for (const auto& entry : window.energy) {
    if (!is_package(entry)) continue;
    any = true;
    gross_j += entry.joules.hi.value_or(entry.joules.value);
    all_net = all_net && entry.net.has_value();
    if (entry.net) net_j += entry.net->lo.value_or(entry.net->value);
  }
  if (!any) return std::nullopt;
  CoreWatts watts;
  watts.hi = gross_j / busy_s;
  watts.lo = std::min(watts.hi, all_net ? std::max(0.0, net_j) / busy_s : model.lo);
  watts.grade = Grade::computed;
  watts.source =
      fmt::format("CPU energy over the load ÷ busy CPU seconds of the machine ({})",
                  all_net ? "low: above rest; high: all of it" : "low: by the model; high: all of it");
  return watts;
}

std::optional<CoreWatts> client_core_watts(const std::optional<WindowRecord>& window,
                                           const std::filesystem::path& root) {
  const auto times = read_cpu_times(root);
  if (!times) return std::nullopt;
  const auto model = core_watts(cpu_power_model(root, times->cpus), times->cpus, threads_per_core(root));
  if (window) {
    if (auto measured = core_watts(*window, times->cpus, model)) return measured;
  }
  return model;
}

}  // namespace edgeeval
