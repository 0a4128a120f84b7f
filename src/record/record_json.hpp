// SPDX-License-Identifier: Apache-2.0
// A JSON file that a record is made of: where it is damaged, the error says so.
#pragma once

#include <string>

#include "core/json.hpp"

namespace edgeeval {

/// Reads and parses a whole file. Errors: io (it cannot be read), record_unreadable (it is no JSON).
[[nodiscard]] Result<Json> read_record_json(const std::string& path);

}  // namespace edgeeval
