// SPDX-License-Identifier: Apache-2.0
#include "llama_model.hpp"

#include <cstdio>

#include "shared/gguf_file.hpp"

namespace edgeeval::model {

Result<LlamaModel> load(const std::filesystem::path& path, bool vocabulary_only) {
  // llama.cpp's own message for a damaged file is a log line; ours names what is missing.
  if (auto checked = GgufFile::open(path); !checked) return tl::unexpected(checked.error());
  route_log(false);
  auto parameters = llama_model_default_params();
  parameters.vocab_only = vocabulary_only;
  parameters.n_gpu_layers = 0;
  LlamaModel model(llama_model_load_from_file(path.c_str(), parameters));
  if (!model) {
    return fail(ErrorCode::unsupported, "llama.cpp cannot load the model; its reason is in the lines above",
                path.string());
  }
  return model;
}

void route_log(bool verbose) {
  const auto all = [](ggml_log_level, const char* text, void*) { std::fputs(text, stderr); };
  const auto errors = [](ggml_log_level level, const char* text, void*) {
    if (level == GGML_LOG_LEVEL_ERROR) std::fputs(text, stderr);
  };
  if (verbose) {
    llama_log_set(all, nullptr);
  } else {
    llama_log_set(errors, nullptr);
  }
}

}  // namespace edgeeval::model
