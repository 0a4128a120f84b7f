// SPDX-License-Identifier: Apache-2.0
#include "probe/power_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace edgeeval {
namespace {

struct PerVcpu {
  double min_w;
  double max_w;
};
/// Google Cloud, AWS, Azure (Cloud Carbon Footprint, Methodology).
constexpr std::array<PerVcpu, 3> kProviders{{{0.71, 4.26}, {0.74, 3.5}, {0.78, 3.76}}};

// CodeCarbon, external/hardware.py: a CPU it does not know.
constexpr double kWattsPerThread = 4.0;
constexpr double kWattsUnknownCpu = 85.0;
constexpr double kIdleShare = 0.1;

constexpr double kMemoryCcf = 0.392;              // W/GB
constexpr double kMemoryCodeCarbon2 = 3.0 / 8.0;  // W/GB
constexpr double kWattsPerModule = 5.0;
constexpr double kModuleGigabytes = 8.0;

}  // namespace

PowerModel vcpu_power_model(int vcpus) {
  const double count = vcpus;
  PerVcpu mean{0.0, 0.0};
  PerVcpu widest = kProviders.front();
  for (const auto& provider : kProviders) {
    mean.min_w += provider.min_w / static_cast<double>(kProviders.size());
    mean.max_w += provider.max_w / static_cast<double>(kProviders.size());
    widest = {std::min(widest.min_w, provider.min_w), std::max(widest.max_w, provider.max_w)};
  }
  return {
      count * mean.min_w,
      count * mean.max_w,
      count * widest.min_w,
      count * widest.max_w,
      "CPU model from utilisation (CCF)",
      fmt::format(
          "W = {} vCPU x (min + utilisation x (max - min)), min {:.3f} and max {:.3f} W per vCPU (means of "
          "Google Cloud 0.71/4.26, AWS 0.74/3.5, Azure 0.78/3.76), bounds {:.2f} to {:.2f} W per vCPU; "
          "Cloud Carbon Footprint, Methodology",
          vcpus, mean.min_w, mean.max_w, widest.min_w, widest.max_w)};
}

PowerModel unknown_cpu_power_model(int threads) {
  const double tdp = kWattsPerThread * threads;
  return {
      kIdleShare * tdp,
      tdp,
      kIdleShare * std::min(tdp, kWattsUnknownCpu),
      std::max(tdp, kWattsUnknownCpu),
      "CPU model from utilisation (TDP not known)",
      fmt::format(
          "W = {:g} W x (0.1 + 0.9 x utilisation), 4 W for each of {} threads; bounds a tenth of the smaller "
          "to all of the larger of this and 85 W; CodeCarbon, external/hardware.py",
          tdp, threads)};
}

PowerModel memory_power_model(double gigabytes, bool inside_vcpu_model) {
  const double watts = kMemoryCcf * gigabytes;
  const double modules = std::clamp(std::ceil(gigabytes / kModuleGigabytes), 2.0, 32.0);
  const double lo = inside_vcpu_model ? 0.0 : kMemoryCodeCarbon2 * gigabytes;
  return {
      watts,
      watts,
      lo,
      std::max(watts, kWattsPerModule * modules),
      "memory model from size (CCF)",
      fmt::format(
          "W = 0.392 W/GB x {:.1f} GB (Cloud Carbon Footprint); bounds {} to 5 W for each of {:g} modules "
          "(CodeCarbon 3)",
          gigabytes, inside_vcpu_model ? "0 (the vCPU coefficients hold memory already)" : "0.375 W/GB",
          modules)};
}

}  // namespace edgeeval
