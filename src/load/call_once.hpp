// SPDX-License-Identifier: Apache-2.0
// A small request that can be given up while its answer is waited for.
#pragma once

#include <string>

#include "core/cancel.hpp"
#include "load/client.hpp"

namespace edgeeval {

/// call_once() that ends within a tenth of a second of `cancel`, where that is not null. Error: cancelled
/// too.
[[nodiscard]] Result<SmallReply> call_once(const Target& target, const std::string& path,
                                           const std::string& body, double timeout_s,
                                           const CancelToken* cancel);

}  // namespace edgeeval
