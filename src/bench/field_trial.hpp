// SPDX-License-Identifier: Apache-2.0
// One small request with all the fields that a dialect's table names, to find those that this server refuses.
#pragma once

#include <string>
#include <vector>

#include "bench/settings.hpp"
#include "wire/probe_server.hpp"

namespace edgeeval {

/// Asks `call` for one token with the fields of the dialect. Where it is refused (400, 422), fields that the
/// refusal names are left out and it is asked again; where it names none, all of them. Fields without which
/// it answers are taken out of the dialect, and named in the result; where nothing helps, nothing is changed.
[[nodiscard]] std::vector<std::string> leave_out_refused(const SmallCall& call, const std::string& model,
                                                         const std::string& extra_json, Dialect& dialect);

}  // namespace edgeeval
