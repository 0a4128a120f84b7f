// SPDX-License-Identifier: Apache-2.0
// What edgeeval-train does. No torch in this header, so that only the files that compute pay for it.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/json.hpp"

namespace edgeeval::train {

/// How to adapt. Defaults are the paper's (arXiv 2604.19342 and its published code).
struct AdaptOptions {
  std::filesystem::path model;
  std::filesystem::path data;
  std::filesystem::path out;
  std::string method = "lora";  ///< "lora", or "qlora": the frozen projections in NF4.
  int rank = 16;
  double alpha = 16.0;
  double dropout = 0.05;
  double learning_rate = 2e-4;
  int steps = 100;
  int batch = 4;
  int max_length = 512;  ///< Longest example, in tokens.
  std::uint64_t seed = 1;
  int threads = 0;  ///< 0 = all.
};

/// Trains an adapter with AdamW on the answer tokens and writes it in PEFT's layout. `on_event` gets the
/// start and each step. Errors: bad_model, unsupported, invalid_task, disk_full, io.
[[nodiscard]] Result<Json> adapt(const AdaptOptions& options,
                                 const std::function<void(const Json&)>& on_event);

/// Logits of every position, F32 row-major [tokens, vocabulary], with an adapter where `adapter` is not
/// empty.
[[nodiscard]] Result<Json> logits(const std::filesystem::path& model, const std::vector<int>& tokens,
                                  const std::filesystem::path& adapter, const std::filesystem::path& out,
                                  int threads);

}  // namespace edgeeval::train
