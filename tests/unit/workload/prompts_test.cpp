// SPDX-License-Identifier: Apache-2.0
#include "workload/prompts.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "core/files.hpp"

namespace edgeeval {
namespace {

class PromptFile : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) / (std::string("prompt_file_") + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path with(std::string_view text) const {
    const auto file = folder_ / "prompts";
    EXPECT_TRUE(write_file(file, text).has_value());
    return file;
  }

  std::filesystem::path folder_;
};

struct Sample {
  PromptFormat format;
  const char* name;
  const char* text;
};
constexpr Sample kSamples[] = {
    {PromptFormat::jsonl, "jsonl", "{\"prompt\": \"a\"}\n"},
    {PromptFormat::jsonl, "jsonl",
     "\xEF\xBB\xBF\n{\"prompt\": \"\\\"input_length\\\" \\\"output_length\\\"\"}\n"},
    {PromptFormat::sharegpt, "sharegpt",
     "\n [{\"conversations\": [{\"from\": \"human\", \"value\": \"a\"}]}]"},
    {PromptFormat::sharegpt, "sharegpt", "{\"conversations\": [{\"from\": \"human\", \"value\": \"a\"}]}\n"},
    {PromptFormat::burstgpt, "burstgpt", "Timestamp,Model,Request tokens,Response tokens\n1,m,2,3\n"},
    {PromptFormat::mooncake, "mooncake", "{\"timestamp\": 0, \"input_length\": 9, \"output_length\": 9}\n"},
    {PromptFormat::azure, "azure",
     "\xEF\xBB\xBFTIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03,1,2\n"},
};

TEST_F(PromptFile, TellsItsFormatByItsBeginning) {
  for (const auto& sample : kSamples) {
    const auto file = with(sample.text);
    const auto format = prompt_format_of(file);
    ASSERT_TRUE(format.has_value()) << sample.text << format.error().message;
    EXPECT_EQ(*format, sample.format) << sample.text;
    EXPECT_EQ(to_string(*format), sample.name);
    const auto read = read_prompts(file);
    ASSERT_TRUE(read.has_value()) << sample.text << read.error().message;
    EXPECT_EQ(read->size(), 1U) << sample.text;
  }
}

TEST_F(PromptFile, OfNoKnownFormatIsRefusedWithWhatIsKnown) {
  const auto file = with("a,b,c\n1,2,3\n");
  for (const auto& error : {prompt_format_of(file).error(), read_prompts(file).error()}) {
    EXPECT_EQ(error.code, ErrorCode::invalid_task);
    EXPECT_EQ(error.message, "the format is none that is known; it begins \"a,b,c\"");
    EXPECT_TRUE(error.where.ends_with("prompts:1"));
    for (const auto* name : {"JSONL", "ShareGPT", "BurstGPT", "Mooncake", "Azure"})
      EXPECT_NE(error.hint.find(name), std::string::npos) << name;
  }
  EXPECT_EQ(read_prompts(with("")).error().message, "the file is empty");
  EXPECT_EQ(prompt_format_of(with(" \n\n")).error().message, "the file is empty");
}

TEST_F(PromptFile, IsReadAsTheFormatThatIsAskedFor) {
  const auto read =
      read_prompts(with("{\"timestamp\": 0, \"input_length\": 9, \"output_length\": 9, \"text\": \"a\"}\n"),
                   PromptFormat::jsonl);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->front().text, "a");
}

TEST_F(PromptFile, NamesItselfInErrors) {
  const auto error = read_prompts(with("{\"prompt\": \"a\"}\n{\"prompt\": \"\"}\n")).error();
  EXPECT_TRUE(error.where.ends_with("prompts:2")) << error.where;
}

TEST_F(PromptFile, ThatCannotBeReadIsAnIoError) {
  EXPECT_EQ(read_prompts(folder_ / "absent").error().code, ErrorCode::io);
  EXPECT_EQ(read_prompts(folder_).error().code, ErrorCode::io);
  EXPECT_EQ(prompt_format_of(folder_ / "absent").error().code, ErrorCode::io);
  EXPECT_EQ(prompt_format_of(folder_).error().code, ErrorCode::io);
}

}  // namespace
}  // namespace edgeeval
