// SPDX-License-Identifier: Apache-2.0
// What needs libtorch, in one file: NF4, gradients, training, adapters, and parity with llama.cpp.
#include "llama.hpp"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>

#include "core/files.hpp"
#include "core/paths.hpp"
#include "support/run_program.hpp"
#include "support/tiny_model.hpp"
#include "training.hpp"

namespace edgeeval::train {
namespace {

namespace fs = std::filesystem;
using edgeeval::testing::run_program;
using edgeeval::testing::TempFolder;

at::Tensor ids_of(const std::vector<std::int64_t>& ids) { return at::tensor(ids, at::kLong).unsqueeze(0); }

/// A loss that every projection takes part in.
at::Tensor loss_of(const Llama& model) {
  const auto logits = model.logits(model.hidden(ids_of({1, 7, 3, 250, 9, 42}))).squeeze(0);
  return at::cross_entropy_loss(logits,
                                at::tensor(std::vector<std::int64_t>{7, 3, 250, 9, 42, 1}, at::kLong));
}

Llama tiny(const fs::path& folder, bool nf4, at::ScalarType type) {
  model::testing::write_tiny(folder / "tiny.gguf");
  auto source = open_gguf(folder / "tiny.gguf");
  auto loaded = Llama::load(source.value(), {nf4, type});
  return std::move(loaded.value());
}

TEST(Nf4, EachValueComesBackAsALevelOfItsBlockNotFarFromIt) {
  const auto weight = at::randn({6, 64}) * 0.1;
  const auto back = nf4_dequantize(nf4_quantize(weight), at::kFloat);
  const auto largest = std::get<0>(weight.abs().max(1, true));
  // The widest gap between levels is that from -1 to -0.6962.
  EXPECT_TRUE(((back - weight).abs() <= largest * (1.0 - 0.6961) / 2.0).all().item<bool>());
  // The largest magnitude of a block is a level itself where it is positive, and so are zeros.
  EXPECT_TRUE((std::get<0>(back.abs().max(1, true)) <= largest).all().item<bool>());
  EXPECT_EQ(nf4_dequantize(nf4_quantize(at::zeros({2, 64})), at::kFloat).abs().sum().item<float>(), 0.0F);
}

TEST(Nf4, LevelsOfAKnownBlockAreExact) {
  auto weight = at::zeros({1, 64});
  weight[0][0] = 2.0;
  weight[0][1] = -2.0;
  weight[0][2] = 2.0 * 0.44070982933044434;
  EXPECT_TRUE(at::allclose(nf4_dequantize(nf4_quantize(weight), at::kFloat), weight));
}

TEST(Nf4, BackwardIsTheGradientOfTheDequantizedProduct) {
  const auto weight = nf4_quantize(at::randn({8, 64}));
  const auto x = at::randn({2, 3, 64}).requires_grad_(true);
  const auto y = nf4_linear(x, weight);
  const auto plain = at::linear(x, nf4_dequantize(weight, at::kFloat));
  EXPECT_TRUE(at::allclose(y, plain, 1e-5, 1e-5));
  (y * y).sum().backward();
  const auto own = x.grad().clone();
  x.mutable_grad().zero_();
  (plain * plain).sum().backward();
  EXPECT_TRUE(at::allclose(own, x.grad(), 1e-4, 1e-4));
}

void check_gradients(bool nf4) {
  const TempFolder temp;
  auto model = tiny(temp.path(), nf4, at::kDouble);
  model.add_lora(4, 8.0, 0.0, 5);
  {
    // B starts at zero, where A has no gradient: move it away first.
    const at::NoGradGuard none;
    for (auto& parameter : model.trainable()) parameter.add_(at::randn_like(parameter) * 0.02);
  }
  loss_of(model).backward();
  constexpr double kStep = 1e-5;
  const at::NoGradGuard none;
  for (auto& parameter : model.trainable()) {
    auto flat = parameter.view(-1);
    const auto gradient = parameter.grad().view(-1);
    const auto at_index = gradient.abs().argmax().item<std::int64_t>();
    const double before = flat[at_index].item<double>();
    flat[at_index] = before + kStep;
    const double above = loss_of(model).item<double>();
    flat[at_index] = before - kStep;
    const double below = loss_of(model).item<double>();
    flat[at_index] = before;
    const double expected = (above - below) / (2.0 * kStep);
    const double scale = std::max(1e-3, std::abs(expected));
    // NF4 weights are held in float, which bounds the agreement.
    EXPECT_NEAR(gradient[at_index].item<double>(), expected, scale * (nf4 ? 1e-3 : 1e-4));
  }
}

TEST(Gradients, OfLoraAgreeWithFiniteDifferences) { check_gradients(false); }
TEST(Gradients, OfQloraAgreeWithFiniteDifferences) { check_gradients(true); }

class AdaptTest : public ::testing::TestWithParam<std::string> {};

TEST_P(AdaptTest, TheLossFallsAndTheAdapterReadsBackAsItWas) {
  const TempFolder temp;
  model::testing::write_tiny(temp.path() / "tiny.gguf");
  std::ofstream(temp.path() / "tokens.jsonl")
      << R"({"id":"a","input_ids":[1,2,3,4,5],"labels":[-100,-100,3,4,5]})"
         "\n"
      << R"({"id":"b","input_ids":[9,8,7],"labels":[-100,8,7]})"
         "\n";
  AdaptOptions options;
  options.model = temp.path() / "tiny.gguf";
  options.data = temp.path() / "tokens.jsonl";
  options.out = temp.path() / "adapter";
  options.method = GetParam();
  options.steps = 60;
  options.batch = 2;
  options.learning_rate = 1e-2;
  options.dropout = 0.0;
  int steps = 0;
  const auto result = adapt(options, [&](const Json& event) {
    steps += value_or(event, "event", std::string()) == "step" ? 1 : 0;
  });
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(steps, 60);
  EXPECT_LT(value_or(*result, "last_loss", 1e9), 0.7 * value_or(*result, "first_loss", 0.0));
  const auto source = open_gguf(options.model).value();
  const auto adapter = read_adapter(options.out, source.shape);
  ASSERT_TRUE(adapter) << adapter.error().message;
  ASSERT_TRUE(write_adapter(temp.path() / "again", *adapter, source.shape));
  EXPECT_EQ(read_file(temp.path() / "again/adapter_model.safetensors").value(),
            read_file(options.out / "adapter_model.safetensors").value());
}
INSTANTIATE_TEST_SUITE_P(Methods, AdaptTest, ::testing::Values("lora", "qlora"));

TEST(Adapt, RefusesATruncatedModelAndAnotherArchitecture) {
  const TempFolder temp;
  AdaptOptions options;
  options.model = temp.path() / "tiny.gguf";
  model::testing::write_tiny(options.model);
  fs::resize_file(options.model, fs::file_size(options.model) - 100);
  EXPECT_EQ(adapt(options, {}).error().code, ErrorCode::bad_model);
  model::testing::TinyModel other;
  other.architecture = "gpt2";
  model::testing::write_tiny(options.model, other);
  EXPECT_EQ(adapt(options, {}).error().code, ErrorCode::unsupported);
}

std::vector<float> floats_of(const fs::path& file) {
  const auto bytes = read_file(file).value();
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

/// Logits of the same tokens from both programs: F32 weights, F32 cache.
void expect_parity(const fs::path& model_file, const std::string& tokens, std::size_t count) {
  const TempFolder temp;
  const std::string bin = EDGEEVAL_BIN_DIR;
  const auto whole = (temp.path() / "f32.gguf").string();
  ASSERT_EQ(run_program({bin + "/edgeeval-model", "convert", "--model", model_file.string(), "--out", whole,
                         "--type", "f32"})
                .code,
            0);
  for (const std::string name : {"train", "model"}) {
    const auto ran = run_program({bin + "/edgeeval-" + name, "logits", "--model", whole, "--tokens", tokens,
                                  "--out", (temp.path() / name).string()});
    ASSERT_EQ(ran.code, 0) << ran.err;
  }
  const auto ours = floats_of(temp.path() / "train");
  const auto theirs = floats_of(temp.path() / "model");
  ASSERT_EQ(ours.size(), theirs.size());
  const auto width = static_cast<std::ptrdiff_t>(ours.size() / count);
  float largest = 0.0F;
  std::size_t same = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) largest = std::max(largest, std::abs(ours[i] - theirs[i]));
  for (std::size_t row = 0; row < count; ++row) {
    const auto top = [&](const std::vector<float>& values) {
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row) * width;
      return std::max_element(begin, begin + width) - begin;
    };
    same += top(ours) == top(theirs) ? 1 : 0;
  }
  EXPECT_LT(largest, 0.02F);
  EXPECT_GE(static_cast<double>(same), 0.99 * static_cast<double>(count));
}

TEST(Parity, WithLlamaCppOnATinyModel) {
  const TempFolder temp;
  model::testing::write_tiny(temp.path() / "tiny.gguf");
  expect_parity(temp.path() / "tiny.gguf", "1,7,3,250,9,42,11,12,13,14", 10);
}

TEST(Parity, WithLlamaCppOnTheQuickstartModel) {
  const auto installed_model = installed("model/smollm2-135m-instruct");
  if (!installed_model) GTEST_SKIP() << "the quickstart's model is not set up here";
  expect_parity(*installed_model,
                "1,9690,198,2683,359,253,5356,5646,11173,3365,3511,308,34519,28,7018,411,407,19712,8182,2,"
                "198,1,4093,198",
                24);
}

}  // namespace
}  // namespace edgeeval::train
