// SPDX-License-Identifier: Apache-2.0
// A LLaMA of a few kilobytes that llama.cpp loads: two layers, a tokenizer of single bytes, a ChatML
// template.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "shared/gguf_file.hpp"

namespace edgeeval::model::testing {

/// What the tiny model is like.
struct TinyModel {
  std::string architecture = "llama";
  ggml_type type = GGML_TYPE_F32;  ///< Of the matrices.
  std::int64_t width = 64;
  std::int64_t inner = 96;  ///< Of the feed-forward part.
  std::int64_t heads = 4;
  std::int64_t kv_heads = 2;
  std::int64_t layers = 2;
  bool says_heads = true;  ///< Whether the file names its number of heads.
};

/// Token ids of the tiny vocabulary: bytes are themselves.
inline constexpr int kEndOfText = 256;
inline constexpr int kStartOfTurn = 257;
inline constexpr int kEndOfTurn = 258;
inline constexpr int kVocabulary = 259;

/// Writes the model with repeatable weights; throws where that fails.
void write_tiny(const std::filesystem::path& path, const TinyModel& model = {});

/// A PEFT adapter to write: names as PEFT has them, config as JSON text.
struct TinyTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};
void write_adapter(const std::filesystem::path& folder, const std::string& config,
                   const std::vector<TinyTensor>& tensors);

/// `count` repeatable values in [-0.5, 0.5).
[[nodiscard]] std::vector<float> numbers(std::size_t count, std::uint32_t seed);

/// A tensor of a file as floats; throws where file or tensor cannot be read.
[[nodiscard]] std::vector<float> values_of(const std::filesystem::path& path, const std::string& tensor);

}  // namespace edgeeval::model::testing
