// SPDX-License-Identifier: Apache-2.0
#include "tables_source.hpp"

#include <filesystem>

#include "core/paths.hpp"
#include "tables/mapping.hpp"

namespace edgeeval {
namespace fs = std::filesystem;

Result<PublishedStudy> read_published(const std::string& folder, const std::string& mapping) {
  auto data = data_folder();
  if (!data) return tl::unexpected(data.error());
  const auto shipped = *data / "paper";
  const fs::path tables = folder.empty() ? shipped : fs::path(folder);
  fs::path rules = mapping;
  if (mapping.empty()) {
    std::error_code ignored;
    const auto own = tables / "mapping.yaml";
    rules = fs::exists(own, ignored) ? own : shipped / "mapping-original.yaml";
  }
  auto read = read_mapping(rules);
  if (!read) return tl::unexpected(read.error());
  return read_tables(tables, *read);
}

}  // namespace edgeeval
