// SPDX-License-Identifier: Apache-2.0
// Inputs that are not known exactly: their distributions, seeded draws, and what the draws say of the
// outcome.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "economics/inputs.hpp"
#include "economics/outcome.hpp"

namespace edgeeval::economics {

/// How an input spreads about its value.
enum class Shape {
  fixed,         ///< Known, or chosen.
  split_normal,  ///< value + z·(hi − value)/1.96 for z ≥ 0, value + z·(value − lo)/1.96 below; z standard
                 ///< normal.
  split_lognormal,  ///< value·(hi/value)^(z/1.96), value·(value/lo)^(z/1.96): lo, value, hi above 0; where
                    ///< one is not, the value stays.
  uniform,          ///< Between lo and hi.
};

/// One input with its spread. lo and hi bound 95 % (split shapes) or all (uniform).
struct Uncertain {
  double value = 0.0;
  double lo = 0.0;
  double hi = 0.0;
  Shape shape = Shape::fixed;
  /// Inputs of one correlation group move together (one z for all): joules and watts of one board share its
  /// gain. 0: on its own.
  std::uint32_t correlation = 0;
};

inline constexpr std::size_t kInputs = 44;  ///< Rows of input_table(); checked where it is defined.
/// Every input of one variant, by its place in input_table().
using UncertainInputs = std::array<Uncertain, kInputs>;

/// The values alone.
[[nodiscard]] Inputs central(const UncertainInputs& inputs);

/// A number in (0, 1) that depends on its three arguments only, the same on every machine and in the page:
/// the hash pcg3d (Jarzynski and Olano 2020, "Hash Functions for GPU Rendering") of (seed, draw, slot) as
/// 32-bit words x, y, z; (x·2²¹ + (y >> 11) + ½)/2⁵³ of its first two results, at most 1 − 2⁻⁵³.
[[nodiscard]] double draw_uniform(std::uint32_t seed, std::uint32_t draw, std::uint32_t slot);

/// The standard normal quantile of p in (0, 1), to 1e-15 relative: Wichura 1988, algorithm AS 241 (PPND16).
[[nodiscard]] double normal_quantile(double p);

/// One draw of all inputs, each clipped to its [least, most]. Scenario inputs and correlation groups use
/// slots that do not depend on `variant`, so that variants are compared under the same prices and the same
/// gain: slot = place in the table for scenario inputs; 1000 + correlation for groups; 100000 + 100·variant +
/// place for the rest. `uniform` shapes use draw_uniform directly.
[[nodiscard]] Inputs draw_inputs(const UncertainInputs& inputs, std::uint32_t variant, std::uint32_t seed,
                                 std::uint32_t draw);

/// Median and 90 % band over draws: of n sorted values the one at place ⌊p·(n − 1) + ½⌋, p = 0.05, 0.5, 0.95.
/// Draws in which a figure does not exist (never pays) or is infinite count as +∞, so hi, or even the median,
/// may be unbounded. The two of the reversal are of the draws alone that have a break-even: where nothing has
/// paid back, nothing is reversed, and +∞ is for those that stay paid back for good.
struct Band {
  std::optional<double> lo, median, hi;  ///< 5 %, 50 %, 95 %; absent: unbounded above.
  double defined = 1.0;                  ///< Share of these draws in which the figure exists and is finite.
};

/// What the draws say of one variant.
struct Spread {
  std::uint32_t draws = 0;
  double local_cheaper = 0.0;    ///< Share of draws with saving_usd > 0 at the horizon.
  double never = 0.0;            ///< Share of draws whose verdict is never.
  double pays_within = 0.0;      ///< Share of draws with t* within the horizon.
  double reversed_within = 0.0;  ///< Share of draws with both t* and the reversal within the horizon.
  Band local_usd, api_usd, demand_floor_per_s, utilisation_floor, break_even_s, break_even_requests,
      reversal_s, reversal_requests, saving_usd, npv_usd, local_usd_per_mtok, local_usd_per_correct, energy_j,
      carbon_g, keep_warm_gap_s;
};

/// The decision under uncertainty.
enum class Decision { local, api, undecided, never };
[[nodiscard]] std::string_view to_string(Decision decision) noexcept;
/// local where local_cheaper ≥ 0.95, never where never ≥ 0.95, api where local_cheaper ≤ 0.05, else
/// undecided, as without any draw.
[[nodiscard]] Decision decide(const Spread& spread);

/// Draws `draws` times and summarises. The same for any number of threads and on any machine to rounding.
[[nodiscard]] Spread simulate(const UncertainInputs& inputs, std::uint32_t variant, std::uint32_t seed,
                              std::uint32_t draws);
/// All variants of a study at once: scenario inputs, which all must share, are drawn once a draw. Variant i
/// of `all` is variant number i; equal to simulate() of each.
[[nodiscard]] std::vector<Spread> simulate_all(std::span<const UncertainInputs> all, std::uint32_t seed,
                                               std::uint32_t draws, unsigned threads = 1);

/// One input's pull on the outcome, others at their values.
struct Lever {
  std::size_t input = 0;  ///< Place in input_table().
  double at_lo = 0.0;     ///< Input at its lo, or at −20 % (clipped) where it is fixed: the value used, and
  double at_hi = 0.0;     ///< at its hi, or +20 %.
  double saving_at_lo = 0.0;  ///< saving_usd there (USD).
  double saving_at_hi = 0.0;
  double swing = 0.0;  ///< |saving_at_hi − saving_at_lo|.
  /// d ln(local_usd)/d ln(input) by central differences of ±1 %; absent where either is 0 or infinite.
  std::optional<double> elasticity;
};

/// All levers that move the saving, largest swing first; inputs that are 0 or yes/no and fixed are left out.
/// Replicas are whole: fixed, they move to the nearest whole number, and they have no elasticity.
[[nodiscard]] std::vector<Lever> tornado(const UncertainInputs& inputs);

}  // namespace edgeeval::economics
