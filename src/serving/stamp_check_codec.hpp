// SPDX-License-Identifier: Apache-2.0
// A check of stamps as JSON, as it stands in reports and in files.
#pragma once

#include "core/json.hpp"
#include "serving/stamp_check.hpp"

namespace edgeeval {

/// What is absent is left out.
[[nodiscard]] Json to_json(const StampCheck& check);
/// Back; what is missing or of another type is absent or 0.
[[nodiscard]] StampCheck stamp_check_from(const Json& json);

}  // namespace edgeeval
