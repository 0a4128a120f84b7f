// SPDX-License-Identifier: Apache-2.0
// Several sources of one measuring point made into one figure, and gross joules into net
#pragma once

#include <edgeeval/record.hpp>
#include <optional>
#include <span>

#include "energy/estimate.hpp"
#include "energy/series.hpp"

namespace edgeeval::energy {

/// One figure from a counter and the integral of the same device's power (docs/energy.md): the counter's
/// estimate where it has one, else the integral. Where both are there and differ by more than 5 % and more
/// than their intervals allow, the interval is widened to hold both and flagged "disagrees". A counter that
/// never moves while the power is well above zero, or the other way round, disagrees too. Neither: the
/// counter's reason, else the other's.
[[nodiscard]] EstimateResult reconcile(const EstimateResult& counter, const EstimateResult& integral);

/// Power of a device at rest, from a window without work: block-averaged, with the standard
/// error of the block means, which counts in that each depends on the one before.
struct IdleBaseline {
  std::string state;  ///< "bare", "context", "model resident".
  double watts = 0.0;
  double standard_error_w = 0.0;
  double length_s = 0.0;
  double at_s = 0.0;  ///< Middle of the idle window, on the epoch's clock.
};

/// Net joules: gross − idle · duration, u_b = duration · u(idle); with baselines before and after, their
/// mean, and half their difference (drift) is added to the uncertainty. Not below what the bounds allow; may
/// be negative.
struct NetEstimate {
  double joules = 0.0;
  double lo_j = 0.0;
  double hi_j = 0.0;
};
[[nodiscard]] NetEstimate net_of_idle(const Estimate& gross, double duration_s, const IdleBaseline& before,
                                      const std::optional<IdleBaseline>& after);

/// Own bounds and the shared gain together, combined as independent 95 % half-widths in quadrature; added
/// where the own bounds are hard.
struct Bounds {
  double lo_j = 0.0;
  double hi_j = 0.0;
};
[[nodiscard]] Bounds with_common(const Estimate& estimate);

/// The estimate as an entry of a window's record.
[[nodiscard]] EnergyEntry to_entry(const ProbeInfo& info, const Estimate& estimate);

}  // namespace edgeeval::energy
