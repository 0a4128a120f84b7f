// SPDX-License-Identifier: Apache-2.0
#include <llama.h>

#include <cmath>
#include <map>

#include "commands.hpp"
#include "rewrite.hpp"

namespace edgeeval::model {
namespace {

/// A whole number without a decimal point, as it stands in the file.
Json plain(double value) {
  const bool whole = std::floor(value) == value && std::abs(value) < 1e15;
  return whole ? Json(static_cast<std::int64_t>(value)) : Json(value);
}

/// Tensors, bytes and share of the tensors' bytes of each tensor type.
Json types_of(const std::vector<GgufTensor>& tensors) {
  std::map<std::string, std::pair<int, std::uint64_t>> types;
  std::uint64_t total = 0;
  for (const auto& tensor : tensors) {
    auto& [count, bytes] = types[ggml_type_name(tensor.type)];
    ++count;
    bytes += tensor.bytes;
    total += tensor.bytes;
  }
  Json mix = Json::array();
  for (const auto& [name, sum] : types) {
    const auto share = total == 0 ? 0.0 : static_cast<double>(sum.second) / static_cast<double>(total);
    mix.push_back({{"type", name}, {"tensors", sum.first}, {"bytes", sum.second}, {"share", share}});
  }
  return mix;
}

}  // namespace

Result<Json> inspect(const std::filesystem::path& model) {
  auto file = GgufFile::open(model);
  if (!file) return tl::unexpected(file.error());
  auto architecture = file->architecture();
  if (!architecture) return tl::unexpected(architecture.error());
  auto answer = describe_output(model);
  if (!answer) return answer;
  answer->erase("out");
  Json shape;
  for (const char* key : {"block_count", "embedding_length", "feed_forward_length", "attention.head_count",
                          "attention.head_count_kv", "context_length", "vocab_size", "rope.freq_base",
                          "attention.layer_norm_rms_epsilon"}) {
    if (const auto value = file->number(*architecture + "." + key)) shape[key] = plain(*value);
  }
  std::int64_t parameters = 0;
  for (const auto& tensor : file->tensors()) parameters += tensor.elements();
  answer->update({{"model", model.string()},
                  {"architecture", *architecture},
                  {"name", file->text("general.name").value_or("")},
                  {"parameters", parameters},
                  {"shape", shape},
                  {"types", types_of(file->tensors())},
                  {"tokenizer", file->text("tokenizer.ggml.model").value_or("")},
                  {"chat_template", file->text("tokenizer.chat_template").has_value()}});
  return answer;
}

}  // namespace edgeeval::model
