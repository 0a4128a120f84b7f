// SPDX-License-Identifier: Apache-2.0
#include "bench/fresh_folder.hpp"

#include <system_error>
#include <utility>

#include "core/files.hpp"

namespace edgeeval {
namespace fs = std::filesystem;

Result<FreshFolder> FreshFolder::make(const fs::path& path) {
  std::error_code status;
  std::vector<fs::path> missing;
  // "a/b/" has an empty last part, which is no folder of its own.
  auto at = path.has_filename() ? path : path.parent_path();
  for (; !at.empty() && !fs::exists(at, status); at = at.parent_path()) missing.push_back(at);
  FreshFolder folder(std::move(missing), path);
  if (auto made = make_folder(path); !made) return tl::unexpected(made.error());
  return folder;
}

FreshFolder::FreshFolder(std::vector<fs::path> made, fs::path path)
    : made_(std::move(made)), path_(std::move(path)) {}

FreshFolder::FreshFolder(FreshFolder&& other) noexcept
    : made_(std::move(other.made_)),
      files_(std::move(other.files_)),
      path_(std::move(other.path_)),
      kept_(std::exchange(other.kept_, true)) {}

FreshFolder::~FreshFolder() {
  if (kept_) return;
  std::error_code status;
  // remove() takes files and empty folders alone: what holds anything else stays.
  for (const auto& file : files_) fs::remove(file, status);
  for (const auto& folder : made_) fs::remove(folder, status);
}

void FreshFolder::will_hold(const fs::path& name) {
  std::error_code status;
  if (!fs::exists(path_ / name, status)) files_.push_back(path_ / name);
}

}  // namespace edgeeval
