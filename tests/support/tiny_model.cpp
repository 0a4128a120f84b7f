// SPDX-License-Identifier: Apache-2.0
#include "support/tiny_model.hpp"

#include <memory>
#include <random>
#include <stdexcept>

#include "core/files.hpp"
#include "core/safetensors.hpp"
#include "shared/gguf_writer.hpp"

namespace edgeeval::model::testing {
namespace {

struct Free {
  void operator()(gguf_context* context) const { gguf_free(context); }
};

template <class T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().where + ": " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

std::string utf8(unsigned code) {
  if (code < 0x80) return {static_cast<char>(code)};
  return {static_cast<char>(0xC0 | (code >> 6U)), static_cast<char>(0x80 | (code & 0x3FU))};
}

/// GPT-2's way of writing any byte as a visible character: the others are moved to 256 and beyond, in order.
std::vector<std::string> byte_names() {
  const auto visible = [](unsigned b) {
    return (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
  };
  std::vector<std::string> names;
  unsigned moved = 256;
  for (unsigned byte = 0; byte < 256; ++byte) names.push_back(utf8(visible(byte) ? byte : moved++));
  return names;
}

void add_tokenizer(gguf_context* header) {
  auto names = byte_names();
  for (const char* special : {"<|endoftext|>", "<|im_start|>", "<|im_end|>"}) names.emplace_back(special);
  std::vector<const char*> tokens;
  for (const auto& name : names) tokens.push_back(name.c_str());
  std::vector<std::int32_t> types(names.size(), 1);  // 1 = normal, 3 = control
  for (const int special : {kEndOfText, kStartOfTurn, kEndOfTurn})
    types[static_cast<std::size_t>(special)] = 3;
  gguf_set_val_str(header, "tokenizer.ggml.model", "gpt2");
  gguf_set_val_str(header, "tokenizer.ggml.pre", "smollm");
  gguf_set_arr_str(header, "tokenizer.ggml.tokens", tokens.data(), tokens.size());
  gguf_set_arr_data(header, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, types.data(), types.size());
  // llama.cpp insists on the key; without a merge every byte stays a token of its own.
  gguf_set_arr_str(header, "tokenizer.ggml.merges", nullptr, 0);
  gguf_set_val_u32(header, "tokenizer.ggml.bos_token_id", kEndOfText);
  gguf_set_val_u32(header, "tokenizer.ggml.eos_token_id", kEndOfText);
  gguf_set_val_str(
      header, "tokenizer.chat_template",
      "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + "
      "'<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
      "{% endif %}");
}

void add_shape(gguf_context* header, const TinyModel& m) {
  const auto set = [&](const std::string& key, std::int64_t value) {
    gguf_set_val_u32(header, (m.architecture + "." + key).c_str(), static_cast<std::uint32_t>(value));
  };
  gguf_set_val_str(header, "general.architecture", m.architecture.c_str());
  gguf_set_val_str(header, "general.name", "tiny");
  set("block_count", m.layers);
  set("context_length", 512);
  set("embedding_length", m.width);
  set("feed_forward_length", m.inner);
  if (m.says_heads) set("attention.head_count", m.heads);
  if (m.says_heads) set("attention.head_count_kv", m.kv_heads);
  set("rope.dimension_count", m.width / m.heads);
  gguf_set_val_f32(header, (m.architecture + ".attention.layer_norm_rms_epsilon").c_str(), 1e-5F);
}

/// Adds a tensor: a matrix of the model's type, or a vector of F32.
void add(std::vector<GgufOutput>& tensors, const TinyModel& m, const std::string& name,
         const std::vector<std::int64_t>& shape) {
  const bool matrix = shape.size() > 1;
  const auto type = matrix ? m.type : GGML_TYPE_F32;
  const auto count = static_cast<std::size_t>(shape[0] * (matrix ? shape[1] : 1));
  auto values = numbers(count, static_cast<std::uint32_t>(tensors.size()) + 1);
  tensors.push_back({name, type, shape, [=] { return store_as(type, values, shape[0]); }});
}

}  // namespace

std::vector<float> numbers(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (auto& value : values)
    value = static_cast<float>(random() >> 8U) / static_cast<float>(1U << 24U) - 0.5F;
  return values;
}

void write_tiny(const std::filesystem::path& path, const TinyModel& m) {
  const std::unique_ptr<gguf_context, Free> header(gguf_init_empty());
  add_shape(header.get(), m);
  add_tokenizer(header.get());
  const auto kv_width = m.width / m.heads * m.kv_heads;
  std::vector<GgufOutput> tensors;
  add(tensors, m, "token_embd.weight", {m.width, kVocabulary});
  add(tensors, m, "output_norm.weight", {m.width});
  for (std::int64_t layer = 0; layer < m.layers; ++layer) {
    const auto at = "blk." + std::to_string(layer) + ".";
    add(tensors, m, at + "attn_norm.weight", {m.width});
    add(tensors, m, at + "ffn_norm.weight", {m.width});
    add(tensors, m, at + "attn_q.weight", {m.width, m.width});
    add(tensors, m, at + "attn_k.weight", {m.width, kv_width});
    add(tensors, m, at + "attn_v.weight", {m.width, kv_width});
    add(tensors, m, at + "attn_output.weight", {m.width, m.width});
    add(tensors, m, at + "ffn_gate.weight", {m.width, m.inner});
    add(tensors, m, at + "ffn_up.weight", {m.width, m.inner});
    add(tensors, m, at + "ffn_down.weight", {m.inner, m.width});
  }
  need(write_gguf(path, header.get(), tensors));
}

void write_adapter(const std::filesystem::path& folder, const std::string& config,
                   const std::vector<TinyTensor>& tensors) {
  need(make_folder(folder));
  need(write_file(folder / "adapter_config.json", config));
  std::vector<SafetensorOutput> outputs;
  for (const auto& tensor : tensors) outputs.push_back({tensor.name, tensor.shape, tensor.values});
  need(write_safetensors(folder / "adapter_model.safetensors", outputs));
}

std::vector<float> values_of(const std::filesystem::path& path, const std::string& tensor) {
  const auto file = need(GgufFile::open(path));
  const auto* found = file.find(tensor);
  if (found == nullptr) throw std::runtime_error("no tensor " + tensor);
  return need(file.read(*found));
}

}  // namespace edgeeval::model::testing
