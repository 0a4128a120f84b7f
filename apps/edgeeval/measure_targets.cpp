// SPDX-License-Identifier: Apache-2.0
#include "measure_targets.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "core/files.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;

bool own_descriptor(std::string_view path) {
  return path.starts_with("/dev/fd/") || path.starts_with("/proc/self/fd/") || path.starts_with("/dev/std");
}

/// What `path` stands for once its links are followed; the last one need not exist.
fs::path followed(fs::path path) {
  constexpr int kMostLinks = 40;  // As many as Linux follows.
  std::error_code status;
  for (int links = 0; links < kMostLinks && fs::is_symlink(path, status); ++links) {
    const auto next = fs::read_symlink(path, status);
    if (status) break;
    path = next.is_absolute() ? next : path.parent_path() / next;
  }
  return path;
}

fs::path folder_of(const fs::path& path) {
  const auto folder = path.parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

}  // namespace

Result<void> check_target(const std::string& path, const std::string& option, Writing writing) {
  if (own_descriptor(path)) return {};
  const auto target = followed(path);
  const auto folder = folder_of(target);
  std::error_code status;
  if (fs::is_directory(target, status)) return fail(ErrorCode::io, path + " is a folder, not a file", option);
  if (!fs::is_directory(folder, status))
    return fail(ErrorCode::io, "there is no folder " + folder.string(), option);
  const bool there = fs::exists(target, status);
  if (there && ::access(target.c_str(), W_OK) != 0)
    return tl::unexpected(errno_error(errno, "cannot write " + path, option));
  // What is renamed into its place needs the folder as well; a device or a pipe is written into.
  const bool made = !there || (writing == Writing::aside && fs::is_regular_file(target, status));
  if (made && ::access(folder.c_str(), W_OK | X_OK) != 0)
    return tl::unexpected(errno_error(errno, "cannot write into the folder " + folder.string(), option));
  return {};
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code status;
  if (fs::equivalent(a, b, status)) return true;
  const auto one = followed(a);
  const auto other = followed(b);
  return one.filename() == other.filename() && fs::equivalent(folder_of(one), folder_of(other), status);
}

}  // namespace edgeeval
