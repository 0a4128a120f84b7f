// SPDX-License-Identifier: Apache-2.0
#include "probe/power_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/has_word.hpp"
#include "probe/known_cpus.hpp"

namespace edgeeval {
namespace {

struct PerVcpu {
  CloudProvider provider;
  const char* vendor;  ///< Begins the firmware's sys_vendor.
  const char* name;
  double min_w;  ///< Best estimate at rest: mean, for Google median, of the architectures in use.
  double max_w;  ///< The same at full load.
  double lo_w;   ///< Thriftiest architecture at rest, rounded down.
  double hi_w;   ///< Hungriest architecture at full load, rounded up.
};
// min and max: Cloud Carbon Footprint, Methodology, "Compute" (github.com/cloud-carbon-footprint/
// cloud-carbon-footprint, microsite/docs/HowItWorks/Methodology.md). lo and hi: its coefficients by
// architecture (github.com/cloud-carbon-footprint/cloud-carbon-coefficients,
// output/coefficients-{gcp,aws,azure}-use.csv): 0.445 (EPYC 3rd Gen) to 8.550 (Sandy Bridge), 0.402
// (Graviton) to 9.844 (Sandy Bridge), 0.445 to 6.013 (Haswell). Left out: 20.8 and 32.75 W for Haswell on
// AWS, where the other two tables have 1.9 and 6.0.
constexpr std::array<PerVcpu, 3> kProviders{
    {{CloudProvider::google, "Google", "Google Cloud", 0.71, 4.26, 0.44, 8.56},
     {CloudProvider::amazon, "Amazon EC2", "AWS", 0.74, 3.5, 0.40, 9.85},
     {CloudProvider::microsoft, "Microsoft", "Azure", 0.78, 3.76, 0.44, 6.02}}};

struct KnownPower {
  const char* name;
  double idle_w;
  double full_w;
};
// Cloud Carbon Footprint, Methodology, Appendix III (the boards' TDP with the ratios that Teads measured on
// CPUs).
constexpr std::array<KnownPower, 6> kGpus{{{"T4", 8.0, 71.0},
                                           {"A10G", 18.0, 153.0},
                                           {"V100", 35.0, 306.0},
                                           {"A100", 46.0, 407.0},
                                           {"P4", 9.0, 76.5},
                                           {"P100", 36.0, 306.0}}};
constexpr double kGpuIdleShare = 0.113;  ///< 46/407, 35/306, 8/71: 0.113 to 0.118.
/// Boards at rest draw less than that: a P40 9 W of 250 W and an RTX 3060 6 W of 170 W (llama.cpp issue
/// 4598), a V100 27 W (ollama issue 8591), an H100 71.8 W of 700 W (arXiv 2605.23918). The smallest share,
/// rounded down.
constexpr double kGpuLeastShare = 0.035;

// CodeCarbon 3.3.2: external/hardware.py (POWER_CONSTANT) and core/cpu.py (DEFAULT_POWER_PER_CORE), a CPU
// that it does not know; external/hardware.py, 0.1 + 0.9 * load^3.
constexpr double kWattsPerThread = 4.0;
constexpr double kWattsUnknownCpu = 85.0;
constexpr double kIdleShare = 0.1;
/// Published models go lower at rest: CodeCarbon's for Threadripper (same file) falls to 0 with the load. A
/// fiftieth is assumed, not published.
constexpr double kLeastShare = 0.02;
/// Times the larger of both guesses: an i9-13900K of 32 threads may draw 354 W, 2.8 times 4 W a thread.
constexpr double kUnknownMostShare = 3.0;

// Cloud Carbon Footprint, Methodology, "Memory": mean of Crucial's 3 W per 8 GB and Micron's 0.4083 W/GB.
constexpr double kMemoryCcf = 0.392;          // W/GB
constexpr double kMemoryCrucial = 3.0 / 8.0;  // W/GB
// CodeCarbon 3.3.2, external/ram.py: 5 W a module on x86, 1.5 W on ARM; 2 modules up to 16 GB, 4 up to 64 GB,
// 8 or more beyond.
constexpr double kWattsPerModule = 5.0;
constexpr double kLeastWattsPerModule = 1.5;
constexpr double kModuleGigabytes = 8.0;

/// Modules if they are large, as CodeCarbon guesses.
double few_modules(double gigabytes) { return gigabytes <= 16.0 ? 2.0 : gigabytes <= 64.0 ? 4.0 : 8.0; }

/// Modules if they are small: of 8 GB, in pairs.
double many_modules(double gigabytes) {
  return std::clamp(2.0 * std::ceil(gigabytes / kModuleGigabytes / 2.0), 2.0, 32.0);
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
  double lo_w = kProviders.front().lo_w;
  double hi_w = 0.0;
  for (const auto& provider : kProviders) {
    min_w += provider.min_w / static_cast<double>(kProviders.size());
    max_w += provider.max_w / static_cast<double>(kProviders.size());
    lo_w = std::min(lo_w, provider.lo_w);
    hi_w = std::max(hi_w, provider.hi_w);
  }
  std::string whose = "means of Google Cloud 0.71/4.26, AWS 0.74/3.5, Azure 0.78/3.76";
  for (const auto& provider : kProviders) {
    if (known != provider.provider) continue;
    min_w = provider.min_w;
    max_w = provider.max_w;
    lo_w = provider.lo_w;
    hi_w = provider.hi_w;
    whose = provider.name;
  }
  return {count * min_w,
          count * max_w,
          count * lo_w,
          count * hi_w,
          "CPU model from utilisation (CCF)",
          fmt::format(
              "W = {} vCPU x (min + utilisation x (max - min)), min {:.3f} and max {:.3f} W per vCPU ({}), "
              "bounds {:.2f} to {:.2f} W per vCPU (its architectures); Cloud Carbon Footprint, Methodology",
              vcpus, min_w, max_w, whose, lo_w, hi_w)};
}

PowerModel tdp_power_model(double tdp_w, const std::string& origin, std::optional<double> most_w) {
  const double most = most_w.value_or(kShortTermShare * tdp_w);
  return {kIdleShare * tdp_w,
          tdp_w,
          kLeastShare * tdp_w,
          most,
          "CPU model from utilisation (TDP)",
          fmt::format(
              "W = {:g} W x (0.1 + 0.9 x utilisation); bounds {:g} and {:g} W; thermal design power from {}",
              tdp_w, kLeastShare * tdp_w, most, origin)};
}

std::optional<PowerModel> gpu_power_model(std::string_view name, std::optional<double> cap_w) {
  std::optional<KnownPower> board;
  for (const auto& known : kGpus) {
    if (has_word(name, known.name)) board = known;
  }
  if (!board && !cap_w) return std::nullopt;
  const double full = cap_w.value_or(board ? board->full_w : 0.0);
  const double idle = std::min(board ? board->idle_w : kGpuIdleShare * full, full);
  const double least = kGpuLeastShare * full;
  return PowerModel{
      idle,
      full,
      least,
      full,
      "GPU model from utilisation (CCF)",
      fmt::format("W = {:g} + utilisation x ({:g} - {:g}); bounds {:.3g} W and {}; Cloud Carbon Footprint, "
                  "GPU coefficients",
                  idle, full, idle, least, cap_w ? "the power limit" : "the board's full power")};
}

PowerModel unknown_cpu_power_model(int threads) {
  const double tdp = kWattsPerThread * threads;
  const double lo = kLeastShare * std::min(tdp, kWattsUnknownCpu);
  const double hi = kUnknownMostShare * std::max(tdp, kWattsUnknownCpu);
  return {
      kIdleShare * tdp,
      tdp,
      lo,
      hi,
      "CPU model from utilisation (TDP not known)",
      fmt::format(
          "W = {:g} W x (0.1 + 0.9 x utilisation), 4 W for each of {} threads; bounds {:.3g} and {:g} W: a "
          "fiftieth of the smaller and three times the larger of this and 85 W; CodeCarbon, "
          "external/hardware.py",
          tdp, threads, lo, hi)};
}

PowerModel memory_power_model(double gigabytes, bool inside_vcpu_model) {
  const double watts = kMemoryCcf * gigabytes;
  const double least = std::min(kMemoryCrucial * gigabytes, kLeastWattsPerModule * few_modules(gigabytes));
  const double lo = inside_vcpu_model ? 0.0 : least;
  const double modules = many_modules(gigabytes);
  return {
      watts,
      watts,
      lo,
      std::max(watts, kWattsPerModule * modules),
      "memory model from size (CCF)",
      fmt::format(
          "W = 0.392 W/GB x {:.1f} GB (Cloud Carbon Footprint); bounds {:.3g} W{} to 5 W for each of {:g} "
          "modules (CodeCarbon 3)",
          gigabytes, lo,
          inside_vcpu_model ? " (the vCPU coefficients hold memory already)"
                            : " (1.5 W a module or 0.375 W/GB)",
          modules)};
}

}  // namespace edgeeval
