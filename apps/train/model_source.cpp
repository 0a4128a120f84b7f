// SPDX-License-Identifier: Apache-2.0
#include "model_source.hpp"

#include <fmt/format.h>

#include <memory>

#include "shared/gguf_file.hpp"

namespace edgeeval::train {
namespace {

Result<ModelShape> shape_of(const GgufFile& file) {
  ModelShape shape;
  const std::pair<const char*, std::int64_t*> required[] = {{"llama.block_count", &shape.layers},
                                                            {"llama.embedding_length", &shape.width},
                                                            {"llama.attention.head_count", &shape.heads},
                                                            {"llama.feed_forward_length", &shape.hidden}};
  for (const auto& [key, value] : required) {
    const auto number = file.number(key);
    if (!number || *number < 1)
      return fail(ErrorCode::bad_model, fmt::format("the file does not say {}", key), file.path().string());
    *value = static_cast<std::int64_t>(*number);
  }
  shape.kv_heads = static_cast<std::int64_t>(
      file.number("llama.attention.head_count_kv").value_or(static_cast<double>(shape.heads)));
  shape.rms_epsilon = file.number("llama.attention.layer_norm_rms_epsilon").value_or(shape.rms_epsilon);
  shape.rope_base = file.number("llama.rope.freq_base").value_or(shape.rope_base);
  const auto* embedding = file.find("token_embd.weight");
  if (embedding == nullptr)
    return fail(ErrorCode::bad_model, "the file has no tensor token_embd.weight", file.path().string());
  shape.vocabulary = embedding->rows();
  const auto rotated = static_cast<std::int64_t>(
      file.number("llama.rope.dimension_count").value_or(static_cast<double>(shape.head_width())));
  const auto scaling = file.text("llama.rope.scaling.type").value_or("none");
  const bool known = shape.width % shape.heads == 0 && shape.heads % shape.kv_heads == 0 &&
                     rotated == shape.head_width() && scaling == "none" &&
                     !file.number("llama.expert_count") && !file.number("llama.attention.key_length");
  if (known) return shape;
  return fail(ErrorCode::unsupported, "a variation of the llama architecture that the trainer does not know",
              file.path().string(),
              "It trains dense models with full-head rotary embedding and no rope scaling but rope_freqs.");
}

}  // namespace

Result<ModelSource> open_gguf(const std::filesystem::path& path) {
  auto opened = GgufFile::open(path);
  if (!opened) return tl::unexpected(opened.error());
  auto architecture = opened->architecture();
  if (!architecture) return tl::unexpected(architecture.error());
  if (*architecture != "llama") {
    return fail(ErrorCode::unsupported, fmt::format("architecture \"{}\" is not supported", *architecture),
                path.string(), "supported: llama (LLaMA family)");
  }
  auto shape = shape_of(*opened);
  if (!shape) return tl::unexpected(shape.error());
  const auto file = std::make_shared<GgufFile>(std::move(*opened));
  ModelSource source{path.filename().string(), *shape, {}, {}};
  source.has = [file](const std::string& name) { return file->find(name) != nullptr; };
  source.read = [file](const std::string& name, std::int64_t rows,
                       std::int64_t columns) -> Result<std::vector<float>> {
    const auto* tensor = file->find(name);
    if (tensor == nullptr) return fail(ErrorCode::bad_model, "no tensor " + name, file->path().string());
    if (tensor->shape[0] != columns || tensor->rows() != rows) {
      return fail(ErrorCode::bad_model,
                  fmt::format("tensor {} is {} × {}, not {} × {}", name, tensor->rows(), tensor->shape[0],
                              rows, columns),
                  file->path().string());
    }
    return file->read(*tensor);
  };
  return source;
}

}  // namespace edgeeval::train
