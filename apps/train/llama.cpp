// SPDX-License-Identifier: Apache-2.0
#include "llama.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <fmt/format.h>

#include <cmath>

#include "shared/lora_names.hpp"

namespace edgeeval::train {
namespace {

constexpr std::size_t kQuery = 0;
constexpr std::size_t kKey = 1;
constexpr std::size_t kValue = 2;
constexpr std::size_t kOutput = 3;
constexpr std::size_t kGate = 4;
constexpr std::size_t kUp = 5;
constexpr std::size_t kDown = 6;

/// Output and input width of a projection.
std::pair<std::int64_t, std::int64_t> extent(std::size_t projection, const ModelShape& shape) {
  const auto kv = shape.kv_heads * shape.head_width();
  switch (projection) {
    case kQuery:
    case kOutput:
      return {shape.width, shape.width};
    case kKey:
    case kValue:
      return {kv, shape.width};
    case kDown:
      return {shape.width, shape.hidden};
    default:
      return {shape.hidden, shape.width};
  }
}

Result<at::Tensor> tensor(const ModelSource& source, const std::string& name, std::int64_t rows,
                          std::int64_t columns, at::ScalarType type) {
  auto values = source.read(name, rows, columns);
  if (!values) return tl::unexpected(values.error());
  const auto view = at::from_blob(values->data(), {rows, columns}, at::kFloat);
  return view.to(type, /*non_blocking=*/false, /*copy=*/true);
}

std::vector<float> floats(const at::Tensor& tensor) {
  const auto values = tensor.detach().to(at::kFloat).contiguous();
  return {values.const_data_ptr<float>(), values.const_data_ptr<float>() + values.numel()};
}

at::Tensor matrix(const std::vector<float>& values, std::int64_t rows, std::int64_t columns,
                  at::ScalarType type) {
  auto result = at::empty({rows, columns}, at::kFloat);
  std::copy(values.begin(), values.end(), result.data_ptr<float>());
  return result.to(type);
}

}  // namespace

Result<Llama> Llama::load(const ModelSource& source, const BaseOptions& options) {
  Llama model(source.shape, options);
  if (auto read = model.read(source); !read) return tl::unexpected(read.error());
  return model;
}

Result<void> Llama::read(const ModelSource& source) {
  const auto into = [&](at::Tensor& to, const std::string& name, std::int64_t rows,
                        std::int64_t columns) -> Result<void> {
    auto values = tensor(source, name, rows, columns, options_.type);
    if (!values) return tl::unexpected(values.error());
    to = std::move(*values);
    return {};
  };
  if (auto done = into(embedding_, "token_embd.weight", shape_.vocabulary, shape_.width); !done) return done;
  if (auto done = into(final_norm_, "output_norm.weight", 1, shape_.width); !done) return done;
  final_norm_ = final_norm_.squeeze(0);
  head_ = embedding_;
  if (source.has("output.weight")) {
    if (auto done = into(head_, "output.weight", shape_.vocabulary, shape_.width); !done) return done;
  }
  const auto half = shape_.head_width() / 2;
  const auto exponent = at::arange(half, at::kDouble) * (-2.0 / static_cast<double>(shape_.head_width()));
  rope_frequency_ = at::pow(at::scalar_tensor(shape_.rope_base, at::kDouble), exponent);
  if (source.has("rope_freqs.weight")) {
    // LLaMA 3's stretched rotary embedding comes as factors by which each frequency is divided.
    at::Tensor factors;
    if (auto done = into(factors, "rope_freqs.weight", 1, half); !done) return done;
    rope_frequency_ = rope_frequency_ / factors.squeeze(0).to(at::kDouble);
  }
  for (std::int64_t i = 0; i < shape_.layers; ++i) {
    if (auto done = read_layer(source, i); !done) return done;
  }
  return {};
}

Result<void> Llama::read_layer(const ModelSource& source, std::int64_t index) {
  Layer layer;
  for (const auto& [to, name] :
       {std::pair{&layer.attention_norm, "attn_norm"}, std::pair{&layer.ffn_norm, "ffn_norm"}}) {
    auto values =
        tensor(source, fmt::format("blk.{}.{}.weight", index, name), 1, shape_.width, options_.type);
    if (!values) return tl::unexpected(values.error());
    *to = values->squeeze(0);
  }
  for (std::size_t i = 0; i < kProjections.size(); ++i) {
    const auto name = fmt::format("blk.{}.{}", index, kProjections[i].gguf);
    if (source.has(name + ".bias"))
      return fail(ErrorCode::unsupported, "the model has a bias at " + name, source.name);
    const auto [out, in] = extent(i, shape_);
    auto weight = tensor(source, name + ".weight", out, in, options_.type);
    if (!weight) return tl::unexpected(weight.error());
    Linear linear;
    if (options_.nf4) {
      linear.nf4 = nf4_quantize(*weight);
    } else {
      linear.weight = std::move(*weight);
    }
    layer.projections.push_back(std::move(linear));
  }
  layers_.push_back(std::move(layer));
  return {};
}

void Llama::add_lora(std::int64_t rank, double alpha, double dropout, std::uint64_t seed) {
  lora_scale_ = alpha / static_cast<double>(rank);
  dropout_ = dropout;
  auto random = at::make_generator<at::CPUGeneratorImpl>(seed);
  const auto options = at::TensorOptions(options_.type);
  for (auto& layer : layers_) {
    for (std::size_t i = 0; i < layer.projections.size(); ++i) {
      const auto [out, in] = extent(i, shape_);
      // Kaiming-uniform with a = √5, which PEFT uses, is uniform in ±1/√in.
      const double bound = 1.0 / std::sqrt(static_cast<double>(in));
      layer.projections[i].lora_a =
          at::empty({rank, in}, options).uniform_(-bound, bound, random).requires_grad_(true);
      layer.projections[i].lora_b = at::zeros({out, rank}, options).requires_grad_(true);
    }
  }
}

void Llama::set_lora(const Adapter& adapter) {
  lora_scale_ = adapter.alpha / static_cast<double>(adapter.rank);
  for (const auto& matrices : adapter.matrices) {
    auto& linear = layers_[static_cast<std::size_t>(matrices.layer)]
                       .projections[static_cast<std::size_t>(matrices.projection)];
    linear.lora_a = matrix(matrices.a, adapter.rank, matrices.in, options_.type);
    linear.lora_b = matrix(matrices.b, matrices.out, adapter.rank, options_.type);
  }
}

std::vector<LoraMatrices> Llama::lora() const {
  std::vector<LoraMatrices> all;
  for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
    for (std::size_t i = 0; i < kProjections.size(); ++i) {
      const auto& linear = layers_[layer].projections[i];
      all.push_back({static_cast<int>(layer), static_cast<int>(i), floats(linear.lora_a),
                     floats(linear.lora_b), linear.lora_a.size(1), linear.lora_b.size(0)});
    }
  }
  return all;
}

std::vector<at::Tensor> Llama::trainable() const {
  std::vector<at::Tensor> all;
  for (const auto& layer : layers_) {
    for (const auto& linear : layer.projections) {
      all.push_back(linear.lora_a);
      all.push_back(linear.lora_b);
    }
  }
  return all;
}

at::Tensor Llama::normed(const at::Tensor& x, const at::Tensor& weight) const {
  return at::rms_norm(x, {shape_.width}, weight, shape_.rms_epsilon);
}

at::Tensor Llama::project(const at::Tensor& x, const Linear& linear) const {
  auto y = linear.nf4 ? nf4_linear(x, *linear.nf4) : at::linear(x, linear.weight);
  if (!linear.lora_a.defined()) return y;
  const auto kept = dropout_ > 0.0 && training_ ? at::dropout(x, dropout_, true) : x;
  return y + at::linear(at::linear(kept, linear.lora_a), linear.lora_b) * lora_scale_;
}

at::Tensor Llama::rotated(const at::Tensor& x) const {
  // [batch, heads, length, head width]; llama.cpp's row order pairs neighbours, not halves.
  const auto length = x.size(2);
  const auto angle = at::outer(at::arange(length, at::kDouble), rope_frequency_);
  const auto cosine = angle.cos().to(x.scalar_type());
  const auto sine = angle.sin().to(x.scalar_type());
  const auto pairs = x.unflatten(-1, {shape_.head_width() / 2, 2});
  const auto even = pairs.select(-1, 0);
  const auto odd = pairs.select(-1, 1);
  return at::stack({even * cosine - odd * sine, even * sine + odd * cosine}, -1).flatten(-2);
}

at::Tensor Llama::attention(const at::Tensor& x, const Layer& layer) const {
  const auto split = [&](std::size_t projection, std::int64_t heads) {
    return project(x, layer.projections[projection])
        .unflatten(-1, {heads, shape_.head_width()})
        .transpose(1, 2);
  };
  const auto groups = shape_.heads / shape_.kv_heads;
  const auto query = rotated(split(kQuery, shape_.heads));
  const auto key = rotated(split(kKey, shape_.kv_heads)).repeat_interleave(groups, 1);
  const auto value = split(kValue, shape_.kv_heads).repeat_interleave(groups, 1);
  const auto mixed = at::scaled_dot_product_attention(query, key, value, {}, 0.0, /*is_causal=*/true);
  return project(mixed.transpose(1, 2).flatten(2), layer.projections[kOutput]);
}

at::Tensor Llama::hidden(const at::Tensor& ids) const {
  auto x = at::embedding(embedding_, ids);
  for (const auto& layer : layers_) {
    x = x + attention(normed(x, layer.attention_norm), layer);
    const auto h = normed(x, layer.ffn_norm);
    const auto gated = at::silu(project(h, layer.projections[kGate])) * project(h, layer.projections[kUp]);
    x = x + project(gated, layer.projections[kDown]);
  }
  return normed(x, final_norm_);
}

}  // namespace edgeeval::train
