// SPDX-License-Identifier: Apache-2.0
#include "adapter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace edgeeval::model {
namespace {

/// The first setting that makes an adapter mean something else than W + scale · B·A with one rank and one
/// alpha; empty where there is none. Ignoring such a setting would write a wrong model without a word.
std::string beyond_plain_lora(const Json& config) {
  for (const char* flag : {"use_dora", "use_qalora", "fan_in_fan_out", "lora_bias"}) {
    if (value_or(config, flag, false)) return flag;
  }
  for (const char* table : {"rank_pattern", "alpha_pattern", "layer_replication", "modules_to_save"}) {
    if (const auto found = config.find(table); found != config.end() && !found->empty()) return table;
  }
  return {};
}

/// Rows of `matrix` ([count, width]) brought from Hugging Face's order to GGUF's.
std::vector<float> reordered(const std::vector<float>& matrix, std::size_t width, std::size_t heads) {
  const auto order = hugging_face_rows(matrix.size() / width, heads);
  std::vector<float> result(matrix.size());
  for (std::size_t row = 0; row < order.size(); ++row) {
    std::copy_n(matrix.data() + order[row] * width, width, result.data() + row * width);
  }
  return result;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

}  // namespace

Result<Adapter> Adapter::open(const std::filesystem::path& folder, const GgufFile& model) {
  auto config = read_json_file((folder / "adapter_config.json").string());
  if (!config || !config->is_object()) {
    return fail(ErrorCode::bad_model,
                "the adapter's configuration cannot be read: " +
                    (config ? std::string("not a JSON object") : config.error().message),
                (folder / "adapter_config.json").string());
  }
  auto file = SafetensorsFile::open(folder / "adapter_model.safetensors");
  if (!file) return tl::unexpected(file.error());
  Adapter adapter(std::move(*file), folder);
  if (auto set = adapter.configure(*config); !set) return tl::unexpected(set.error());
  if (auto fits = adapter.match(model); !fits) return tl::unexpected(fits.error());
  return adapter;
}

Result<void> Adapter::apply(const GgufTensor& tensor, std::vector<float>& values) const {
  const auto target = targets_.find(tensor.name);
  if (target == targets_.end()) return {};
  auto low = matrices(target->second);
  if (!low) return tl::unexpected(low.error());
  const auto in = static_cast<std::size_t>(tensor.shape[0]);
  const auto out = static_cast<std::size_t>(tensor.rows());
  for (std::size_t row = 0; row < out; ++row) {
    float* weights = values.data() + row * in;
    for (std::size_t r = 0; r < rank_; ++r) {
      const float factor = scale_ * low->b[row * rank_ + r];
      const float* direction = low->a.data() + r * in;
      for (std::size_t i = 0; i < in; ++i) weights[i] += factor * direction[i];
    }
  }
  return {};
}

Result<void> Adapter::configure(const Json& config) {
  const auto rank = value_or(config, "r", 0.0);
  if (value_or(config, "peft_type", std::string()) != "LORA" || rank < 1) {
    return fail(ErrorCode::unsupported, "not a LoRA adapter (peft_type LORA with a rank r is needed)",
                folder_.string());
  }
  if (const auto setting = beyond_plain_lora(config); !setting.empty()) {
    return fail(
        ErrorCode::unsupported,
        fmt::format("the adapter's setting \"{}\" = {} cannot be merged", setting, config.at(setting).dump()),
        folder_.string(), "Merge it with the tool that trained it, or train without that setting.");
  }
  rank_ = static_cast<std::size_t>(rank);
  const auto alpha = value_or(config, "lora_alpha", 8.0);  // PEFT's own default.
  // Rank-stabilised LoRA divides by the root of the rank (PEFT's use_rslora).
  scale_ = static_cast<float>(alpha / (value_or(config, "use_rslora", false) ? std::sqrt(rank) : rank));
  return {};
}

Result<void> Adapter::match(const GgufFile& model) {
  const auto heads = model.number("llama.attention.head_count").value_or(0);
  const auto kv_heads = model.number("llama.attention.head_count_kv").value_or(heads);
  const auto layers = static_cast<int>(model.number("llama.block_count").value_or(0));
  if (heads < 1 || kv_heads < 1) {
    return fail(ErrorCode::bad_model, "the model does not say its number of attention heads",
                model.path().string());
  }
  for (int layer = 0; layer < layers; ++layer) {
    for (const auto& projection : kProjections) {
      const auto own = projection.gguf == "attn_k" ? kv_heads : heads;
      auto matched = match_one(model, {layer, projection, static_cast<std::size_t>(own)});
      if (!matched) return tl::unexpected(matched.error());
    }
  }
  return refuse_strays();
}

Result<bool> Adapter::match_one(const GgufFile& model, const Target& target) {
  const auto a_name = peft_name(target.layer, target.projection, 'A');
  const auto b_name = peft_name(target.layer, target.projection, 'B');
  const auto a = file_.tensors().find(a_name);
  const auto b = file_.tensors().find(b_name);
  if (a == file_.tensors().end() && b == file_.tensors().end()) return false;
  const auto misfit = [&](std::string why) {
    return fail(ErrorCode::bad_model, std::move(why), folder_.string(), "Was it trained on this base?");
  };
  if (a == file_.tensors().end()) return misfit(b_name + " stands without its lora_A");
  if (b == file_.tensors().end()) return misfit(a_name + " stands without its lora_B");
  const auto name = fmt::format("blk.{}.{}.weight", target.layer, target.projection.gguf);
  const auto* tensor = model.find(name);
  if (tensor == nullptr) return misfit(fmt::format("{}: the model has no tensor {}", a_name, name));
  const auto rank = static_cast<std::int64_t>(rank_);
  const std::vector<std::int64_t> a_shape{rank, tensor->shape[0]};
  const std::vector<std::int64_t> b_shape{tensor->rows(), rank};
  for (const auto& [found, wanted] : {std::pair(a, a_shape), std::pair(b, b_shape)}) {
    if (found->second.shape != wanted) {
      return misfit(fmt::format("{} has the shape {}; rank {} on {} needs {}", found->first,
                                shape_text(found->second.shape), rank, name, shape_text(wanted)));
    }
  }
  const auto rows = static_cast<std::size_t>(tensor->rows());
  if (rows_permuted(target.projection) && rows % (2 * target.heads) != 0) {
    return misfit(fmt::format("{}: {} rows cannot be divided among {} heads", name, rows, target.heads));
  }
  targets_[name] = target;
  return true;
}

Result<void> Adapter::refuse_strays() const {
  std::set<std::string> placed;
  for (const auto& [name, target] : targets_) {
    for (const char matrix : {'A', 'B'}) placed.insert(peft_name(target.layer, target.projection, matrix));
  }
  if (file_.tensors().empty())
    return fail(ErrorCode::bad_model, "the adapter has no tensors", folder_.string());
  const auto& all = file_.tensors();
  const auto stray =
      std::find_if(all.begin(), all.end(), [&](const auto& entry) { return !placed.contains(entry.first); });
  if (stray == all.end()) return {};
  return fail(
      ErrorCode::unsupported,
      fmt::format("{} of the adapter's {} tensors belong to no projection of this model, the first is {}",
                  all.size() - placed.size(), all.size(), stray->first),
      folder_.string(), "LoRA on the seven projections of a LLaMA block is what can be merged.");
}

Result<Adapter::LowRank> Adapter::matrices(const Target& target) const {
  auto a = file_.read(peft_name(target.layer, target.projection, 'A'));
  if (!a) return tl::unexpected(a.error());
  auto b = file_.read(peft_name(target.layer, target.projection, 'B'));
  if (!b) return tl::unexpected(b.error());
  if (rows_permuted(target.projection)) b = reordered(*b, rank_, target.heads);
  return LowRank{std::move(*a), std::move(*b)};
}

}  // namespace edgeeval::model
