// SPDX-License-Identifier: Apache-2.0
// The figures of a deployment by other ways than the code's: sums over years, quadrature of the cumulative
// curves and bisection, in extended precision.
#pragma once

#include <optional>

#include "economics/inputs.hpp"

namespace edgeeval::economics::reference {

using Real = long double;

/// Money as it flows.
struct Flows {
  Real upfront_usd = 0;
  Real local_usd_per_year = 0;
  Real api_usd_per_year = 0;  ///< At t = 0.
  Real decay_per_year = 0;    ///< d.
  Real interest_per_year = 0;
};

/// What the inputs come to, by the words of docs/economics.md.
struct Money {
  Real machine_usd_per_year = 0;  ///< Of one machine.
  Real variable_usd = 0;
  Real api_usd = 0;
  Real adapt_usd = 0;
  Real fixed_usd_per_year = 0;
  Real replicas = 0;
  Real energy_j = 0;  ///< Of a request; demand above 0.
  Real carbon_g = 0;
  Flows flows;
};
[[nodiscard]] Money money_of(const Inputs& inputs);

/// Both crossings of the cumulative curves, in years.
struct Crossings {
  std::optional<Real> first;
  std::optional<Real> second;
};
[[nodiscard]] Crossings crossings(const Flows& flows);

/// Cumulative API cost less cumulative local cost after `years`, discounted where `discounted`.
[[nodiscard]] Real saving(const Flows& flows, Real years, bool discounted);

}  // namespace edgeeval::economics::reference
