// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "commands.hpp"
#include "core/files.hpp"
#include "support/run_program.hpp"
#include "support/tiny_model.hpp"

namespace edgeeval::model {
namespace {

using edgeeval::testing::TempFolder;
using testing::values_of;
using testing::write_tiny;

class Quantize : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path in() const { return temp_.path() / "in.gguf"; }
  [[nodiscard]] std::filesystem::path out() const { return temp_.path() / "out.gguf"; }
  TempFolder temp_;
};

TEST_F(Quantize, Int8StaysWithinHalfAStepOfEachBlock) {
  write_tiny(in(), {.type = GGML_TYPE_F16});
  const auto done = quantize(in(), out(), {.to = "int8", .threads = 1});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ((*done)["file_type"], "Q8_0");
  EXPECT_EQ((*done)["tensor_mix"], "Q8_0 15 tensors, F32 5 tensors");
  EXPECT_EQ((*done)["bytes"], std::filesystem::file_size(out()));
  const auto before = values_of(in(), "blk.0.ffn_down.weight");
  const auto after = values_of(out(), "blk.0.ffn_down.weight");
  ASSERT_EQ(after.size(), before.size());
  ASSERT_NE(after, before);
  for (std::size_t block = 0; block < before.size(); block += 32) {
    float largest = 0;
    for (std::size_t i = block; i < block + 32; ++i) largest = std::max(largest, std::abs(before[i]));
    // Half a step of 1/127 of the block's largest value, and a little for the scale's own rounding to F16.
    for (std::size_t i = block; i < block + 32; ++i)
      ASSERT_NEAR(after[i], before[i], largest / 127 * 0.57F) << i;
  }
}

TEST_F(Quantize, Int4ReportsTheTypesReallyWritten) {
  write_tiny(in(), {.type = GGML_TYPE_F16});
  const auto done = quantize(in(), out(), {.to = "int4"});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ((*done)["file_type"], "Q4_0");
  // llama.cpp keeps the embedding, which is the output matrix as well here, in a finer type.
  EXPECT_EQ((*done)["tensor_mix"], "Q4_0 14 tensors, F32 5 tensors, Q8_0 1 tensors");
  const auto file = GgufFile::open(out());
  ASSERT_TRUE(file);
  EXPECT_EQ(file->find("token_embd.weight")->type, GGML_TYPE_Q8_0);
  EXPECT_EQ(file->find("blk.0.attn_q.weight")->type, GGML_TYPE_Q4_0);
  EXPECT_FALSE(std::filesystem::exists(part_path(out())));
}

TEST_F(Quantize, AShapeThatTheTypeCannotHoldIsNamedAndNotReplaced) {
  write_tiny(in(), {.type = GGML_TYPE_F16, .inner = 72});
  const auto refused = quantize(in(), out(), {.to = "int4"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
  EXPECT_NE(refused.error().message.find("blk.0.ffn_down.weight, blk.1.ffn_down.weight"), std::string::npos)
      << refused.error().message;
  EXPECT_EQ(refused.error().message.find("ffn_up"), std::string::npos) << "its rows of 64 do fit";
  EXPECT_FALSE(std::filesystem::exists(out()));
  const auto allowed = quantize(in(), out(), {.to = "int4", .allow_fallback = true});
  ASSERT_TRUE(allowed) << allowed.error().message;
  EXPECT_EQ((*allowed)["tensor_mix"], "Q4_0 12 tensors, F32 5 tensors, F16 2 tensors, Q8_0 1 tensors");
}

TEST_F(Quantize, Fp16IsConversion) {
  write_tiny(in());
  const auto done = quantize(in(), out(), {.to = "fp16"});
  ASSERT_TRUE(done);
  EXPECT_EQ((*done)["tensor_mix"], "F16 15 tensors, F32 5 tensors");
}

TEST_F(Quantize, RefusesWhatItCannotOrShouldNotDo) {
  write_tiny(in(), {.type = GGML_TYPE_Q4_1});
  const auto twice = quantize(in(), out(), {.to = "int8"});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::unsupported);
  EXPECT_NE(twice.error().message.find("Q4_1"), std::string::npos) << twice.error().message;
  EXPECT_EQ(quantize(in(), out(), {.to = "int5"}).error().code, ErrorCode::usage);
  write_tiny(in(), {.architecture = "mamba"});
  EXPECT_EQ(quantize(in(), out(), {.to = "int8"}).error().code, ErrorCode::unsupported);
  write_tiny(in());
  EXPECT_EQ(quantize(in(), temp_.path() / "no" / "o.gguf", {.to = "int8"}).error().code, ErrorCode::io);
}

}  // namespace
}  // namespace edgeeval::model
