// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <string_view>
#include <thread>

#include "commands.hpp"
#include "core/files.hpp"
#include "llama_model.hpp"

namespace edgeeval::model {
namespace {

struct FreeContext {
  void operator()(llama_context* context) const { llama_free(context); }
};

std::unique_ptr<llama_context, FreeContext> exact_context(llama_model* model, std::uint32_t tokens) {
  auto parameters = llama_context_default_params();
  parameters.n_ctx = tokens;
  parameters.n_batch = tokens;
  parameters.n_ubatch = tokens;
  parameters.type_k = GGML_TYPE_F32;
  parameters.type_v = GGML_TYPE_F32;
  parameters.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
  parameters.no_perf = true;
  parameters.n_threads_batch = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  return std::unique_ptr<llama_context, FreeContext>(llama_init_from_model(model, parameters));
}

}  // namespace

Result<Json> logits(const std::filesystem::path& path, const std::vector<int>& tokens,
                    const std::filesystem::path& out) {
  auto model = load(path, false);
  if (!model) return tl::unexpected(model.error());
  const auto size = static_cast<std::int32_t>(tokens.size());
  const auto vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model->get()));
  for (const int token : tokens) {
    if (token < 0 || token >= vocabulary)
      return fail(ErrorCode::usage,
                  fmt::format("token {} is outside the vocabulary of {}", token, vocabulary));
  }
  const auto context = exact_context(model->get(), static_cast<std::uint32_t>(size));
  if (!context)
    return fail(ErrorCode::unsupported, "llama.cpp cannot make a context for the model", path.string());
  auto batch = llama_batch_init(size, 0, 1);
  for (std::int32_t i = 0; i < size; ++i) {
    batch.token[i] = tokens[static_cast<std::size_t>(i)];
    batch.pos[i] = i;
    batch.n_seq_id[i] = 1;
    batch.seq_id[i][0] = 0;
    batch.logits[i] = 1;
  }
  batch.n_tokens = size;
  const auto status = llama_decode(context.get(), batch);
  llama_batch_free(batch);
  if (status != 0)
    return fail(ErrorCode::tool_failed, fmt::format("llama_decode returned {}", status), path.string());
  const auto count = static_cast<std::size_t>(size) * static_cast<std::size_t>(vocabulary);
  const std::string_view bytes(reinterpret_cast<const char*>(llama_get_logits(context.get())),
                               count * sizeof(float));
  if (auto written = write_file(out, bytes); !written) return tl::unexpected(written.error());
  return Json{{"out", out.string()}, {"tokens", size}, {"vocabulary", vocabulary}};
}

}  // namespace edgeeval::model
