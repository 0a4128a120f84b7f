// SPDX-License-Identifier: Apache-2.0
// Joules added up so that none is counted twice.
#pragma once

#include <edgeeval/record.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace edgeeval {

/// The windows whose energies are added up; none of them null.
using Windows = std::vector<const WindowRecord*>;

/// What the uncertainty of an energy is made of. Half-widths below and above the value (J).
struct Spread {
  double down = 0.0;
  double up = 0.0;
};

/// The energy of one or several windows.
struct EnergyTotal {
  Fact joules;                 ///< With the combined interval; of the weakest grade counted.
  double measured_share = 0;   ///< Of the joules, 0…1, that a sensor measured.
  Spread hard;                 ///< Own bounds that always hold: added up.
  Spread chance;               ///< Own bounds at 95 %: added in quadrature.
  bool open_above = false;     ///< A source gave only a lower bound, or none.
  std::map<std::string, double> gain_j;  ///< By device: half-width that its windows share (J).
  /// Domains that gave no energy and that no other source holds: the joules are then a lower bound of the whole.
  std::vector<std::string> missing;
  std::vector<std::string> counted;      ///< The sources that were added up.
  std::vector<std::string> flags;        ///< Of the entries counted, each once.
  /// Wall less its parts (fans, losses, unsensed devices), where one wall meter and all parts were read (J).
  std::optional<Fact> unexplained;
};

/// Adds up what no other source of the same window contains. Entries contained in another one (by `parent`), and
/// mirrors of another one, are left out. A wall meter contains all else. The platform's domain ("psys") is left out
/// where the packages inside it are read: what else it holds differs between machines, and may be a GPU that is
/// counted already.
///
/// Interval: hard bounds are added, 95 % bounds (method "integral") added in quadrature; a device's gain error is one
/// and the same in all its entries and windows, so it is added up within a device and in quadrature between devices.
/// The grade is the weakest; a sum of several entries is never stronger than computed. Absent where no window has
/// energy.
[[nodiscard]] std::optional<EnergyTotal> add_up(const Windows& windows);

/// add_up of one window, the sum alone.
[[nodiscard]] std::optional<Fact> total_energy(const WindowRecord& window);

/// The energy of `a` ÷ that of `b` ("1"). Gain errors of a device cancel as far as it has the same share in both,
/// so on one device the interval is tighter than that of the quotient of the absolute energies. Absent where either
/// has no energy, `b` has none above zero, or they miss different domains and so cannot be compared.
[[nodiscard]] std::optional<Fact> energy_ratio(const Windows& a, const Windows& b);

/// An entry's own bounds apart from the gain that it shares with other windows (J).
struct OwnBounds {
  double lo = 0.0;
  std::optional<double> hi;  ///< Absent where the entry is open above.
  bool hard = true;          ///< Hold always; else at 95 %.
};
[[nodiscard]] OwnBounds own_bounds(const EnergyEntry& entry);

/// Sets the value of an entry to `value` with own bounds `lo` and `hi`, widened by the entry's gain.
void set_joules(EnergyEntry& entry, double value, double lo, std::optional<double> hi);

}  // namespace edgeeval
