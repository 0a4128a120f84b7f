// SPDX-License-Identifier: Apache-2.0
#include "adapter_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "core/files.hpp"
#include "core/json.hpp"
#include "core/safetensors.hpp"
#include "shared/lora_names.hpp"

namespace edgeeval::train {
namespace fs = std::filesystem;
namespace {

/// The Hugging Face row that each GGUF row of `projection` holds.
std::vector<std::size_t> row_order(const Projection& projection, const ModelShape& shape) {
  const auto heads = projection.gguf == "attn_k" ? shape.kv_heads : shape.heads;
  return hugging_face_rows(static_cast<std::size_t>(heads * shape.head_width()),
                           static_cast<std::size_t>(heads));
}

std::vector<float> to_hugging_face(const LoraMatrices& matrices, const Projection& projection,
                                   const ModelShape& shape, std::int64_t rank) {
  if (!rows_permuted(projection)) return matrices.b;
  const auto order = row_order(projection, shape);
  std::vector<float> rows(matrices.b.size());
  for (std::size_t row = 0; row < order.size(); ++row) {
    std::copy_n(matrices.b.begin() + static_cast<std::ptrdiff_t>(row) * rank, rank,
                rows.begin() + static_cast<std::ptrdiff_t>(order[row]) * rank);
  }
  return rows;
}

std::vector<float> from_hugging_face(const std::vector<float>& b, const Projection& projection,
                                     const ModelShape& shape, std::int64_t rank) {
  if (!rows_permuted(projection)) return b;
  const auto order = row_order(projection, shape);
  std::vector<float> rows(b.size());
  for (std::size_t row = 0; row < order.size(); ++row) {
    std::copy_n(b.begin() + static_cast<std::ptrdiff_t>(order[row]) * rank, rank,
                rows.begin() + static_cast<std::ptrdiff_t>(row) * rank);
  }
  return rows;
}

Json config_of(const Adapter& adapter) {
  Json modules = Json::array();
  for (const auto& projection : kProjections) modules.push_back(std::string(projection.module));
  return {{"peft_type", "LORA"},
          {"task_type", "CAUSAL_LM"},
          {"base_model_name_or_path", adapter.base},
          {"r", adapter.rank},
          {"lora_alpha", adapter.alpha},
          {"lora_dropout", adapter.dropout},
          {"target_modules", modules},
          {"bias", "none"},
          {"fan_in_fan_out", false},
          {"inference_mode", true},
          {"init_lora_weights", true},
          {"use_rslora", false},
          {"use_dora", false},
          {"modules_to_save", nullptr},
          {"layers_to_transform", nullptr},
          {"layers_pattern", nullptr}};
}

Result<void> rename_folder(const fs::path& from, const fs::path& to) {
  std::error_code status;
  fs::remove_all(to, status);
  fs::rename(from, to, status);
  if (status)
    return fail(ErrorCode::io, "the adapter's folder cannot be renamed: " + status.message(), to.string());
  return {};
}

}  // namespace

Result<void> write_adapter(const fs::path& folder, const Adapter& adapter, const ModelShape& shape) {
  std::vector<SafetensorOutput> tensors;
  for (const auto& matrices : adapter.matrices) {
    const auto& projection = kProjections[static_cast<std::size_t>(matrices.projection)];
    tensors.push_back({peft_name(matrices.layer, projection, 'A'), {adapter.rank, matrices.in}, matrices.a});
    tensors.push_back({peft_name(matrices.layer, projection, 'B'),
                       {matrices.out, adapter.rank},
                       to_hugging_face(matrices, projection, shape, adapter.rank)});
  }
  const auto part = part_path(folder);
  return make_folder(part)
      .and_then([&] { return write_file(part / "adapter_config.json", config_of(adapter).dump(2) + "\n"); })
      .and_then([&] { return write_safetensors(part / "adapter_model.safetensors", tensors); })
      .and_then([&] { return rename_folder(part, folder); });
}

Result<Adapter> read_adapter(const fs::path& folder, const ModelShape& shape) {
  auto config = read_json_file((folder / "adapter_config.json").string());
  if (!config) return tl::unexpected(config.error());
  auto file = SafetensorsFile::open(folder / "adapter_model.safetensors");
  if (!file) return tl::unexpected(file.error());
  Adapter adapter;
  adapter.rank = value_or(*config, "r", std::int64_t{0});
  adapter.alpha = value_or(*config, "lora_alpha", 0.0);
  adapter.dropout = value_or(*config, "lora_dropout", 0.0);
  adapter.base = value_or(*config, "base_model_name_or_path", std::string());
  if (adapter.rank < 1)
    return fail(ErrorCode::bad_model, "adapter_config.json has no rank r", folder.string());
  for (int layer = 0; layer < shape.layers; ++layer) {
    for (std::size_t i = 0; i < kProjections.size(); ++i) {
      auto a = file->read(peft_name(layer, kProjections[i], 'A'));
      if (!a) return tl::unexpected(a.error());
      auto b = file->read(peft_name(layer, kProjections[i], 'B'));
      if (!b) return tl::unexpected(b.error());
      const auto in = static_cast<std::int64_t>(a->size()) / adapter.rank;
      const auto out = static_cast<std::int64_t>(b->size()) / adapter.rank;
      adapter.matrices.push_back({layer, static_cast<int>(i), std::move(*a),
                                  from_hugging_face(*b, kProjections[i], shape, adapter.rank), in, out});
    }
  }
  return adapter;
}

}  // namespace edgeeval::train
