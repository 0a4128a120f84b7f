// SPDX-License-Identifier: Apache-2.0
// Adapters as PEFT writes and reads them: adapter_config.json and adapter_model.safetensors.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "model_source.hpp"

namespace edgeeval::train {

/// The two matrices of one projection, rows of `b` in the model file's (GGUF's) order.
struct LoraMatrices {
  int layer = 0;
  int projection = 0;    ///< Index into kProjections.
  std::vector<float> a;  ///< [rank, in], row-major.
  std::vector<float> b;  ///< [out, rank], row-major.
  std::int64_t in = 0;
  std::int64_t out = 0;
};

/// A whole adapter.
struct Adapter {
  std::int64_t rank = 16;
  double alpha = 16.0;
  double dropout = 0.05;
  std::string base;  ///< What it was trained on.
  std::vector<LoraMatrices> matrices;
};

/// Writes the adapter to `folder` (through <folder>.part) with Q and K rows in Hugging Face's order. Errors:
/// disk_full, io.
[[nodiscard]] Result<void> write_adapter(const std::filesystem::path& folder, const Adapter& adapter,
                                         const ModelShape& shape);

/// Reads an adapter back, Q and K rows in GGUF's order. Errors: io, bad_model.
[[nodiscard]] Result<Adapter> read_adapter(const std::filesystem::path& folder, const ModelShape& shape);

}  // namespace edgeeval::train
