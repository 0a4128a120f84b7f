// SPDX-License-Identifier: Apache-2.0
#include "probe/power_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace edgeeval {
namespace {

struct PerVcpu {
  CloudProvider provider;
  const char* vendor;  ///< Begins the firmware's sys_vendor.
  const char* name;
  double min_w;
  double max_w;
};
/// Cloud Carbon Footprint, Methodology.
constexpr std::array<PerVcpu, 3> kProviders{{{CloudProvider::google, "Google", "Google Cloud", 0.71, 4.26},
                                             {CloudProvider::amazon, "Amazon EC2", "AWS", 0.74, 3.5},
                                             {CloudProvider::microsoft, "Microsoft", "Azure", 0.78, 3.76}}};

struct KnownPower {
  const char* name;
  double idle_w;
  double full_w;
};
/// Cloud Carbon Footprint, GPU coefficients.
constexpr std::array<KnownPower, 6> kGpus{{{"T4", 8.0, 71.0},
                                           {"A10G", 18.0, 153.0},
                                           {"V100", 35.0, 306.0},
                                           {"A100", 46.0, 407.0},
                                           {"P4", 9.0, 76.5},
                                           {"P100", 36.0, 306.0}}};
constexpr double kGpuIdleShare = 0.113;  ///< 46/407, 35/306, 8/71: 0.113 to 0.118.

struct KnownTdp {
  const char* name;  ///< Part of the model name.
  double watts;
};
/// Thermal design power, or processor base power, as the makers' product pages (ark.intel.com, amd.com) state
/// it.
constexpr std::array<KnownTdp, 20> kTdps{
    {{"E5-2680 v4", 120.0},    {"E5-2690 v4", 135.0},    {"Gold 6148", 150.0},     {"Gold 6248", 150.0},
     {"Gold 6338", 205.0},     {"Platinum 8180", 205.0}, {"Platinum 8280", 205.0}, {"Platinum 8380", 270.0},
     {"Platinum 8480", 350.0}, {"i7-8700K", 95.0},       {"i9-9900K", 95.0},       {"i7-12700K", 125.0},
     {"i9-12900K", 125.0},     {"i9-13900K", 125.0},     {"EPYC 7702", 200.0},     {"EPYC 7742", 225.0},
     {"EPYC 7763", 280.0},     {"EPYC 9654", 360.0},     {"Ryzen 9 5950X", 105.0}, {"Ryzen 9 7950X", 170.0}}};

// CodeCarbon, external/hardware.py: a CPU it does not know.
constexpr double kWattsPerThread = 4.0;
constexpr double kWattsUnknownCpu = 85.0;
constexpr double kIdleShare = 0.1;

constexpr double kMemoryCcf = 0.392;              // W/GB
constexpr double kMemoryCodeCarbon2 = 3.0 / 8.0;  // W/GB
constexpr double kWattsPerModule = 5.0;
constexpr double kModuleGigabytes = 8.0;

/// Whether `text` holds `word` with no letter or digit on either side.
bool has_word(std::string_view text, std::string_view word) {
  const auto plain = [&](std::size_t at) {
    return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
  };
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    if ((at == 0 || !plain(at - 1)) && !plain(at + word.size())) return true;
  }
  return false;
}

}  // namespace

std::optional<CloudProvider> provider_from_vendor(std::string_view sys_vendor) {
  for (const auto& provider : kProviders) {
    if (sys_vendor.rfind(provider.vendor, 0) == 0) return provider.provider;
  }
  return std::nullopt;
}

PowerModel vcpu_power_model(int vcpus, std::optional<CloudProvider> known) {
  const double count = vcpus;
  double min_w = 0.0;
  double max_w = 0.0;
  double lo_w = kProviders.front().min_w;
  double hi_w = 0.0;
  for (const auto& provider : kProviders) {
    min_w += provider.min_w / static_cast<double>(kProviders.size());
    max_w += provider.max_w / static_cast<double>(kProviders.size());
    lo_w = std::min(lo_w, provider.min_w);
    hi_w = std::max(hi_w, provider.max_w);
  }
  std::string whose = "means of Google Cloud 0.71/4.26, AWS 0.74/3.5, Azure 0.78/3.76";
  for (const auto& provider : kProviders) {
    if (known != provider.provider) continue;
    min_w = lo_w = provider.min_w;
    max_w = hi_w = provider.max_w;
    whose = provider.name;
  }
  return {count * min_w,
          count * max_w,
          count * lo_w,
          count * hi_w,
          "CPU model from utilisation (CCF)",
          fmt::format(
              "W = {} vCPU x (min + utilisation x (max - min)), min {:.3f} and max {:.3f} W per vCPU ({}), "
              "bounds {:.2f} to {:.2f} W per vCPU; Cloud Carbon Footprint, Methodology",
              vcpus, min_w, max_w, whose, lo_w, hi_w)};
}

PowerModel tdp_power_model(double tdp_w, const std::string& origin) {
  return {
      kIdleShare * tdp_w,
      tdp_w,
      kIdleShare * tdp_w,
      tdp_w,
      "CPU model from utilisation (TDP)",
      fmt::format(
          "W = {:g} W x (0.1 + 0.9 x utilisation); bounds a tenth to all of it; thermal design power from {}",
          tdp_w, origin)};
}

std::optional<double> known_tdp(std::string_view model_name) {
  for (const auto& cpu : kTdps) {
    if (has_word(model_name, cpu.name)) return cpu.watts;
  }
  return std::nullopt;
}

std::optional<PowerModel> gpu_power_model(std::string_view name, std::optional<double> cap_w) {
  std::optional<KnownPower> board;
  for (const auto& known : kGpus) {
    if (has_word(name, known.name)) board = known;
  }
  if (!board && !cap_w) return std::nullopt;
  const double full = cap_w.value_or(board ? board->full_w : 0.0);
  const double idle = std::min(board ? board->idle_w : kGpuIdleShare * full, full);
  return PowerModel{
      idle,
      full,
      idle,
      full,
      "GPU model from utilisation (CCF)",
      fmt::format("W = {:g} + utilisation x ({:g} - {:g}); bounds {:g} W and {}; Cloud Carbon Footprint, "
                  "GPU coefficients",
                  idle, full, idle, idle, cap_w ? "the power limit" : "the board's full power")};
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
