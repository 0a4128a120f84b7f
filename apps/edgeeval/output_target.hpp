// SPDX-License-Identifier: Apache-2.0
// "-o FORMAT:PATH": one output of a command.
#pragma once

#include <edgeeval/result.hpp>
#include <string>

namespace edgeeval {

/// A format and where to write it; the path "-" is stdout.
struct OutputTarget {
  std::string format;
  std::string path;
};

/// Takes "FORMAT:PATH" apart; usage error where it is not of that form.
[[nodiscard]] Result<OutputTarget> output_target(const std::string& text);

/// Writes `content` to a path as a whole, or to stdout for "-"; into a device or a pipe. Errors: disk_full, io.
[[nodiscard]] Result<void> write_output(const std::string& path, const std::string& content);

}  // namespace edgeeval
