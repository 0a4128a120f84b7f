// SPDX-License-Identifier: Apache-2.0
// Joules less what the load generator itself took of them, where both sides share a machine.
#pragma once

#include <optional>

#include "serving/energy.hpp"

namespace edgeeval {

/// Joules without the client's. Intervals are as wide as both sides allow: the least of one less the most of
/// the other. Grades are the weaker of both: less a modelled part, nothing is measured.
struct NetOfClient {
  std::optional<Fact> load;         ///< Gross of the load, idle included, less the client's.
  std::optional<Fact> request;      ///< Net of idle.
  std::optional<Fact> reply_token;  ///< The client's work goes with the events that it reads.
};

/// `client` is what the client took over the measured phase (J), that of `gross`. A request bears its share
/// of it, and a reply token too; a prompt token bears none, since a request is written once. Of the client's
/// part at its most (client_power.hpp) some is the machine's rest, which net-of-idle figures are rid of
/// already: their lower bounds err on the low side.
[[nodiscard]] NetOfClient net_of_client(const std::optional<Fact>& gross,
                                        const std::optional<EnergyByPhase>& by_phase, const Fact& client);

}  // namespace edgeeval
