// SPDX-License-Identifier: Apache-2.0
#include "adapter.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "commands.hpp"
#include "support/run_program.hpp"
#include "support/tiny_model.hpp"

namespace edgeeval::model {
namespace {

using edgeeval::testing::TempFolder;
using testing::numbers;
using testing::TinyTensor;
using testing::values_of;
using testing::write_adapter;
using testing::write_tiny;

constexpr const char* kConfig =
    R"({"peft_type": "LORA", "r": 2, "lora_alpha": 6, "target_modules": ["q_proj"]})";

std::string name_of(const std::string& module, char matrix, int layer = 1) {
  return "base_model.model.model.layers." + std::to_string(layer) + "." + module + ".lora_" + matrix +
         ".weight";
}

/// A pair of rank 2 for a projection of `rows` x `columns`.
std::vector<TinyTensor> pair_for(const std::string& module, std::int64_t rows, std::int64_t columns) {
  return {{name_of(module, 'A'), {2, columns}, numbers(static_cast<std::size_t>(2 * columns), 91)},
          {name_of(module, 'B'), {rows, 2}, numbers(static_cast<std::size_t>(rows * 2), 92)}};
}

/// scale · B·A, entry by entry, in double, with Hugging Face's rows.
std::vector<double> delta(const std::vector<TinyTensor>& pair, double scale) {
  const auto columns = static_cast<std::size_t>(pair[0].shape[1]);
  const auto rows = static_cast<std::size_t>(pair[1].shape[0]);
  std::vector<double> sum(rows * columns, 0.0);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j)
      for (std::size_t r = 0; r < 2; ++r)
        sum[i * columns + j] += scale * static_cast<double>(pair[1].values[i * 2 + r]) *
                                static_cast<double>(pair[0].values[r * columns + j]);
  return sum;
}

/// llama.cpp's converter as it is written down there: reshape(heads, 2, rows / heads / 2, columns), swap axes
/// 1 and 2.
std::vector<double> permuted(const std::vector<double>& matrix, std::size_t columns, std::size_t heads) {
  const std::size_t half = matrix.size() / columns / heads / 2;
  std::vector<double> result;
  for (std::size_t head = 0; head < heads; ++head)
    for (std::size_t k = 0; k < half; ++k)
      for (std::size_t part = 0; part < 2; ++part)
        for (std::size_t j = 0; j < columns; ++j)
          result.push_back(matrix[((head * 2 + part) * half + k) * columns + j]);
  return result;
}

void expect_sum(const std::vector<float>& merged, const std::vector<float>& base,
                const std::vector<double>& change) {
  ASSERT_EQ(merged.size(), change.size());
  double largest = 0;
  for (std::size_t i = 0; i < change.size(); ++i) {
    ASSERT_NEAR(static_cast<double>(merged[i]), static_cast<double>(base[i]) + change[i], 1e-6) << i;
    largest = std::max(largest, std::abs(change[i]));
  }
  EXPECT_GT(largest, 0.1);  // Otherwise the comparison would not notice a missing change.
}

class Merge : public ::testing::Test {
 protected:
  Merge() { write_tiny(base()); }
  [[nodiscard]] std::filesystem::path base() const { return temp_.path() / "base.gguf"; }
  [[nodiscard]] std::filesystem::path out() const { return temp_.path() / "out.gguf"; }
  Result<Json> merged(const std::string& config, const std::vector<TinyTensor>& tensors,
                      const std::string& type = "f32") {
    write_adapter(temp_.path() / "adapter", config, tensors);
    return merge(base(), temp_.path() / "adapter", out(), type);
  }
  TempFolder temp_;
};

TEST_F(Merge, AddsScaledProductToProjectionsInTheirOwnOrder) {
  const auto pair = pair_for("mlp.down_proj", 64, 96);
  const auto done = merged(kConfig, pair);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ((*done)["merged_tensors"], 1);
  const std::string name = "blk.1.ffn_down.weight";
  expect_sum(values_of(out(), name), values_of(base(), name), delta(pair, 6.0 / 2.0));
  EXPECT_EQ(values_of(out(), "blk.0.ffn_down.weight"), values_of(base(), "blk.0.ffn_down.weight"));
}

TEST_F(Merge, BringsQueryAndKeyRowsIntoTheOrderOfTheFile) {
  auto tensors = pair_for("self_attn.q_proj", 64, 64);
  const auto key = pair_for("self_attn.k_proj", 32, 64);
  const auto query = tensors;
  tensors.insert(tensors.end(), key.begin(), key.end());
  ASSERT_TRUE(merged(kConfig, tensors));
  const auto change = delta(query, 3.0);
  ASSERT_NE(permuted(change, 64, 4), change);
  expect_sum(values_of(out(), "blk.1.attn_q.weight"), values_of(base(), "blk.1.attn_q.weight"),
             permuted(change, 64, 4));
  expect_sum(values_of(out(), "blk.1.attn_k.weight"), values_of(base(), "blk.1.attn_k.weight"),
             permuted(delta(key, 3.0), 64, 2));
}

TEST_F(Merge, RankStabilisedLoraDividesByTheRootOfTheRank) {
  const auto pair = pair_for("self_attn.v_proj", 32, 64);
  ASSERT_TRUE(merged(R"({"peft_type": "LORA", "r": 2, "lora_alpha": 6, "use_rslora": true})", pair));
  const std::string name = "blk.1.attn_v.weight";
  expect_sum(values_of(out(), name), values_of(base(), name), delta(pair, 6.0 / std::sqrt(2.0)));
}

TEST_F(Merge, StoresF16ByDefaultRounding) {
  const auto done = merged(kConfig, pair_for("self_attn.o_proj", 64, 64), "f16");
  ASSERT_TRUE(done);
  EXPECT_EQ((*done)["tensor_mix"], "F16 15 tensors, F32 5 tensors");
}

TEST_F(Merge, RefusesSettingsThatWouldMeanAnotherSum) {
  for (const char* setting :
       {R"("use_dora": true)", R"("fan_in_fan_out": true)", R"("rank_pattern": {"q_proj": 4})",
        R"("alpha_pattern": {"q_proj": 4})", R"("modules_to_save": ["lm_head"])"}) {
    const auto done =
        merged(std::string(R"({"peft_type": "LORA", "r": 2, "lora_alpha": 6, )") + setting + "}",
               pair_for("self_attn.q_proj", 64, 64));
    ASSERT_FALSE(done) << setting;
    EXPECT_EQ(done.error().code, ErrorCode::unsupported) << setting;
    const std::string name = std::string(setting).substr(1, std::string(setting).find('"', 1) - 1);
    EXPECT_NE(done.error().message.find(name), std::string::npos) << done.error().message;
  }
  EXPECT_FALSE(std::filesystem::exists(out()));
}

TEST_F(Merge, EmptyPatternsAsPeftWritesThemAreNoSettings) {
  EXPECT_TRUE(
      merged(R"({"peft_type": "LORA", "r": 2, "lora_alpha": 6, "rank_pattern": {}, "alpha_pattern": {},
                         "use_dora": false, "modules_to_save": null})",
             pair_for("self_attn.q_proj", 64, 64)));
}

TEST_F(Merge, NamesTheTensorWhoseShapeDoesNotFit) {
  const auto narrow = merged(kConfig, pair_for("self_attn.q_proj", 64, 60));
  ASSERT_FALSE(narrow);
  EXPECT_EQ(narrow.error().code, ErrorCode::bad_model);
  EXPECT_NE(narrow.error().message.find(name_of("self_attn.q_proj", 'A')), std::string::npos)
      << narrow.error().message;
  const auto tall = merged(kConfig, pair_for("self_attn.k_proj", 64, 64));
  ASSERT_FALSE(tall);
  EXPECT_NE(tall.error().message.find(name_of("self_attn.k_proj", 'B')), std::string::npos)
      << tall.error().message;
  const auto ranked =
      merged(R"({"peft_type": "LORA", "r": 4, "lora_alpha": 6})", pair_for("self_attn.q_proj", 64, 64));
  EXPECT_EQ(ranked.error().code, ErrorCode::bad_model);
}

TEST_F(Merge, NamesTensorsThatBelongNowhere) {
  auto tensors = pair_for("self_attn.q_proj", 64, 64);
  tensors.push_back({"base_model.model.lm_head.lora_A.weight", {2, 64}, numbers(128, 1)});
  const auto head = merged(kConfig, tensors);
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().code, ErrorCode::unsupported);
  EXPECT_NE(head.error().message.find("lm_head.lora_A"), std::string::npos) << head.error().message;
  const auto beyond = merged(kConfig, {{name_of("self_attn.q_proj", 'A', 2), {2, 64}, numbers(128, 1)},
                                       {name_of("self_attn.q_proj", 'B', 2), {64, 2}, numbers(128, 2)}});
  EXPECT_EQ(beyond.error().code, ErrorCode::unsupported);
  const auto lonely = merged(kConfig, {{name_of("self_attn.q_proj", 'A'), {2, 64}, numbers(128, 1)}});
  EXPECT_EQ(lonely.error().code, ErrorCode::bad_model);
  EXPECT_EQ(merged(kConfig, {}).error().code, ErrorCode::bad_model);
}

TEST_F(Merge, RefusesWhatIsNoLoraAndABaseWithoutHeads) {
  EXPECT_EQ(merged(R"({"peft_type": "IA3"})", pair_for("self_attn.q_proj", 64, 64)).error().code,
            ErrorCode::unsupported);
  EXPECT_EQ(merged("{broken", pair_for("self_attn.q_proj", 64, 64)).error().code, ErrorCode::bad_model);
  EXPECT_EQ(merge(base(), temp_.path() / "missing", out(), "f16").error().code, ErrorCode::bad_model);
  write_tiny(base(), {.says_heads = false});
  EXPECT_EQ(merged(kConfig, pair_for("self_attn.q_proj", 64, 64)).error().code, ErrorCode::bad_model);
}

}  // namespace
}  // namespace edgeeval::model
