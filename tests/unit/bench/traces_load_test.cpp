// SPDX-License-Identifier: Apache-2.0
// Loads from traces and conversations: reply lengths, times, salts.
#include "unit/bench/bench_fixture.hpp"

namespace edgeeval::testing {
namespace {

using TraceLoads = BenchTest;

constexpr const char* kAzure =
    "TIMESTAMP,ContextTokens,GeneratedTokens\n"
    "2023-11-16 18:17:03.00,40,12\n2023-11-16 18:17:03.01,50,5\n2023-11-16 18:17:03.02,60,20\n";

TEST_F(TraceLoads, RepliesHaveTheLengthsOfTheTrace) {
  // Left to itself it would answer with 8 tokens.
  const MockRun server(quick_script(mock::Dialect::vllm));
  const auto trace = file("azure.csv", kAzure);
  auto settings = settings_for(server.target(), "trace:" + trace.string(), std::nullopt, "load");
  settings.prompts.file = trace;
  const auto point = benched(settings);
  const auto measured = measured_of(point);
  ASSERT_EQ(measured.size(), 3U);
  const std::vector<std::pair<std::int64_t, std::int64_t>> wanted{{40, 12}, {50, 5}, {60, 20}};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(measured[i].prompt_tokens, wanted[i].first) << i;
    EXPECT_EQ(measured[i].completion_tokens, wanted[i].second) << i;
  }
  EXPECT_EQ(check_of(point, "output-length").verdict, CheckVerdict::passed);
  EXPECT_EQ(point.header.settings.at("ignore_eos"), "yes");
  EXPECT_EQ(point.header.settings.at("salted"), "no") << "each prompt was sent once";
  EXPECT_FALSE(warned(point, "salt"));
}

TEST_F(TraceLoads, AFileWithoutTimesIsRefused) {
  const MockRun server(quick_script(mock::Dialect::openai_chat));
  const auto own = file("own.jsonl", "{\"prompt\":\"One?\"}\n{\"prompt\":\"Two?\"}\n");
  auto settings = settings_for(server.target(), "trace:" + own.string(), std::nullopt, "load");
  settings.prompts.file = own;
  const CancelToken cancel;
  const auto refused = run_bench(settings, cancel, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::usage);
  EXPECT_EQ(refused.error().message, "2 of 2 requests have no time, so the file is no trace of arrivals");
  EXPECT_NE(refused.error().hint.find("--scenario open:poisson@RATE"), std::string::npos);
  EXPECT_EQ(check_bench(settings).error().message, refused.error().message) << "before anybody is asked, too";
  EXPECT_FALSE(std::filesystem::exists(settings.folder));
}

constexpr const char* kTalk = R"([{"id": "c", "conversations": [
    {"from": "human", "value": "One two?"}, {"from": "gpt", "value": "First answer."},
    {"from": "human", "value": "And three?"}, {"from": "gpt", "value": "a b c d e f g h i j k l"}]}])";

TEST_F(TraceLoads, ConversationsHaveTheirEarlierTurnsAndReplyLengths) {
  const auto talk = file("talk.json", kTalk);
  for (const auto dialect : {mock::Dialect::vllm, mock::Dialect::tensorrt_llm}) {
    const MockRun server(quick_script(dialect));
    auto settings = settings_for(server.target(), "closed:1", 1, std::string(mock::to_string(dialect)));
    settings.prompts.file = talk;
    const auto point = benched(settings);
    const auto measured = measured_of(point);
    ASSERT_EQ(measured.size(), 1U);
    EXPECT_EQ(measured[0].prompt_tokens, 6) << "of all three turns";
    const bool counted = dialect == mock::Dialect::vllm;
    EXPECT_EQ(measured[0].asked_tokens, counted ? 12U : 16U) << "12 words: counted, or 0.75 a token";
    EXPECT_EQ(measured[0].completion_tokens, measured[0].asked_tokens);
    EXPECT_EQ(warned(point, "estimated from the words"), !counted);
  }
}

}  // namespace
}  // namespace edgeeval::testing
