// SPDX-License-Identifier: Apache-2.0
// A folder for a record that may come to nothing: taken away again with what was put into it, unless kept.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <vector>

namespace edgeeval {

/// A folder made for a record. What was there before is never touched.
class FreshFolder {
 public:
  /// Makes `path` and its parents. Errors: io, disk_full.
  [[nodiscard]] static Result<FreshFolder> make(const std::filesystem::path& path);
  FreshFolder(FreshFolder&& other) noexcept;
  FreshFolder& operator=(FreshFolder&&) = delete;
  /// Unless kept: removes `files` that were put into it (files and empty folders), then the folder and those
  /// parents that were made, as far as they are empty.
  ~FreshFolder();

  /// `name` will be made in it. Call it before.
  void will_hold(const std::filesystem::path& name);
  /// Something was measured: all stays.
  void keep() { kept_ = true; }

 private:
  explicit FreshFolder(std::vector<std::filesystem::path> made, std::filesystem::path path);
  std::vector<std::filesystem::path> made_;  ///< Innermost first.
  std::vector<std::filesystem::path> files_;
  std::filesystem::path path_;
  bool kept_ = false;
};

}  // namespace edgeeval
