// SPDX-License-Identifier: Apache-2.0
// Small files of the kernel read below a root folder, with errors that say why a sensor does not answer
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace edgeeval {

/// The sys/ and proc/ files below a root. Tests give a folder of files, and a reader that fails as a kernel
/// would.
class Sysfs {
 public:
  /// Reads the whole text of one file.
  using Reader = std::function<Result<std::string>(const std::filesystem::path&)>;

  /// Files below `root`, read from the file system.
  Sysfs(std::filesystem::path root);  // NOLINT(google-explicit-constructor): a root folder is such a tree
  /// Files below `root`, their texts as `reader` gives them; folders are listed from the file system.
  Sysfs(std::filesystem::path root, Reader reader) : root_(std::move(root)), reader_(std::move(reader)) {}

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  /// `path` below the root; a path that begins with the root stays as it is.
  [[nodiscard]] std::filesystem::path at(const std::filesystem::path& path) const;
  /// The text without white space at its end. Error: unavailable, with what the kernel answered
  /// (read_failure()).
  [[nodiscard]] Result<std::string> text(const std::filesystem::path& path) const;
  /// The text, or nothing at all where it cannot be read: for what is named and not measured.
  [[nodiscard]] std::string text_or_empty(const std::filesystem::path& path) const;
  /// A whole number. Error: unavailable where the file cannot be read or holds anything else.
  [[nodiscard]] Result<std::int64_t> integer(const std::filesystem::path& path) const;
  /// A counter, which may use all 64 bits. Errors as integer().
  [[nodiscard]] Result<std::uint64_t> counter(const std::filesystem::path& path) const;
  /// A decimal number. Errors as integer().
  [[nodiscard]] Result<double> decimal(const std::filesystem::path& path) const;
  /// Whether something has that name, readable or not.
  [[nodiscard]] bool exists(const std::filesystem::path& path) const;
  /// The entries of a folder, by name; none where it cannot be listed.
  [[nodiscard]] std::vector<std::filesystem::path> list(const std::filesystem::path& folder) const;
  /// The bus address that a class folder's `device` link leads to ("0000:03:00.0", "1-0040"); the folder's
  /// own name where there is no link.
  [[nodiscard]] std::string device_name(const std::filesystem::path& folder) const;

 private:
  std::filesystem::path root_;
  Reader reader_;
};

/// What a failed read of a sensor file means, by errno: "permission denied" (EACCES, EPERM), "no data: the
/// sensor is switched off" (ENODATA), "gone" (ENOENT, ENODEV, ENXIO), …. Code unavailable; `where` is the
/// path.
[[nodiscard]] Error read_failure(int number, const std::filesystem::path& path);

}  // namespace edgeeval
