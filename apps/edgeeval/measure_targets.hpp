// SPDX-License-Identifier: Apache-2.0
// Whether the files of `edgeeval measure` can be written, asked before the work is done
#pragma once

#include <edgeeval/result.hpp>
#include <string>

namespace edgeeval {

/// How a file comes to be written.
enum class Writing { aside, append };  ///< Written aside and renamed into its place, or added to.

/// Whether a file can be written at `path`, as far as can be told without writing: there is a folder that may
/// be written to, and no folder or protected file in its place. Links are followed; our own descriptors
/// (/dev/stdout, /dev/fd/N) pass. io error with `option` in its text otherwise.
[[nodiscard]] Result<void> check_target(const std::string& path, const std::string& option, Writing writing);

/// Whether two paths name the same file, existing or not.
[[nodiscard]] bool same_file(const std::string& a, const std::string& b);

}  // namespace edgeeval
