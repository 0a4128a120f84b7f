// SPDX-License-Identifier: Apache-2.0
// Metering plugs in the network: Shelly Gen2 and Tasmota
#pragma once

#include <chrono>
#include <edgeeval/clock.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "probe/http_get.hpp"
#include "probe/value_probe.hpp"

namespace edgeeval {

/// A plug as its user names it.
struct PlugAddress {
  enum class Dialect { shelly, tasmota };
  Dialect dialect = Dialect::shelly;
  HttpAddress address;
  int channel = 0;  ///< Of a Shelly with several outputs.
};

/// Reads "shelly://host[:port][/channel]" or "tasmota://host[:port]"; an IPv6 address stands in brackets.
/// Error: usage.
[[nodiscard]] Result<PlugAddress> parse_plug_address(const std::string& text);

/// What a plug showed.
struct PlugReading {
  double watts = 0.0;
  std::optional<double> joules;  ///< Counted since the plug was reset.
};

/// The answer of Shelly Gen2 to Switch.GetStatus: apower (W), aenergy.total (Wh) (Shelly Gen2 API, Switch).
/// Error: unavailable where it is something else.
[[nodiscard]] Result<PlugReading> parse_shelly(std::string_view body);

/// The answer of Tasmota to Status 10 (older: 8): StatusSNS.ENERGY.Power (W) and Total (kWh) (Tasmota,
/// Commands). Error: unavailable where it is something else.
[[nodiscard]] Result<PlugReading> parse_tasmota(std::string_view body);

/// Opens the plug that `text` names: its counter "plug:<text>" and its watts beside it, domain "wall",
/// boundary "wall", read once a second at most. A name is resolved here, once: a plug that moves to another
/// address is lost; both come from one request. Errors: usage where the text names no plug; timed_out, io or
/// unavailable where it does not answer as one within `limit`.
[[nodiscard]] Result<SourceSet> open_plug(const std::string& text, const Clock& clock,
                                          std::chrono::milliseconds limit = std::chrono::milliseconds(1000));

}  // namespace edgeeval
