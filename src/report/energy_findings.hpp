// SPDX-License-Identifier: Apache-2.0
// What a reader must know of a study's joules: where they come from, what is missing, what its sensors said.
#pragma once

#include <edgeeval/reporter.hpp>
#include <string>
#include <vector>

namespace edgeeval {

/// Sentences on grades and their mix, idle power and residency, drift, missing sources, and trouble of sensors; the
/// gravest first. Empty where there is nothing to say.
[[nodiscard]] std::vector<std::string> energy_cautions(const StudyReport& report);

/// Energy of `a` over that of `b`, a request (1), with the gains of the devices that served both cancelled; absent
/// where either has no load window with energy.
[[nodiscard]] std::optional<Fact> request_energy_ratio(const StudyReport& report, const VariantInfo& a,
                                                       const VariantInfo& b);

}  // namespace edgeeval
