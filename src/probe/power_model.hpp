// SPDX-License-Identifier: Apache-2.0
// Watts from use where no sensor can be read: published models, each with the interval they disagree over.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace edgeeval {

/// Power as a straight line of utilisation, with bounds that hold at any utilisation (W).
struct PowerModel {
  double idle_w = 0.0;  ///< Best estimate at utilisation 0.
  double full_w = 0.0;  ///< Best estimate at utilisation 1.
  double lo_w = 0.0;    ///< Not less than this, whatever runs.
  double hi_w = 0.0;    ///< Not more than this, whatever runs.
  std::string title;    ///< For people.
  std::string detail;   ///< Formula, constants and where they come from.
};

/// Who runs a virtual machine.
enum class CloudProvider { google, amazon, microsoft };

/// The provider whose firmware calls itself `sys_vendor` (<root>/sys/class/dmi/id/sys_vendor): "Google",
/// "Amazon EC2", "Microsoft Corporation"; nothing for any other.
[[nodiscard]] std::optional<CloudProvider> provider_from_vendor(std::string_view sys_vendor);

/// A virtual machine of `vcpus` virtual CPUs:
///   W = vcpus · (min + utilisation · (max − min)),
/// with Cloud Carbon Footprint's coefficients in W per vCPU (CCF Methodology, "Energy Estimate"): Google
/// Cloud 0.71 and 4.26, AWS 0.74 and 3.5, Azure 0.78 and 3.76; bounds min and max, times vcpus. Where the
/// provider is not known, the means of the three, and as bounds the smallest min and the largest max. The
/// coefficients rest on whole servers (SPECpower), so they hold some memory, fans and power supply too.
[[nodiscard]] PowerModel vcpu_power_model(int vcpus, std::optional<CloudProvider> provider = std::nullopt);

/// CPUs whose thermal design power is known, `tdp_w` for all packages together:
///   W = TDP · (0.1 + 0.9 · utilisation),  bounds 0.1 · TDP and TDP.
/// Published models disagree by a factor of 2 to 3 at middle load (CodeCarbon: 0.1 + 0.9 · load³; Green
/// Metrics Tool: utilisation ÷ 0.65), which is why the bounds span all of them. `origin` says where the TDP
/// comes from.
[[nodiscard]] PowerModel tdp_power_model(double tdp_w, const std::string& origin);

/// The thermal design power of one package (W) of the CPU that calls itself `model_name` in proc/cpuinfo, as
/// its maker's product page states it; nothing for those that are not in our short table.
[[nodiscard]] std::optional<double> known_tdp(std::string_view model_name);

/// A GPU without a power sensor:  W = idle + utilisation · (cap − idle),  bounds idle and cap.
/// Idle and, without a readable limit, full power of Cloud Carbon Footprint's table (T4 8/71, A10G 18/153,
/// V100 35/306, A100 46/407, P4 9/76.5, P100 36/306 W); of any other board with a limit, 11.3 % of it, as all
/// of that table have. Nothing where neither board nor limit is known. Utilisation only says that some kernel
/// ran, so the interval is wide on purpose.
[[nodiscard]] std::optional<PowerModel> gpu_power_model(std::string_view name, std::optional<double> cap_w);

/// A CPU of `threads` hardware threads on bare metal whose thermal design power is not known:
///   W = TDP · (0.1 + 0.9 · utilisation), TDP = 4 W · threads
/// (CodeCarbon's figure for an unknown CPU; its other one is 85 W). Bounds: a tenth of the smaller to all of
/// the larger of both.
[[nodiscard]] PowerModel unknown_cpu_power_model(int threads);

/// Memory of `gigabytes` (decimal): 0.392 W/GB (CCF), whatever runs. Upper bound: the larger of that and 5 W
/// a module (CodeCarbon 3, x86), modules of 8 GB, 2 to 32 of them. Lower bound: 3 W per 8 GB (CodeCarbon 2);
/// zero beside the vCPU model (`inside_vcpu_model`), whose coefficients hold memory already.
[[nodiscard]] PowerModel memory_power_model(double gigabytes, bool inside_vcpu_model);

}  // namespace edgeeval
