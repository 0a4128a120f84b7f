// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "commands.hpp"
#include "core/safetensors.hpp"
#include "rewrite.hpp"
#include "shared/lora_names.hpp"

namespace edgeeval::model {
namespace {

/// The adapter's two matrices for one tensor of the model.
struct LowRank {
  std::vector<float> a;  ///< [rank, in]
  std::vector<float> b;  ///< [out, rank], rows in GGUF order
  std::size_t rank = 0;
};

/// A PEFT adapter read against a model.
class Adapter {
 public:
  static Result<Adapter> open(const std::filesystem::path& folder, const GgufFile& model) {
    auto config = read_json_file((folder / "adapter_config.json").string());
    if (!config) return fail(ErrorCode::bad_model, "the adapter's configuration cannot be read: " + config.error().message, folder.string());
    auto file = SafetensorsFile::open(folder / "adapter_model.safetensors");
    if (!file) return tl::unexpected(file.error());
    Adapter adapter(std::move(*file), folder);
    if (auto set = adapter.configure(*config); !set) return tl::unexpected(set.error());
    if (auto fits = adapter.check(model); !fits) return tl::unexpected(fits.error());
    return adapter;
  }

  /// Adds scale · B·A to the values of `tensor`, where the adapter has matrices for it.
  Result<void> apply(const GgufTensor& tensor, std::vector<float>& values) const {
    const auto target = targets_.find(tensor.name);
    if (target == targets_.end()) return {};
    auto low = low_rank(target->second);
    if (!low) return tl::unexpected(low.error());
    const auto in = static_cast<std::size_t>(tensor.shape[0]);
    const auto out = static_cast<std::size_t>(tensor.rows());
    for (std::size_t row = 0; row < out; ++row) {
      float* weights = values.data() + row * in;
      for (std::size_t r = 0; r < low->rank; ++r) {
        const float factor = scale_ * low->b[row * low->rank + r];
        const float* direction = low->a.data() + r * in;
        for (std::size_t i = 0; i < in; ++i) weights[i] += factor * direction[i];
      }
    }
    return {};
  }

  [[nodiscard]] std::size_t size() const { return targets_.size(); }

 private:
  struct Target {
    int layer = 0;
    Projection projection;
    std::size_t heads = 0;  ///< Of this projection; for the row order of Q and K.
  };

  Adapter(SafetensorsFile file, std::filesystem::path folder) : file_(std::move(file)), folder_(std::move(folder)) {}

  Result<void> configure(const Json& config) {
    const auto rank = value_or(config, "r", 0.0);
    if (value_or(config, "peft_type", std::string()) != "LORA" || rank < 1) {
      return fail(ErrorCode::unsupported, "not a LoRA adapter (peft_type LORA with a rank r is needed)", folder_.string());
    }
    const auto alpha = value_or(config, "lora_alpha", rank);
    // Rank-stabilised LoRA divides by the root of the rank (PEFT's use_rslora).
    scale_ = static_cast<float>(alpha / (value_or(config, "use_rslora", false) ? std::sqrt(rank) : rank));
    return {};
  }

  Result<void> check(const GgufFile& model) {
    const auto heads = model.number("llama.attention.head_count").value_or(0);
    const auto kv_heads = model.number("llama.attention.head_count_kv").value_or(heads);
    const auto layers = static_cast<int>(model.number("llama.block_count").value_or(0));
    std::size_t used = 0;
    for (int layer = 0; layer < layers; ++layer) {
      for (const auto& projection : kProjections) {
        const auto a = file_.tensors().find(peft_name(layer, projection, 'A'));
        const auto b = file_.tensors().find(peft_name(layer, projection, 'B'));
        if (a == file_.tensors().end() && b == file_.tensors().end()) continue;
        const auto name = fmt::format("blk.{}.{}.weight", layer, projection.gguf);
        const auto* tensor = model.find(name);
        const bool fits = a != file_.tensors().end() && b != file_.tensors().end() && tensor != nullptr &&
                          a->second.shape.size() == 2 && b->second.shape.size() == 2 && a->second.shape[1] == tensor->shape[0] &&
                          b->second.shape[0] == tensor->rows() && a->second.shape[0] == b->second.shape[1];
        if (!fits) {
          return fail(ErrorCode::bad_model, fmt::format("the adapter does not fit the model at {}", name), folder_.string(),
                      "Was it trained on this base?");
        }
        targets_[name] = {layer, projection, static_cast<std::size_t>(projection.gguf == "attn_k" ? kv_heads : heads)};
        used += 2;
      }
    }
    if (used == file_.tensors().size() && used > 0) return {};
    return fail(ErrorCode::unsupported, fmt::format("{} of the adapter's {} tensors belong to no projection of this model",
                                                    file_.tensors().size() - used, file_.tensors().size()),
                folder_.string(), "LoRA on the seven projections of a LLaMA block is what can be merged.");
  }

  Result<LowRank> low_rank(const Target& target) const {
    LowRank low;
    auto a = file_.read(peft_name(target.layer, target.projection, 'A'));
    if (!a) return tl::unexpected(a.error());
    const auto b_name = peft_name(target.layer, target.projection, 'B');
    auto b = file_.read(b_name);
    if (!b) return tl::unexpected(b.error());
    const auto& shape = file_.tensors().at(b_name).shape;
    low.a = std::move(*a);
    low.rank = static_cast<std::size_t>(shape[1]);
    low.b = rows_permuted(target.projection) ? permuted(*b, static_cast<std::size_t>(shape[0]), low.rank, target.heads) : std::move(*b);
    return low;
  }

  static std::vector<float> permuted(const std::vector<float>& rows, std::size_t count, std::size_t width, std::size_t heads) {
    const auto order = hugging_face_rows(count, heads);
    std::vector<float> result(rows.size());
    for (std::size_t row = 0; row < count; ++row) {
      std::copy_n(rows.data() + order[row] * width, width, result.data() + row * width);
    }
    return result;
  }

  SafetensorsFile file_;
  std::filesystem::path folder_;
  float scale_ = 1.0F;
  std::map<std::string, Target> targets_;
};

}  // namespace

Result<Json> merge(const std::filesystem::path& model, const std::filesystem::path& adapter_folder, const std::filesystem::path& out,
                   const std::string& type) {
  auto wanted = float_type(type);
  if (!wanted) return tl::unexpected(wanted.error());
  auto source = GgufFile::open(model);
  if (!source) return tl::unexpected(source.error());
  if (auto known = require_llama(*source); !known) return tl::unexpected(known.error());
  auto adapter = Adapter::open(adapter_folder, *source);
  if (!adapter) return tl::unexpected(adapter.error());
  auto written = rewrite(*source, out, *wanted,
                         [&](const GgufTensor& tensor, std::vector<float>& values) { return adapter->apply(tensor, values); });
  if (written) (*written)["merged_tensors"] = adapter->size();
  return written;
}

}  // namespace edgeeval::model
