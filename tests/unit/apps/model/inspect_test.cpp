// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>

#include "commands.hpp"
#include "support/run_program.hpp"
#include "support/tiny_model.hpp"

namespace edgeeval::model {
namespace {

using edgeeval::testing::TempFolder;
using testing::write_tiny;

TEST(Inspect, TellsShapeTypesAndTokenizer) {
  const TempFolder temp;
  const auto path = temp.path() / "m.gguf";
  write_tiny(path, {.type = GGML_TYPE_F16});
  const auto seen = inspect(path);
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ((*seen)["architecture"], "llama");
  EXPECT_EQ((*seen)["shape"]["block_count"].dump(), "2");
  EXPECT_EQ((*seen)["tensor_mix"], "F16 15 tensors, F32 5 tensors");
  EXPECT_EQ((*seen)["tokenizer"], "gpt2");
  EXPECT_EQ((*seen)["chat_template"], true);
  EXPECT_EQ((*seen)["bytes"], std::filesystem::file_size(path));
  // Embedding, final norm, and in each layer two norms, Q and output, K and V, three of the feed-forward
  // part.
  EXPECT_EQ((*seen)["parameters"], 259 * 64 + 64 + 2 * (2 * 64 + 2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 96));
  double shares = 0;
  for (const auto& type : (*seen)["types"]) shares += type["share"].get<double>();
  EXPECT_DOUBLE_EQ(shares, 1.0);
}

TEST(Inspect, SaysHowManyBytesATruncatedFileLacks) {
  const TempFolder temp;
  const auto path = temp.path() / "m.gguf";
  write_tiny(path);
  // Every tensor of the tiny model fills whole alignment units, so each byte cut off is a tensor's byte.
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1000);
  const auto seen = inspect(path);
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().code, ErrorCode::bad_model);
  EXPECT_NE(seen.error().message.find("(1000 are missing)"), std::string::npos) << seen.error().message;
}

TEST(Inspect, ACutHeaderAnEmptyFileAndRubbishAreBadModels) {
  const TempFolder temp;
  const auto path = temp.path() / "m.gguf";
  write_tiny(path);
  for (const std::uintmax_t size : {4U, 20U, 500U, 3000U}) {
    std::filesystem::resize_file(path, size);
    EXPECT_EQ(inspect(path).error().code, ErrorCode::bad_model) << size;
  }
  std::ofstream(path) << std::string(5000, 'x');
  EXPECT_EQ(inspect(path).error().code, ErrorCode::bad_model);
  std::ofstream(path, std::ios::trunc).flush();
  EXPECT_EQ(inspect(path).error().code, ErrorCode::bad_model);
  EXPECT_EQ(inspect(temp.path() / "missing.gguf").error().code, ErrorCode::bad_model);
}

}  // namespace
}  // namespace edgeeval::model
