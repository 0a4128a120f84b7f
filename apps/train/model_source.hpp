// SPDX-License-Identifier: Apache-2.0
// Where a model to train comes from: its shape and its tensors under canonical names. GGUF today; another
// format is another maker of this struct.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace edgeeval::train {

/// The shape of a LLaMA-family model.
struct ModelShape {
  std::int64_t layers = 0;
  std::int64_t width = 0;  ///< Of the residual stream.
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t hidden = 0;  ///< Of the feed-forward block.
  std::int64_t vocabulary = 0;
  double rms_epsilon = 1e-5;
  double rope_base = 10000.0;
  [[nodiscard]] std::int64_t head_width() const { return width / heads; }
};

/// A model that can be read tensor by tensor. Names are GGUF's ("blk.0.attn_q.weight"), rows in GGUF's order.
struct ModelSource {
  std::string name;  ///< For adapter_config.json and messages.
  ModelShape shape;
  /// Whether the model has such a tensor.
  std::function<bool(const std::string&)> has;
  /// The values of a tensor of exactly `rows` × `columns` (a vector has one row). Errors: bad_model,
  /// unsupported, io.
  std::function<Result<std::vector<float>>(const std::string&, std::int64_t rows, std::int64_t columns)> read;
};

/// Opens a GGUF file of the llama architecture. Errors: bad_model, unsupported.
[[nodiscard]] Result<ModelSource> open_gguf(const std::filesystem::path& path);

}  // namespace edgeeval::train
