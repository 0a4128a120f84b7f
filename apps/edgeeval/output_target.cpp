// SPDX-License-Identifier: Apache-2.0
#include "output_target.hpp"

#include <cerrno>
#include <cstdio>

#include "core/files.hpp"

namespace edgeeval {

Result<OutputTarget> output_target(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) {
    return fail(ErrorCode::usage, "\"" + text + "\" is not FORMAT:PATH", "-o",
                "for example -o csv:metrics.csv, or -o json:- for stdout");
  }
  return OutputTarget{text.substr(0, colon), text.substr(colon + 1)};
}

Result<void> write_output(const std::string& path, const std::string& content) {
  errno = 0;
  if (path != "-") {
    // The path may name stdout in another way, and what was printed before comes before.
    std::fflush(stdout);
    return write_file(path, content);
  }
  const bool whole =
      std::fwrite(content.data(), 1, content.size(), stdout) == content.size() && std::fflush(stdout) == 0;
  if (whole) return {};
  return tl::unexpected(errno_error(errno == 0 ? EIO : errno, "cannot write", "stdout"));
}

}  // namespace edgeeval
