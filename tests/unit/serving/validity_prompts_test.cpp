// SPDX-License-Identifier: Apache-2.0
// What checks tell of prompts: their lengths, and the server's cache.
#include <gtest/gtest.h>

#include "serving/validity.hpp"
#include "unit/serving/loads.hpp"

namespace edgeeval {
namespace {

using testing::checked;
using testing::LoadBuilder;
using testing::steady_load;

TEST(ValidityOfPrompts, TellsThePromptLengthsAskedAndReached) {
  auto builder = steady_load(20);
  builder.header().settings["prompt_lengths"] = "each counted";
  builder.header().settings["prompt_tokens"] = "64";
  for (auto& request : builder.requests()) request.prompt_tokens = 64;
  const auto exact = checked(builder);
  EXPECT_EQ(exact["prompt-length"], CheckVerdict::passed);
  EXPECT_EQ(exact.check("prompt-length").found,
            "asked for 64 tokens, 20 replies tell 64 to 64 (each counted)");
  builder.requests()[3].prompt_tokens = 61;
  builder.requests()[4].prompt_tokens = 65;
  const auto off = checked(builder);
  EXPECT_EQ(off["prompt-length"], CheckVerdict::warned);
  EXPECT_EQ(off.check("prompt-length").found,
            "asked for 64 tokens, 20 replies tell 61 to 65 (each counted): within ±3");
  builder.header().settings.erase("prompt_tokens");
  EXPECT_EQ(checked(builder)["prompt-length"], CheckVerdict::passed) << "a file's prompts are as they are";
}

TEST(ValidityOfPrompts, AdvisesOptionsThatThereAre) {
  auto builder = steady_load(20);
  for (auto& request : builder.requests()) {
    request.prompt_tokens = 100;
    request.cached_tokens = 50;
  }
  const auto advice = checked(builder).check("cache-hits").advice;
  EXPECT_NE(advice.find("--prefix-cache"), std::string::npos) << advice;
  EXPECT_EQ(advice.find("--salt"), std::string::npos) << advice;
}

}  // namespace
}  // namespace edgeeval
