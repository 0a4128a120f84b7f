// SPDX-License-Identifier: Apache-2.0
#include "core/paths.hpp"

#include <cstdlib>
#include <system_error>

#include "core/json.hpp"
#include "core/process.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

bool on_disk(const fs::path& path) {
  std::error_code status;
  return fs::exists(path, status);
}

}  // namespace

fs::path cache_folder() {
  if (auto own = environment("EDGEEVAL_CACHE")) return *own;
  if (auto xdg = environment("XDG_CACHE_HOME")) return fs::path(*xdg) / "edgeeval";
  return fs::path(environment("HOME").value_or(".")) / ".cache" / "edgeeval";
}

fs::path executable_folder() {
  std::error_code status;
  return fs::read_symlink("/proc/self/exe", status).parent_path();
}

Result<fs::path> find_helper(const std::string& name) {
  if (auto beside = executable_folder() / name; on_disk(beside)) return beside;
  if (auto found = find_on_path(name)) return *found;
  return fail(ErrorCode::engine_missing, name + " is not built or not on PATH", name,
              "`make run` builds it; `scripts/setup` fetches what it needs first.");
}

std::optional<fs::path> installed(const std::string& key) {
  const auto table = read_json_file((cache_folder() / "installed.json").string());
  if (!table) return std::nullopt;
  const auto path = value_or(*table, key.c_str(), std::string());
  if (path.empty() || !on_disk(path)) return std::nullopt;
  return fs::path(path);
}

Result<fs::path> find_llama_server() {
  if (auto found = find_on_path("llama-server")) return *found;
  if (auto recorded = installed("llama_server")) return *recorded;
  return fail(ErrorCode::engine_missing, "llama-server is neither on PATH nor set up in the cache",
              "llama-server",
              "Run `scripts/setup` (it builds llama.cpp once), or put an installed llama-server on PATH.");
}

Result<fs::path> data_folder() {
  if (auto own = environment("EDGEEVAL_DATA")) return fs::path(*own);
  const auto folder = executable_folder();
  if (auto share = folder.parent_path() / "share" / "edgeeval"; on_disk(share / "tasks")) return share;
  for (auto up = folder; up.has_relative_path(); up = up.parent_path()) {
    if (on_disk(up / "data" / "tasks")) return up / "data";
  }
  return fail(ErrorCode::io, "the shipped data folder (tasks, schemas) is not found", folder.string(),
              "Set EDGEEVAL_DATA to the data/ folder of the source tree.");
}

}  // namespace edgeeval
