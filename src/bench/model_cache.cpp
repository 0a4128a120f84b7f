// SPDX-License-Identifier: Apache-2.0
#include "bench/model_cache.hpp"

#include <array>
#include <fstream>
#include <system_error>

#include "load/page_cache.hpp"

namespace edgeeval {
namespace {

void read_through(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> block(1U << 20U);
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
  }
}

std::optional<double> share_of(const std::filesystem::path& path) {
  const auto share = page_cache_share(path);
  return share ? std::optional(*share) : std::nullopt;
}

}  // namespace

std::string_view to_string(CacheWish wish) {
  switch (wish) {
    case CacheWish::as_is:
      return "as-is";
    case CacheWish::warm:
      return "warm";
    case CacheWish::evicted:
      return "evicted";
  }
  return "as-is";
}

std::vector<CachedFile> prepare_cache(const std::vector<std::filesystem::path>& files, CacheWish wish) {
  std::vector<CachedFile> cached;
  for (const auto& path : files) {
    CachedFile file;
    file.path = path;
    std::error_code status;
    const auto bytes = std::filesystem::file_size(path, status);
    if (!status) file.bytes = bytes;
    if (wish == CacheWish::warm) read_through(path);
    if (wish == CacheWish::evicted) {
      const auto evicted = evict_page_cache(path);
      file.before = evicted ? std::optional(*evicted) : std::nullopt;
    } else {
      file.before = share_of(path);
    }
    cached.push_back(std::move(file));
  }
  return cached;
}

void note_cache_after(std::vector<CachedFile>& files) {
  for (auto& file : files) file.after = share_of(file.path);
}

std::optional<double> resident_before(const std::vector<CachedFile>& files) {
  double bytes = 0.0;
  double resident = 0.0;
  for (const auto& file : files) {
    if (!file.before) continue;
    bytes += static_cast<double>(file.bytes);
    resident += *file.before * static_cast<double>(file.bytes);
  }
  return bytes > 0.0 ? std::optional(resident / bytes) : std::nullopt;
}

}  // namespace edgeeval
