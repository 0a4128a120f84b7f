// SPDX-License-Identifier: Apache-2.0
// A LLaMA-family model on libtorch: frozen base, trainable LoRA on the seven projections (Hu et al. 2021,
// arXiv 2106.09685).
#pragma once

#include <ATen/ATen.h>

#include <edgeeval/result.hpp>
#include <optional>
#include <vector>

#include "adapter_file.hpp"
#include "model_source.hpp"
#include "nf4.hpp"

namespace edgeeval::train {

/// How the base is held.
struct BaseOptions {
  bool nf4 = false;                  ///< Projections in NF4 (QLoRA); embeddings and norms stay as they are.
  at::ScalarType type = at::kFloat;  ///< Of computation and of all that is not NF4.
};

/// A frozen projection, in full or in NF4, and its LoRA matrices where there are any.
struct Linear {
  at::Tensor weight;  ///< [out, in]; undefined where nf4 is set.
  std::optional<Nf4Weight> nf4;
  at::Tensor lora_a;  ///< [rank, in]
  at::Tensor lora_b;  ///< [out, rank]
};

/// The model. Token ids in, hidden states or logits out.
class Llama {
 public:
  /// Reads all tensors of `source`. Errors: bad_model, unsupported, io.
  [[nodiscard]] static Result<Llama> load(const ModelSource& source, const BaseOptions& options);

  /// Gives every projection LoRA matrices: A uniform in ±1/√in as PEFT draws it, B zero.
  void add_lora(std::int64_t rank, double alpha, double dropout, std::uint64_t seed);
  /// Sets LoRA matrices that were read back.
  void set_lora(const Adapter& adapter);
  /// The LoRA matrices as an adapter file holds them.
  [[nodiscard]] std::vector<LoraMatrices> lora() const;
  /// All trainable tensors: A and B of each projection in turn.
  [[nodiscard]] std::vector<at::Tensor> trainable() const;
  /// Dropout is only applied while training.
  void set_training(bool on) { training_ = on; }

  /// Hidden states after the last norm, [batch, length, width], for ids [batch, length] (int64). Positions
  /// see only earlier ones, so padding at the end needs no mask.
  [[nodiscard]] at::Tensor hidden(const at::Tensor& ids) const;
  /// Logits [..., vocabulary] of hidden states [..., width].
  [[nodiscard]] at::Tensor logits(const at::Tensor& hidden) const { return hidden.matmul(head_.t()); }
  [[nodiscard]] const ModelShape& shape() const { return shape_; }

 private:
  struct Layer {
    at::Tensor attention_norm, ffn_norm;  ///< [width]
    std::vector<Linear> projections;      ///< In the order of kProjections.
  };
  Llama(ModelShape shape, BaseOptions options) : shape_(shape), options_(options) {}
  [[nodiscard]] Result<void> read(const ModelSource& source);
  [[nodiscard]] Result<void> read_layer(const ModelSource& source, std::int64_t index);
  [[nodiscard]] at::Tensor normed(const at::Tensor& x, const at::Tensor& weight) const;
  [[nodiscard]] at::Tensor project(const at::Tensor& x, const Linear& linear) const;
  [[nodiscard]] at::Tensor rotated(const at::Tensor& x) const;
  [[nodiscard]] at::Tensor attention(const at::Tensor& x, const Layer& layer) const;

  ModelShape shape_;
  BaseOptions options_;
  at::Tensor embedding_;       ///< [vocabulary, width]
  at::Tensor head_;            ///< [vocabulary, width]; the embedding where the model ties them.
  at::Tensor final_norm_;      ///< [width]
  at::Tensor rope_frequency_;  ///< [head width / 2], radians a position
  std::vector<Layer> layers_;
  double lora_scale_ = 0.0;
  double dropout_ = 0.0;
  bool training_ = false;
};

}  // namespace edgeeval::train
