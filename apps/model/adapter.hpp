// SPDX-License-Identifier: Apache-2.0
// A PEFT LoRA adapter, read against the model that it is to be merged into.
#pragma once

#include <cstddef>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "core/safetensors.hpp"
#include "shared/gguf_file.hpp"
#include "shared/lora_names.hpp"

namespace edgeeval::model {

/// An adapter whose every tensor has its place in the model, and whose every setting is understood.
class Adapter {
 public:
  /// Reads adapter_config.json and adapter_model.safetensors in `folder`.
  /// Errors: bad_model (missing, damaged, a shape that does not fit: names the tensor), unsupported (not
  /// plain LoRA, or a tensor that belongs to no projection of the model: names the setting or the tensor).
  [[nodiscard]] static Result<Adapter> open(const std::filesystem::path& folder, const GgufFile& model);

  /// W += scale · B·A for the values of `tensor`, where the adapter has matrices for it (LoRA, arXiv
  /// 2106.09685).
  [[nodiscard]] Result<void> apply(const GgufTensor& tensor, std::vector<float>& values) const;

  /// How many of the model's tensors the adapter changes.
  [[nodiscard]] std::size_t size() const { return targets_.size(); }

 private:
  /// Where a pair of matrices belongs.
  struct Target {
    int layer = 0;
    Projection projection;
    std::size_t heads = 0;  ///< Of this projection; for the row order of Q and K.
  };
  /// The two matrices for one tensor of the model.
  struct LowRank {
    std::vector<float> a;  ///< [rank, in]
    std::vector<float> b;  ///< [out, rank], rows in GGUF order
  };

  Adapter(SafetensorsFile file, std::filesystem::path folder)
      : file_(std::move(file)), folder_(std::move(folder)) {}
  [[nodiscard]] Result<void> configure(const Json& config);
  [[nodiscard]] Result<void> match(const GgufFile& model);
  [[nodiscard]] Result<bool> match_one(const GgufFile& model, const Target& target);
  [[nodiscard]] Result<void> refuse_strays() const;
  [[nodiscard]] Result<LowRank> matrices(const Target& target) const;

  SafetensorsFile file_;
  std::filesystem::path folder_;
  std::size_t rank_ = 0;
  float scale_ = 1.0F;
  std::map<std::string, Target> targets_;  ///< By the GGUF tensor's name.
};

}  // namespace edgeeval::model
