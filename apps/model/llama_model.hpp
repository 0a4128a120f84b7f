// SPDX-License-Identifier: Apache-2.0
// llama.cpp's model with an owner, loaded only after our own check of the file.
#pragma once

#include <llama.h>

#include <edgeeval/result.hpp>
#include <filesystem>
#include <memory>

namespace edgeeval::model {

struct FreeModel {
  void operator()(llama_model* model) const { llama_model_free(model); }
};
using LlamaModel = std::unique_ptr<llama_model, FreeModel>;

/// Loads a model, or only its vocabulary. Errors: bad_model, unsupported.
[[nodiscard]] Result<LlamaModel> load(const std::filesystem::path& path, bool vocabulary_only);

/// Sends llama.cpp's warnings and errors to stderr and drops the rest; all of it where `verbose`.
void route_log(bool verbose);

}  // namespace edgeeval::model
