// SPDX-License-Identifier: Apache-2.0
#include "support/economics_samples.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace edgeeval::economics::samples {
namespace {

double random_value(SplitMix64& random, const InputField& field) {
  if (random.below(10) == 0) return field.least;
  switch (field.scale) {
    case Scale::yes_no:
      return static_cast<double>(random.below(2));
    case Scale::log:
      return log_unit(random, field.slider_lo, field.slider_hi);
    case Scale::linear:
      break;
  }
  const double share = unit(random);
  return field.slider_lo + share * share * share * (field.slider_hi - field.slider_lo);
}

Uncertain random_spread(SplitMix64& random, const InputField& field, double value) {
  Uncertain spread{.value = value, .lo = value, .hi = value};
  if (random.below(2) == 0) return spread;
  constexpr Shape kShapes[] = {Shape::split_normal, Shape::split_lognormal, Shape::uniform};
  spread.shape = kShapes[random.below(3)];
  spread.lo = std::max(field.least, value * (1.0 - 0.5 * unit(random)));
  spread.hi = std::min(field.most, value * (1.0 + unit(random)));
  if (random.below(4) == 0) spread.correlation = static_cast<std::uint32_t>(1 + random.below(2));
  return spread;
}

}  // namespace

double unit(SplitMix64& random) { return static_cast<double>(random.next() >> 11U) * 0x1p-53; }

double log_unit(SplitMix64& random, double lo, double hi) { return lo * std::pow(hi / lo, unit(random)); }

Inputs random_inputs(SplitMix64& random) {
  Inputs inputs;
  for (const InputField& field : input_table()) inputs.*field.member = random_value(random, field);
  return inputs;
}

UncertainInputs random_uncertain(SplitMix64& random) {
  const Inputs inputs = random_inputs(random);
  UncertainInputs spread{};
  const auto table = input_table();
  for (std::size_t i = 0; i < table.size(); ++i)
    spread.at(i) = random_spread(random, table[i], inputs.*table[i].member);
  return spread;
}

UncertainInputs certain(const Inputs& inputs) {
  UncertainInputs fixed{};
  const auto table = input_table();
  for (std::size_t i = 0; i < table.size(); ++i) fixed.at(i).value = inputs.*table[i].member;
  return fixed;
}

std::size_t place(std::string_view key) {
  const auto* field = find_input(key);
  if (field == nullptr) throw std::invalid_argument("no input " + std::string(key));
  return static_cast<std::size_t>(field - input_table().data());
}

Inputs paying() {
  Inputs in;
  in.demand_per_day = 86400.0;
  in.capacity_per_s = 4.0;
  in.rent_usd_per_h = 0.36;
  in.rent_includes_power = 0.0;
  in.interest_per_year = 0.0;
  in.busy_w = 136.0;
  in.idle_w = 36.0;
  in.off_w = 16.0;
  in.cold_start_j = 4000.0;
  in.electricity_usd_per_kwh = 0.36;
  in.input_tokens = 400.0;
  in.output_tokens = 100.0;
  in.api_input_usd_per_mtok = 2.5;
  in.api_output_usd_per_mtok = 10.0;
  in.adapt_s = 10000.0;
  in.adapt_j = 1e6;
  in.quality = 0.5;
  in.setup_usd = 98.9;
  return in;
}

}  // namespace edgeeval::economics::samples
