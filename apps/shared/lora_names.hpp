// SPDX-License-Identifier: Apache-2.0
// The seven projections of a LLaMA block under their two names, and the row order in which they differ.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edgeeval {

/// A projection: its name in a GGUF block, in PEFT's `target_modules`, and its path within a Hugging Face
/// layer.
struct Projection {
  std::string_view gguf;    ///< "attn_q"
  std::string_view module;  ///< "q_proj"
  std::string_view path;    ///< "self_attn.q_proj"
};

/// All seven, in the order of a forward pass.
inline constexpr std::array<Projection, 7> kProjections{{{"attn_q", "q_proj", "self_attn.q_proj"},
                                                         {"attn_k", "k_proj", "self_attn.k_proj"},
                                                         {"attn_v", "v_proj", "self_attn.v_proj"},
                                                         {"attn_output", "o_proj", "self_attn.o_proj"},
                                                         {"ffn_gate", "gate_proj", "mlp.gate_proj"},
                                                         {"ffn_up", "up_proj", "mlp.up_proj"},
                                                         {"ffn_down", "down_proj", "mlp.down_proj"}}};

/// "base_model.model.model.layers.3.self_attn.q_proj.lora_A.weight": PEFT's name of a LoRA matrix ('A' or
/// 'B').
[[nodiscard]] inline std::string peft_name(int layer, const Projection& projection, char matrix) {
  return "base_model.model.model.layers." + std::to_string(layer) + "." + std::string(projection.path) +
         ".lora_" + matrix + ".weight";
}

/// Whether GGUF stores this projection's rows in another order than Hugging Face (llama architecture: Q and
/// K).
[[nodiscard]] inline bool rows_permuted(const Projection& projection) {
  return projection.gguf == "attn_q" || projection.gguf == "attn_k";
}

/// For each GGUF row of a Q or K projection, the Hugging Face row that it holds. Hugging Face rotates the two
/// halves of a head against each other, llama.cpp neighbouring rows, so its converter interleaves the halves
/// of each head. `rows` = heads × head size.
[[nodiscard]] inline std::vector<std::size_t> hugging_face_rows(std::size_t rows, std::size_t heads) {
  const std::size_t head = rows / heads;
  const std::size_t half = head / 2;
  std::vector<std::size_t> order(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t within = row % head;
    order[row] = row - within + (within % 2) * half + within / 2;
  }
  return order;
}

}  // namespace edgeeval
