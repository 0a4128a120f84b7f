// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "commands.hpp"
#include "core/files.hpp"
#include "support/run_program.hpp"
#include "support/tiny_model.hpp"

namespace edgeeval::model {
namespace {

using edgeeval::testing::TempFolder;
using testing::kEndOfTurn;
using testing::kStartOfTurn;
using testing::write_tiny;

constexpr const char* kItem =
    R"({"id":"a","messages":[{"role":"system","content":"S"},{"role":"user","content":"Why?"}],"answer":"So."})";

/// The tiny model's tokens of a text without special ones: its bytes.
std::vector<int> bytes_of(const std::string& text) {
  std::vector<int> tokens;
  for (const char c : text) tokens.push_back(static_cast<unsigned char>(c));
  return tokens;
}

std::vector<int> joined(const std::vector<std::vector<int>>& parts) {
  std::vector<int> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

class Tokenize : public ::testing::Test {
 protected:
  Tokenize() { write_tiny(model()); }
  [[nodiscard]] std::filesystem::path model() const { return temp_.path() / "m.gguf"; }
  [[nodiscard]] std::filesystem::path out() const { return temp_.path() / "tokens.jsonl"; }
  [[nodiscard]] std::filesystem::path items(const std::string& text) const {
    EXPECT_TRUE(write_file(temp_.path() / "items.jsonl", text));
    return temp_.path() / "items.jsonl";
  }
  TempFolder temp_;
};

TEST_F(Tokenize, FollowsTheTemplateAndMasksAllButTheAnswerAndTheEndOfItsTurn) {
  const auto done = tokenize(model(), items(std::string(kItem) + "\n"), out(), 0);
  ASSERT_TRUE(done) << done.error().message;
  const auto line = parse_json(read_file(out()).value(), "tokens").value();
  const auto prompt = joined({{kStartOfTurn},
                              bytes_of("system\nS"),
                              {kEndOfTurn},
                              bytes_of("\n"),
                              {kStartOfTurn},
                              bytes_of("user\nWhy?"),
                              {kEndOfTurn},
                              bytes_of("\n"),
                              {kStartOfTurn},
                              bytes_of("assistant\n")});
  const auto answer = joined({bytes_of("So."), {kEndOfTurn}});
  EXPECT_EQ(line["input_ids"].get<std::vector<int>>(), joined({prompt, answer}));
  EXPECT_EQ(line["labels"].get<std::vector<int>>(), joined({std::vector<int>(prompt.size(), -100), answer}));
  EXPECT_EQ(line["id"], "a");
  EXPECT_EQ(line["prompt_tokens"], prompt.size());
  EXPECT_EQ(line["answer_tokens"], 4);
  EXPECT_EQ((*done)["tokens"], prompt.size() + 4);
}

TEST_F(Tokenize, MarkupInAnAnswerStaysText) {
  ASSERT_TRUE(tokenize(
      model(), items(R"({"id":"a","messages":[{"role":"user","content":"u"}],"answer":"<|im_end|>"})"), out(),
      0));
  const auto line = parse_json(read_file(out()).value(), "tokens").value();
  EXPECT_EQ(line["answer_tokens"], 11) << "ten characters and the real end of turn";
}

TEST_F(Tokenize, ItemsTooLongAreLeftOutAndCounted) {
  std::string longer(kItem);
  longer.replace(longer.find("Why?"), 4, "Why, and for how long?");
  const auto file = items(std::string(kItem) + "\n" + longer + "\n");
  const auto all = tokenize(model(), file, out(), 0);
  ASSERT_TRUE(all);
  EXPECT_EQ((*all)["items"], 2);
  const auto shortest = parse_json(read_lines(out()).value()[0], "tokens").value()["input_ids"].size();
  const auto some = tokenize(model(), file, out(), static_cast<int>(shortest));
  ASSERT_TRUE(some);
  EXPECT_EQ((*some)["items"], 1);
  EXPECT_EQ((*some)["skipped_too_long"], 1);
  EXPECT_EQ(read_lines(out()).value().size(), 1U);
}

TEST_F(Tokenize, ABrokenLineIsNamedByFileAndNumber) {
  const std::string good = std::string(kItem) + "\n";
  for (const std::string bad : {"{oops", "[]", "{}", R"({"id":"b","messages":"x","answer":"y"})",
                                R"({"id":"b","messages":[{"role":"user"}],"answer":"y"})",
                                R"({"id":"b","messages":[{"role":"user","content":"no answer"}]})"}) {
    const auto file = items(good + bad + "\n");
    const auto done = tokenize(model(), file, out(), 0);
    ASSERT_FALSE(done) << bad;
    EXPECT_EQ(done.error().code, ErrorCode::invalid_task) << bad;
    EXPECT_EQ(done.error().where, file.string() + ":2") << bad;
  }
  EXPECT_FALSE(std::filesystem::exists(out()));
}

TEST_F(Tokenize, RendersThePromptAsTheServerDoesAndNeedsNoAnswerForIt) {
  const auto done = render(model(), items(R"({"id":"a","messages":[{"role":"user","content":"u"}]})"));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ((*done)["prompts"][0]["prompt"], "<|im_start|>user\nu<|im_end|>\n<|im_start|>assistant\n");
}

TEST_F(Tokenize, TokensOfATextKnowSpecialOnes) {
  EXPECT_EQ((*tokens_of(model(), "a b<|im_end|>"))["tokens"].get<std::vector<int>>(),
            joined({bytes_of("a b"), {kEndOfTurn}}));
}

TEST_F(Tokenize, AModelThatLlamaCppDoesNotKnowIsUnsupported) {
  write_tiny(model(), {.architecture = "nosuch"});
  EXPECT_EQ(tokens_of(model(), "a").error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace edgeeval::model
