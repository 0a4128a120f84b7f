// SPDX-License-Identifier: Apache-2.0
#include "nf4.hpp"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace edgeeval::train {
namespace {

/// The sixteen levels of NF4: quantiles of the standard normal scaled to [-1, 1] (arXiv 2305.14314, appendix
/// E).
constexpr std::array<float, 16> kLevels{-1.0F,
                                        -0.6961928009986877F,
                                        -0.5250730514526367F,
                                        -0.39491748809814453F,
                                        -0.28444138169288635F,
                                        -0.18477343022823334F,
                                        -0.09105003625154495F,
                                        0.0F,
                                        0.07958029955625534F,
                                        0.16093020141124725F,
                                        0.24611230194568634F,
                                        0.33791524171829224F,
                                        0.44070982933044434F,
                                        0.5626170039176941F,
                                        0.7229568362236023F,
                                        1.0F};

/// The level nearest to `value`: the number of midpoints below it.
std::uint8_t nearest_level(float value) {
  std::uint8_t level = 0;
  for (std::size_t i = 0; i + 1 < kLevels.size() && value > (kLevels[i] + kLevels[i + 1]) / 2.0F; ++i)
    ++level;
  return level;
}

struct Nf4Linear : torch::autograd::Function<Nf4Linear> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x,
                            const at::Tensor& packed, const at::Tensor& absmax, std::int64_t rows,
                            std::int64_t columns) {
    context->saved_data["packed"] = packed;
    context->saved_data["absmax"] = absmax;
    context->saved_data["rows"] = rows;
    context->saved_data["columns"] = columns;
    return at::linear(x, nf4_dequantize({packed, absmax, rows, columns}, x.scalar_type()));
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    auto& saved = context->saved_data;
    const Nf4Weight weight{saved["packed"].toTensor(), saved["absmax"].toTensor(), saved["rows"].toInt(),
                           saved["columns"].toInt()};
    const auto& gradient = gradients[0];
    // One matrix product over all positions: matmul on three dimensions would copy the weight once a
    // sequence.
    const auto flat = gradient.reshape({-1, weight.rows}).mm(nf4_dequantize(weight, gradient.scalar_type()));
    auto shape = gradient.sizes().vec();
    shape.back() = weight.columns;
    return {flat.reshape(shape), {}, {}, {}, {}};
  }
};

}  // namespace

Nf4Weight nf4_quantize(const at::Tensor& weight) {
  const auto values = weight.detach().to(at::kFloat).contiguous();
  const auto count = values.numel();
  const auto blocks = (count + kNf4Block - 1) / kNf4Block;
  Nf4Weight result{at::empty({(count + 1) / 2}, at::kByte), at::empty({blocks}, at::kFloat), weight.size(0),
                   weight.size(1)};
  const float* from = values.const_data_ptr<float>();
  auto* packed = result.packed.data_ptr<std::uint8_t>();
  auto* absmax = result.absmax.data_ptr<float>();
  at::parallel_for(0, blocks, 1024, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t block = begin; block < end; ++block) {
      const auto first = block * kNf4Block;
      const auto last = std::min(first + kNf4Block, count);
      float largest = 0.0F;
      for (auto i = first; i < last; ++i) largest = std::max(largest, std::abs(from[i]));
      absmax[block] = largest;
      const float inverse = largest > 0.0F ? 1.0F / largest : 0.0F;
      for (auto i = first; i < last; i += 2) {
        const auto high = nearest_level(from[i] * inverse);
        const auto low = i + 1 < last ? nearest_level(from[i + 1] * inverse) : std::uint8_t{7};
        packed[i / 2] = static_cast<std::uint8_t>(high << 4U | low);
      }
    }
  });
  return result;
}

at::Tensor nf4_dequantize(const Nf4Weight& weight, at::ScalarType type) {
  const auto count = weight.rows * weight.columns;
  auto result = at::empty({weight.rows, weight.columns}, at::kFloat);
  const auto* packed = weight.packed.const_data_ptr<std::uint8_t>();
  const auto* absmax = weight.absmax.const_data_ptr<float>();
  auto* to = result.data_ptr<float>();
  at::parallel_for(0, weight.absmax.numel(), 1024, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t block = begin; block < end; ++block) {
      const auto first = block * kNf4Block;
      const auto last = std::min(first + kNf4Block, count);
      const float scale = absmax[block];
      for (auto i = first; i < last; i += 2) {
        const auto byte = packed[i / 2];
        to[i] = kLevels[byte >> 4U] * scale;
        if (i + 1 < last) to[i + 1] = kLevels[byte & 15U] * scale;
      }
    }
  });
  return result.to(type);
}

at::Tensor nf4_linear(const at::Tensor& x, const Nf4Weight& weight) {
  return Nf4Linear::apply(x, weight.packed, weight.absmax, weight.rows, weight.columns);
}

}  // namespace edgeeval::train
