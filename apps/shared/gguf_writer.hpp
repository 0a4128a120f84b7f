// SPDX-License-Identifier: Apache-2.0
// Writes a GGUF file tensor by tensor, aside first, so that a half-written model is never found under its
// name.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "shared/gguf_file.hpp"

namespace edgeeval {

/// One tensor to write; its bytes are asked for when their turn comes.
struct GgufOutput {
  std::string name;
  ggml_type type = GGML_TYPE_F32;
  std::vector<std::int64_t> shape;  ///< ggml's order.
  std::function<Result<std::vector<std::uint8_t>>()> bytes;
};

/// Writes `header`'s key-values and `tensors` to `path` (through <path>.part). `header` gets the tensors
/// added. Errors: disk_full, io, and whatever a tensor's `bytes` fails with.
[[nodiscard]] Result<void> write_gguf(const std::filesystem::path& path, gguf_context* header,
                                      const std::vector<GgufOutput>& tensors);

/// `values` stored as `type` (F32, F16, or any type ggml can quantize a row of `row` values to).
[[nodiscard]] Result<std::vector<std::uint8_t>> store_as(ggml_type type, const std::vector<float>& values,
                                                         std::int64_t row);

/// "F16 211 tensors, F32 61 tensors": how many tensors of each type, most frequent first.
[[nodiscard]] std::string tensor_mix(const std::vector<GgufTensor>& tensors);

}  // namespace edgeeval
