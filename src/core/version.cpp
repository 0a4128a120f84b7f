// SPDX-License-Identifier: Apache-2.0
#include <edgeeval/version.hpp>

namespace edgeeval {

std::string_view version() noexcept { return EDGEEVAL_VERSION; }

std::string_view record_version() noexcept { return "1.1"; }

}  // namespace edgeeval
