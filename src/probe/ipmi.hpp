// SPDX-License-Identifier: Apache-2.0
// A server's input power as its management controller tells it (IPMI DCMI), through ipmitool
#pragma once

#include <chrono>
#include <edgeeval/clock.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "probe/sysfs.hpp"
#include "probe/value_probe.hpp"

namespace edgeeval {

/// What `ipmitool dcmi power reading` says.
struct DcmiPower {
  double watts = 0.0;              ///< "Instantaneous power reading".
  std::optional<double> period_s;  ///< "Sampling period".
};

/// Reads that text. Error: unavailable where there is no reading, the controller says that it is not
/// measuring, or the reading is 0 W, which no running machine draws.
[[nodiscard]] Result<DcmiPower> parse_dcmi_power(std::string_view text);

/// How the controller is asked.
struct IpmiOptions {
  std::string program = "ipmitool";       ///< Looked up on PATH where it has no slash.
  std::chrono::milliseconds limit{2000};  ///< A controller that takes longer is not waited for.
};

/// Whether the kernel has a way to the controller: <root>/dev/ipmi0, dev/ipmi/0 or dev/ipmidev/0.
[[nodiscard]] bool has_ipmi_device(const Sysfs& sysfs);

/// Opens the supply's power, id "ipmi:dcmi", domain "wall", boundary "psu", steps of 1 W, read once a second
/// at most. Each read starts the program. Nothing, and no note, where there is no controller; a note where it
/// does not answer.
[[nodiscard]] SourceSet open_ipmi(const Sysfs& sysfs, const Clock& clock, const IpmiOptions& options = {});

}  // namespace edgeeval
