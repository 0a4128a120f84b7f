// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "commands.hpp"
#include "core/files.hpp"
#include "support/run_program.hpp"
#include "support/tiny_model.hpp"

namespace edgeeval::model {
namespace {

using edgeeval::testing::TempFolder;
using testing::values_of;
using testing::write_tiny;

TEST(Convert, F32HoldsExactlyWhatQuantizedBlocksMean) {
  const TempFolder temp;
  write_tiny(temp.path() / "q.gguf", {.type = GGML_TYPE_Q4_1});
  ASSERT_TRUE(convert(temp.path() / "q.gguf", temp.path() / "f.gguf", "f32"));
  const auto stored = GgufFile::open(temp.path() / "f.gguf");
  ASSERT_TRUE(stored);
  for (const auto& tensor : stored->tensors()) {
    EXPECT_EQ(tensor.type, GGML_TYPE_F32) << tensor.name;
    EXPECT_EQ(values_of(temp.path() / "f.gguf", tensor.name), values_of(temp.path() / "q.gguf", tensor.name))
        << tensor.name;
  }
  // Q4_1 by its definition, without ggml's help: 16 levels a block, all between its least and its greatest
  // value.
  const auto row = values_of(temp.path() / "f.gguf", "blk.1.ffn_up.weight");
  EXPECT_LE((std::set<float>(row.begin(), row.begin() + 32).size()), 16U);
}

TEST(Convert, F16RoundsTheSameValuesAndKeepsVectorsInF32) {
  const TempFolder temp;
  write_tiny(temp.path() / "q.gguf", {.type = GGML_TYPE_Q4_1});
  const auto done = convert(temp.path() / "q.gguf", temp.path() / "h.gguf", "f16");
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ((*done)["file_type"], "F16");
  EXPECT_EQ((*done)["tensor_mix"], "F16 15 tensors, F32 5 tensors");
  EXPECT_EQ(values_of(temp.path() / "h.gguf", "blk.0.attn_norm.weight"),
            values_of(temp.path() / "q.gguf", "blk.0.attn_norm.weight"));
  auto rounded = values_of(temp.path() / "q.gguf", "blk.0.attn_q.weight");
  for (auto& value : rounded) value = ggml_fp16_to_fp32(ggml_fp32_to_fp16(value));
  EXPECT_EQ(values_of(temp.path() / "h.gguf", "blk.0.attn_q.weight"), rounded);
}

TEST(Convert, KeepsMetadataAndSetsTheFileType) {
  const TempFolder temp;
  write_tiny(temp.path() / "q.gguf", {.type = GGML_TYPE_Q8_0});
  ASSERT_TRUE(convert(temp.path() / "q.gguf", temp.path() / "h.gguf", "f16"));
  const auto before = GgufFile::open(temp.path() / "q.gguf");
  const auto after = GgufFile::open(temp.path() / "h.gguf");
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->number("general.file_type"), 1.0);
  for (const char* key : {"general.name", "tokenizer.chat_template", "tokenizer.ggml.pre"}) {
    ASSERT_TRUE(before->text(key)) << key;
    EXPECT_EQ(after->text(key), before->text(key)) << key;
  }
  EXPECT_EQ(after->number("llama.rope.dimension_count"), 16.0);
  EXPECT_EQ(gguf_get_arr_n(after->header(), gguf_find_key(after->header(), "tokenizer.ggml.tokens")), 259U);
}

TEST(Convert, RefusesOtherArchitecturesAndUnknownTypes) {
  const TempFolder temp;
  write_tiny(temp.path() / "m.gguf", {.architecture = "mamba"});
  const auto other = convert(temp.path() / "m.gguf", temp.path() / "o.gguf", "f16");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::unsupported);
  EXPECT_NE(other.error().message.find("mamba"), std::string::npos);
  EXPECT_EQ(convert(temp.path() / "m.gguf", temp.path() / "o.gguf", "f8").error().code, ErrorCode::usage);
  EXPECT_FALSE(std::filesystem::exists(temp.path() / "o.gguf"));
}

TEST(Convert, AFailedWriteLeavesNothingBehind) {
  const TempFolder temp;
  write_tiny(temp.path() / "m.gguf");
  const auto out = temp.path() / "no" / "o.gguf";
  EXPECT_EQ(convert(temp.path() / "m.gguf", out, "f16").error().code, ErrorCode::io);
  // A device that is always full stands for a disk without space.
  std::filesystem::create_symlink("/dev/full", part_path(temp.path() / "full.gguf"));
  EXPECT_EQ(convert(temp.path() / "m.gguf", temp.path() / "full.gguf", "f16").error().code,
            ErrorCode::disk_full);
  EXPECT_FALSE(std::filesystem::exists(temp.path() / "full.gguf"));
  EXPECT_FALSE(std::filesystem::is_symlink(part_path(temp.path() / "full.gguf")));
}

}  // namespace
}  // namespace edgeeval::model
