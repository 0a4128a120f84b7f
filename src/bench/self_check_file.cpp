// SPDX-License-Identifier: Apache-2.0
#include "bench/self_check_file.hpp"

#include "core/files.hpp"
#include "core/json_document.hpp"
#include "record/environment.hpp"
#include "serving/stamp_check_codec.hpp"

namespace edgeeval {
namespace {

constexpr const char* kName = "self-check.json";
constexpr const char* kVersion = "1.0";

/// What stamps depend on and can be told.
Json this_machine() {
  Json machine = Json::object();
  const auto environment = capture_environment();
  for (const char* key : {"cpu", "logical_cpus", "kernel", "architecture"}) {
    const auto found = environment.find(key);
    if (found != environment.end()) machine[key] = found->second;
  }
  return machine;
}

}  // namespace

std::optional<StampCheck> kept_self_check(const std::filesystem::path& folder) {
  const auto path = folder / kName;
  std::error_code status;
  if (!std::filesystem::exists(path, status)) return std::nullopt;
  const auto json = read_json_file(path.string());
  if (!json || !json->is_object() || value_or(*json, "version", std::string()) != kVersion)
    return std::nullopt;
  if (value_or(*json, "machine", Json()) != this_machine()) return std::nullopt;
  const auto found = json->find("check");
  if (found == json->end() || !found->is_object()) return std::nullopt;
  auto check = stamp_check_from(*found);
  check.of_this_load = false;
  return check;
}

Result<void> keep_self_check(const std::filesystem::path& folder, const StampCheck& check) {
  if (auto made = make_folder(folder); !made) return made;
  return write_file(
      folder / kName,
      json_document({{"version", kVersion}, {"machine", this_machine()}, {"check", to_json(check)}}));
}

}  // namespace edgeeval
