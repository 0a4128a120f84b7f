// SPDX-License-Identifier: Apache-2.0
// 4-bit NormalFloat storage of a frozen weight: QLoRA, Dettmers et al. 2023 (arXiv 2305.14314), section 3.
#pragma once

#include <ATen/ATen.h>

namespace edgeeval::train {

/// A matrix in NF4: blocks of 64 values along its rows' order, each with the largest magnitude as its scale.
struct Nf4Weight {
  at::Tensor
      packed;  ///< uint8 [rows·columns/2]; the high half is the even element, as bitsandbytes packs it.
  at::Tensor absmax;  ///< float [rows·columns/64], padded up to a whole block.
  std::int64_t rows = 0;
  std::int64_t columns = 0;
};

/// Values a block shares one scale.
inline constexpr std::int64_t kNf4Block = 64;

/// Quantizes a [rows, columns] matrix (any float type; columns even).
[[nodiscard]] Nf4Weight nf4_quantize(const at::Tensor& weight);

/// The values that `weight` stands for, [rows, columns], in `type`.
[[nodiscard]] at::Tensor nf4_dequantize(const Nf4Weight& weight, at::ScalarType type);

/// x · Wᵀ for a frozen W. The weight is dequantized in the forward pass and once more in the backward pass,
/// and never kept in between: that is QLoRA's memory for time.
[[nodiscard]] at::Tensor nf4_linear(const at::Tensor& x, const Nf4Weight& weight);

}  // namespace edgeeval::train
