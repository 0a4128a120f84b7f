// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "economics/crossing.hpp"
#include "economics/outcome.hpp"
#include "economics/terms.hpp"

namespace edgeeval::economics {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

// Watts of a replica that run whether requests come or not.
double standing_w(const Inputs& in, const Terms& terms) {
  return in.idle_w + terms.starts_per_s * in.cold_start_j;
}

// Joules that a request adds to what runs anyway.
double added_j(const Inputs& in) { return std::max(in.busy_w - in.idle_w, 0.0) / in.capacity_per_s; }

void set_machines(Outcome& out, const Inputs& in, const Terms& terms) {
  out.replicas = std::max(terms.machines, std::ceil(terms.demand_per_s / in.capacity_per_s));
  out.utilisation = terms.demand_per_s / (out.replicas * in.capacity_per_s);
}

void set_money(Outcome& out, const Inputs& in, const Terms& terms) {
  out.adapt_usd = (in.adapt_s * terms.machine_usd_per_s + in.adapt_j * terms.usd_per_j) * terms.waste_factor +
                  terms.people_usd;
  out.upfront_usd = out.adapt_usd + in.setup_usd;
  out.hardware_usd_per_s = out.replicas * terms.machine_usd_per_s;
  out.maintenance_usd_per_s = out.replicas * terms.upkeep_usd_per_s;
  out.staff_usd_per_s = terms.staff_usd_per_s;
  out.idle_usd_per_s = out.replicas * standing_w(in, terms) * terms.usd_per_j;
  out.retrain_usd_per_s = terms.retrains_per_s * out.adapt_usd;
  out.fixed_usd_per_s = out.hardware_usd_per_s + out.maintenance_usd_per_s + out.staff_usd_per_s +
                        out.idle_usd_per_s + out.retrain_usd_per_s;
  out.variable_usd = added_j(in) * terms.usd_per_j;
  out.api_usd = in.input_tokens * terms.usd_per_input_token + in.output_tokens * terms.usd_per_output_token;
  const double demand = terms.demand_per_s;
  out.local_usd = demand > 0.0 ? out.variable_usd + out.fixed_usd_per_s / demand : kInfinite;
}

Race race_of(const Outcome& out, const Terms& terms) {
  return {.upfront_usd = out.upfront_usd,
          .local_usd_per_s = out.fixed_usd_per_s + terms.demand_per_s * out.variable_usd,
          .api_usd_per_s = terms.demand_per_s * out.api_usd,
          .decay_per_s = terms.decay_per_s};
}

Verdict verdict_of(const Outcome& out) {
  if (!out.utilisation_floor || *out.utilisation_floor > 1.0) return Verdict::never;
  return out.saving_usd > 0.0 ? Verdict::local : Verdict::api;
}

void set_break_even(Outcome& out, const Inputs& in, const Terms& terms) {
  if (out.api_usd > out.variable_usd) {
    out.demand_floor_per_s = out.fixed_usd_per_s / (out.api_usd - out.variable_usd);
    out.utilisation_floor = *out.demand_floor_per_s / (out.replicas * in.capacity_per_s);
  }
  const Race race = race_of(out, terms);
  out.break_even_s = first_crossing(race);
  if (out.break_even_s) {
    out.break_even_requests = terms.demand_per_s * *out.break_even_s;
    out.reversal_s = second_crossing(race);
    if (out.reversal_s) out.reversal_requests = terms.demand_per_s * *out.reversal_s;
  }
  out.saving_usd =
      terms.horizon_s * (race.api_usd_per_s * terms.api_share - race.local_usd_per_s) - out.upfront_usd;
  out.npv_usd = terms.horizon_s * (race.api_usd_per_s * terms.api_share_now -
                                   race.local_usd_per_s * terms.local_share_now) -
                out.upfront_usd;
  out.verdict = verdict_of(out);
}

void set_cost_by_outcome(Outcome& out, const Inputs& in) {
  const double tokens = in.input_tokens + in.output_tokens;
  if (tokens > 0.0) {
    out.local_usd_per_mtok = out.local_usd * 1e6 / tokens;
    out.api_usd_per_mtok = out.api_usd * 1e6 / tokens;
  }
  if (in.output_tokens > 0.0) {
    out.local_usd_per_mtok_out = out.local_usd * 1e6 / in.output_tokens;
    out.api_usd_per_mtok_out = out.api_usd * 1e6 / in.output_tokens;
  }
  if (in.quality > 0.0) out.local_usd_per_correct = out.local_usd / in.quality;
  if (in.api_quality > 0.0) out.api_usd_per_correct = out.api_usd / in.api_quality;
  out.cascade_usd = out.local_usd + (1.0 - in.cascade_acceptance) * out.api_usd;
}

void set_energy_and_carbon(Outcome& out, const Inputs& in, const Terms& terms) {
  out.api_g = terms.api_g;
  const double demand = terms.demand_per_s;
  if (demand <= 0.0) {
    out.energy_j = out.operational_g = out.embodied_g = out.adaptation_g = out.carbon_g = kInfinite;
    return;
  }
  out.energy_j = terms.site_factor * (added_j(in) + out.replicas * standing_w(in, terms) / demand);
  out.operational_g = out.energy_j * terms.grams_per_j;
  out.embodied_g = terms.embodied_g_per_s * out.replicas / demand;
  out.adaptation_g = in.adapt_j * terms.site_factor * terms.grams_per_j * terms.waste_factor *
                     terms.adaptations_per_s / demand;
  out.carbon_g = out.operational_g + out.embodied_g + out.adaptation_g;
}

void set_keep_warm(Outcome& out, const Inputs& in, const Terms& terms) {
  out.park_w = std::max(in.idle_w - in.off_w, 0.0);
  if (out.park_w > 0.0) out.keep_warm_gap_s = in.cold_start_j / out.park_w;
  // λ/R > P_park/E_load without dividing by what may be 0.
  out.keep_warm = out.park_w <= 0.0 || terms.demand_per_s * in.cold_start_j > out.park_w * out.replicas;
  if (in.busy_w > 0.0) out.c_tax = in.cold_start_j / (in.busy_w / in.capacity_per_s);
}

}  // namespace

Outcome evaluate_with(const Inputs& inputs, const Terms& terms) {
  Outcome out;
  set_machines(out, inputs, terms);
  set_money(out, inputs, terms);
  set_break_even(out, inputs, terms);
  set_cost_by_outcome(out, inputs);
  set_energy_and_carbon(out, inputs, terms);
  set_keep_warm(out, inputs, terms);
  return out;
}

Outcome evaluate(const Inputs& inputs) { return evaluate_with(inputs, terms_of(inputs)); }

}  // namespace edgeeval::economics
