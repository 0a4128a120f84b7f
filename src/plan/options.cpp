// SPDX-License-Identifier: Apache-2.0
// What planning asks of this machine.
#include <fmt/format.h>

#include <algorithm>
#include <edgeeval/version.hpp>
#include <system_error>
#include <thread>

#include "core/files.hpp"
#include "core/hash.hpp"
#include "core/paths.hpp"
#include "plan/plan.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

/// Files above this size are told apart by size and time of change: hashing them would take longer than
/// planning may.
constexpr std::uintmax_t kHashedBytes = 1'000'000'000;

Result<std::string> digest_file(const fs::path& path) {
  std::error_code status;
  const auto size = fs::file_size(path, status);
  if (status) return fail(ErrorCode::io, "cannot be read: " + status.message(), path.string());
  if (size <= kHashedBytes) return sha256_file(path);
  const auto changed = fs::last_write_time(path, status).time_since_epoch().count();
  return fmt::format("size {} changed {}", size, changed);
}

Result<std::string> digest_folder(const fs::path& folder) {
  std::error_code status;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, status)) {
    if (entry.is_regular_file(status)) files.push_back(entry.path());
  }
  if (status) return fail(ErrorCode::io, "cannot be read: " + status.message(), folder.string());
  std::sort(files.begin(), files.end());
  std::string all;
  for (const auto& file : files) {
    const auto digest = digest_file(file);
    if (!digest) return digest;
    all += file.filename().string() + "\n" + *digest + "\n";
  }
  return sha256(all);
}

Result<std::string> digest_path(const fs::path& path) {
  std::error_code status;
  return fs::is_directory(path, status) ? digest_folder(path) : digest_file(path);
}

std::optional<fs::path> shipped_task(const std::string& task) {
  const auto data = data_folder();
  std::error_code status;
  if (!data || !fs::is_directory(*data / "tasks" / task, status)) return std::nullopt;
  return *data / "tasks" / task;
}

Result<std::string> identify(const std::string& engine) {
  const auto program = find_llama_server();
  if (!program) return tl::unexpected(program.error());
  auto content = digest_path(*program);
  if (!content) return content;
  return engine + " " + *content;
}

}  // namespace

PlanOptions PlanOptions::for_checking() {
  PlanOptions options;
  options.find_model = [](const std::string& package) { return installed("model/" + package); };
  options.find_task = shipped_task;
  options.digest = digest_path;
  options.identify_engine = identify;
  options.tool_versions = "edgeeval " + std::string(version());
  options.cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  return options;
}

PlanOptions PlanOptions::for_running() {
  auto options = for_checking();
  options.need_all = true;
  return options;
}

}  // namespace edgeeval
