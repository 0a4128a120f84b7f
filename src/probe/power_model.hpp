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
/// with Cloud Carbon Footprint's coefficients in W per vCPU (CCF Methodology, "Compute"): Google Cloud 0.71
/// and 4.26, AWS 0.74 and 3.5, Azure 0.78 and 3.76. Which architecture runs below is not known, so the bounds
/// are the smallest min and the largest max of those that CCF lists for the provider (0.44 to 8.56, 0.40
/// to 9.85, 0.44 to 6.02), times vcpus. Where the provider is not known, the means of the three, and the
/// widest bounds. The coefficients rest on whole servers (SPECpower), so they hold some memory, fans and
/// power supply too. CCF's tables end with 2021's CPUs.
[[nodiscard]] PowerModel vcpu_power_model(int vcpus, std::optional<CloudProvider> provider = std::nullopt);

/// CPUs whose thermal design power is known, `tdp_w` for all packages together:
///   W = TDP · (0.1 + 0.9 · utilisation),  bounds 0.02 · TDP and `most_w`, else 1.25 · TDP.
/// Published models disagree by a factor of 2 to 3 at middle load (CodeCarbon: 0.1 + 0.9 · load³; Boavizta
/// and Teads: concave curves of a CPU's own measurements); the bounds span those. Green Metrics Tool's
/// utilisation ÷ 0.65 is for the whole machine, so it is not one of them. `origin` says where the TDP comes
/// from.
[[nodiscard]] PowerModel tdp_power_model(double tdp_w, const std::string& origin,
                                         std::optional<double> most_w = std::nullopt);

/// A GPU without a power sensor:  W = idle + utilisation · (cap − idle),  bounds 0.035 · cap and cap.
/// Idle and, without a readable limit, full power of Cloud Carbon Footprint's table (T4 8/71, A10G 18/153,
/// V100 35/306, A100 46/407, P4 9/76.5, P100 36/306 W); of any other board with a limit, 11.3 % of it, as all
/// of that table have. Boards have been seen to rest below that, at 3.5 % of their limit, hence the lower
/// bound. Nothing where neither board nor limit is known. Utilisation only says that some kernel ran, so the
/// interval is wide on purpose.
[[nodiscard]] std::optional<PowerModel> gpu_power_model(std::string_view name, std::optional<double> cap_w);

/// A CPU of `threads` hardware threads on bare metal whose thermal design power is not known:
///   W = TDP · (0.1 + 0.9 · utilisation), TDP = 4 W · threads
/// (CodeCarbon's figure for an unknown CPU; its other one is 85 W). Bounds: a fiftieth of the smaller and
/// three times the larger of both, which holds for every CPU of known_cpus.hpp.
[[nodiscard]] PowerModel unknown_cpu_power_model(int threads);

/// Memory of `gigabytes` (decimal): 0.392 W/GB (CCF), whatever runs. CodeCarbon 3 counts modules instead,
/// which at 512 GB is a fifth of that. Upper bound: the larger of 0.392 W/GB and 5 W a module, modules of 8
/// GB in pairs, 2 to 32 of them. Lower bound: the smaller of 0.375 W/GB and 1.5 W a module, as few modules as
/// CodeCarbon takes; zero beside the vCPU model (`inside_vcpu_model`), whose coefficients hold memory
/// already.
[[nodiscard]] PowerModel memory_power_model(double gigabytes, bool inside_vcpu_model);

}  // namespace edgeeval
