// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "commands.hpp"
#include "core/files.hpp"
#include "support/run_program.hpp"
#include "support/tiny_model.hpp"

namespace edgeeval::model {
namespace {

using edgeeval::testing::TempFolder;
using testing::kVocabulary;
using testing::write_tiny;

std::vector<float> floats_of(const std::filesystem::path& path) {
  const auto bytes = read_file(path).value();
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

TEST(Logits, HasARowForEachTokenThatDependsOnlyOnWhatCameBefore) {
  const TempFolder temp;
  write_tiny(temp.path() / "m.gguf");
  const auto out = temp.path() / "l.f32";
  const auto done = logits(temp.path() / "m.gguf", {72, 105, 33, 10}, out);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ((*done)["tokens"], 4);
  EXPECT_EQ((*done)["vocabulary"], kVocabulary);
  const auto whole = floats_of(out);
  ASSERT_EQ(whole.size(), 4U * kVocabulary);
  ASSERT_TRUE(logits(temp.path() / "m.gguf", {72, 105, 50}, out));
  const auto other = floats_of(out);
  ASSERT_EQ(other.size(), 3U * kVocabulary);
  float before = 0;
  float after = 0;
  for (std::size_t i = 0; i < other.size(); ++i) {
    ASSERT_TRUE(std::isfinite(whole[i]));
    const float apart = std::abs(whole[i] - other[i]);
    auto& largest = i < 2U * kVocabulary ? before : after;
    largest = std::max(largest, apart);
  }
  EXPECT_LT(before, 1e-4F);
  EXPECT_GT(after, 0.01F) << "the third token differs";
}

TEST(Logits, ATokenOutsideTheVocabularyIsAUsageError) {
  const TempFolder temp;
  write_tiny(temp.path() / "m.gguf");
  EXPECT_EQ(logits(temp.path() / "m.gguf", {1, kVocabulary}, temp.path() / "l").error().code,
            ErrorCode::usage);
  EXPECT_EQ(logits(temp.path() / "m.gguf", {-1}, temp.path() / "l").error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace edgeeval::model
