// SPDX-License-Identifier: Apache-2.0
// Where things are: the cache folder, helper programs, engines, shipped data.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <optional>
#include <string>

namespace edgeeval {

/// $EDGEEVAL_CACHE, else $XDG_CACHE_HOME/edgeeval, else ~/.cache/edgeeval.
[[nodiscard]] std::filesystem::path cache_folder();

/// The folder of the running executable.
[[nodiscard]] std::filesystem::path executable_folder();

/// A helper program of ours (edgeeval-train, edgeeval-model): beside the executable, else on PATH;
/// engine_missing with the build command otherwise.
[[nodiscard]] Result<std::filesystem::path> find_helper(const std::string& name);

/// Something scripts/setup recorded in <cache>/installed.json, e.g. "llama_server" or
/// "model/smollm2-135m-instruct"; nothing where it is not recorded or no longer on disk.
[[nodiscard]] std::optional<std::filesystem::path> installed(const std::string& key);

/// llama-server: $PATH first, then what setup recorded; engine_missing with the next step otherwise.
[[nodiscard]] Result<std::filesystem::path> find_llama_server();

/// The folder of shipped data (tasks, schemas): $EDGEEVAL_DATA, else beside the executable's
/// installation (../share/edgeeval), else the data/ folder of an enclosing source checkout.
[[nodiscard]] Result<std::filesystem::path> data_folder();

}  // namespace edgeeval
