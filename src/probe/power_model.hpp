// SPDX-License-Identifier: Apache-2.0
// Watts from use where no sensor can be read: published models, each with the interval they disagree over.
#pragma once

#include <string>

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

/// A virtual machine of `vcpus` virtual CPUs of an unknown provider:
///   W = vcpus · (min + utilisation · (max − min)),
/// min and max being the means of Cloud Carbon Footprint's coefficients for Google Cloud (0.71, 4.26), AWS
/// (0.74, 3.5) and Azure (0.78, 3.76) in W per vCPU (CCF Methodology, "Energy Estimate"). Bounds: the
/// smallest min and the largest max, times vcpus. The coefficients rest on whole servers (SPECpower), so they
/// hold some memory, fans and power supply too.
[[nodiscard]] PowerModel vcpu_power_model(int vcpus);

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
