// SPDX-License-Identifier: Apache-2.0
// Text of others as one field of a CSV file that is written
#pragma once

#include <string>
#include <string_view>

namespace edgeeval {

/// `text` as one_line() gives it, in quotes where it holds a comma or a quote (RFC 4180): a record of the
/// file is always one line of it, and a terminal that shows the file is not steered.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace edgeeval
