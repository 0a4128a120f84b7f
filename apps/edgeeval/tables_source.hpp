// SPDX-License-Identifier: Apache-2.0
// Where published tables are read from, for the commands that take a folder of them.
#pragma once

#include <edgeeval/result.hpp>
#include <string>

#include "tables/published_study.hpp"

namespace edgeeval {

/// Reads the tables of `folder`; the shipped ones where it is empty. The mapping is, in this order: `mapping`,
/// the folder's own mapping.yaml, the shipped one for the form in which the paper's tables were published.
/// Errors: io, invalid_table.
[[nodiscard]] Result<PublishedStudy> read_published(const std::string& folder, const std::string& mapping);

}  // namespace edgeeval
