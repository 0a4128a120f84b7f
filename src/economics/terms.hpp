// SPDX-License-Identifier: Apache-2.0
// What of the formulas depends on the scenario alone: computed once for all variants of a draw.
#pragma once

#include "economics/inputs.hpp"
#include "economics/outcome.hpp"

namespace edgeeval::economics {

/// Terms of the scenario's inputs. Nothing here depends on an input of Owner::variant.
struct Terms {
  double demand_per_s = 0.0;         ///< λ.
  double machines = 1.0;             ///< ⌈replicas⌉, at least 1.
  double machine_usd_per_s = 0.0;    ///< Rent, or capital recovery, of one machine.
  double upkeep_usd_per_s = 0.0;     ///< Maintenance of one machine.
  double staff_usd_per_s = 0.0;      ///< S.
  double site_factor = 1.0;          ///< k·PUE.
  double usd_per_j = 0.0;            ///< k·PUE·π'/3.6e6: for a joule at the measured boundary.
  double grams_per_j = 0.0;          ///< I/3.6e6: of a joule of the site.
  double starts_per_s = 0.0;         ///< Cold starts of a replica.
  double usd_per_input_token = 0.0;  ///< Of the API, for a token counted here, cache and retries included.
  double usd_per_output_token = 0.0;
  double waste_factor = 1.0;  ///< 1 + waste.
  double people_usd = 0.0;    ///< Data and labour of one adaptation.
  double retrains_per_s = 0.0;
  double decay_per_s = 0.0;  ///< −ln(1 − d)/year.
  double horizon_s = 0.0;
  double api_share = 1.0;          ///< Mean over the horizon of the API's price, as a share of the first.
  double api_share_now = 1.0;      ///< The same discounted.
  double local_share_now = 1.0;    ///< A constant rate's discounted mean over the horizon.
  double embodied_g_per_s = 0.0;   ///< Of one machine.
  double adaptations_per_s = 0.0;  ///< 1/H + retrains, for carbon.
  double api_g = 0.0;              ///< Of the API's request.
};

/// Computes them from `inputs`.
[[nodiscard]] Terms terms_of(const Inputs& inputs);

/// What evaluate() gives, with `terms` = terms_of(inputs) computed before.
[[nodiscard]] Outcome evaluate_with(const Inputs& inputs, const Terms& terms);

/// An input of Scale::yes_no read as such: from one half on it is a yes.
[[nodiscard]] inline bool is_yes(double value) { return value >= 0.5; }

}  // namespace edgeeval::economics
