// SPDX-License-Identifier: Apache-2.0
// What edgeeval-model does. Each command returns what its result event says; files are written aside, then
// renamed.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "core/json.hpp"

namespace edgeeval::model {

/// What a file is: architecture, sizes, mix of tensor types, tokenizer. Errors: bad_model.
[[nodiscard]] Result<Json> inspect(const std::filesystem::path& model);

/// Every matrix as `type` ("f16" or "f32"), vectors as F32, metadata kept. Errors: bad_model, unsupported,
/// disk_full, io.
[[nodiscard]] Result<Json> convert(const std::filesystem::path& model, const std::filesystem::path& out,
                                   const std::string& type);

/// Base + PEFT adapter: W + alpha/r · B·A, stored as `type`. Errors: as convert; bad_model where the adapter
/// does not fit.
[[nodiscard]] Result<Json> merge(const std::filesystem::path& model, const std::filesystem::path& adapter,
                                 const std::filesystem::path& out, const std::string& type);

/// How to quantize.
struct QuantizeOptions {
  std::string to;               ///< "fp16", "int8" (Q8_0) or "int4" (Q4_0).
  bool allow_fallback = false;  ///< Let llama.cpp choose another type for shapes that the type cannot hold.
  int threads = 0;              ///< 0 = all.
};
/// F16/F32 model → quantized model. Errors: as convert; unsupported names the tensors whose shape does not
/// fit.
[[nodiscard]] Result<Json> quantize(const std::filesystem::path& model, const std::filesystem::path& out,
                                    const QuantizeOptions& options);

/// Conversations → token ids with labels (−100 outside the answer), by the model's own template and
/// tokenizer. Items longer than `max_length` are left out and counted. Errors: bad_model, invalid_task naming
/// the line, io.
[[nodiscard]] Result<Json> tokenize(const std::filesystem::path& model, const std::filesystem::path& items,
                                    const std::filesystem::path& out, int max_length);

/// The prompt of one conversation as text, or the tokens of one text.
[[nodiscard]] Result<Json> render(const std::filesystem::path& model, const std::filesystem::path& items);
[[nodiscard]] Result<Json> tokens_of(const std::filesystem::path& model, const std::string& text);

/// Logits of every position, F32 row-major [tokens, vocabulary], from llama.cpp with an F32 KV cache and
/// without flash attention. Errors: bad_model, unsupported, io.
[[nodiscard]] Result<Json> logits(const std::filesystem::path& model, const std::vector<int>& tokens,
                                  const std::filesystem::path& out);

}  // namespace edgeeval::model
