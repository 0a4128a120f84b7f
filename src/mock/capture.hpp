// SPDX-License-Identifier: Apache-2.0
// A captured answer, taken apart so that it can be sent again byte for byte at a script's pace.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace edgeeval::mock {

/// The bytes of one HTTP answer. `head` and `parts` together are the capture.
struct Capture {
  std::string head;                ///< Up to and with the empty line.
  std::vector<std::string> parts;  ///< The chunks with their framing; the last one's end belongs to the last
                                   ///< part with a body. A body without chunks is one part.
  bool ends_by_itself = true;      ///< A reader knows the end without the connection being closed.
};

/// Takes a capture apart. Bytes that are no chunks become one part. Error: invalid_study where there is no
/// head.
[[nodiscard]] Result<Capture> parse_capture(std::string_view bytes, const std::string& file);
/// Reads a capture from a file. Errors: io, or as parse_capture.
[[nodiscard]] Result<Capture> read_capture(const std::filesystem::path& path);

}  // namespace edgeeval::mock
