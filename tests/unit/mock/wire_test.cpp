// SPDX-License-Identifier: Apache-2.0
#include "wire.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "core/json.hpp"
#include "mock/fault.hpp"

namespace edgeeval::mock {
namespace {

Script golden_script(Dialect dialect) {
  Script script;
  script.dialect = dialect;
  script.reply.tokens_from = script.reply.tokens_to = 3;
  script.reply.itl = {Law::Kind::constant, std::chrono::milliseconds(30)};
  return script;
}

TEST(Wire, OfEachDialectIsItsGoldenCaptureByteForByte) {
  for (const auto& golden : goldens()) {
    const auto expected = read_file(golden_path(golden.file));
    ASSERT_TRUE(expected) << golden.file;
    const auto reply = first_reply(golden_script(golden.dialect), golden.path, golden.body, golden.fault);
    EXPECT_EQ(bytes_of(reply), *expected) << golden.file;
  }
}

TEST(Wire, HasAGoldenCaptureForEachDialectAndNoneIsLeftOver) {
  std::set<std::string> files;
  std::set<Dialect> dialects;
  for (const auto& golden : goldens()) {
    files.insert(std::string(golden.file) + ".txt");
    dialects.insert(golden.dialect);
  }
  EXPECT_EQ(dialects.size(), dialect_names().size());
  for (const auto& file : std::filesystem::directory_iterator(EDGEEVAL_SOURCE_DIR "/tests/golden/wire")) {
    if (file.path().extension() == ".txt") {
      EXPECT_TRUE(files.contains(file.path().filename().string())) << file.path();
    }
  }
}

/// The JSON texts of a reply's events.
std::vector<Json> events_of(const Reply& reply) {
  const auto bytes = bytes_of(reply);
  std::vector<Json> events;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto end = std::min(bytes.find('\n', at), bytes.size());
    auto line = bytes.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("data:")) line.erase(0, line.starts_with("data: ") ? 6 : 5);
    if (!line.starts_with('{')) continue;
    auto json = Json::parse(line, nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << line;
    events.push_back(std::move(json));
  }
  return events;
}

TEST(Wire, IsJsonUnderEveryVariationOfEveryDialect) {
  // Faults that send what is no JSON by their nature.
  const std::set<std::string_view> broken{"bad-json",     "truncated-json", "invalid-utf8",    "null-byte",
                                          "deep-json",    "giant-line",     "truncated-chunk", "multi-line",
                                          "short-length", "cr-lines",       "byte-order-mark"};
  for (const auto& golden : goldens()) {
    for (const auto& fault : faults()) {
      if (broken.contains(fault.name)) continue;
      auto script = golden_script(golden.dialect);
      script.model = "a \"quoted\" name";
      static_cast<void>(events_of(first_reply(script, golden.path, golden.body, std::string(fault.name))));
    }
  }
}

TEST(Wire, TellsTheTokensItSent) {
  for (const auto& golden : goldens()) {
    if (std::string_view(golden.fault) == "error-event") continue;
    const auto reply = first_reply(golden_script(golden.dialect), golden.path, golden.body, "bundles");
    std::uint32_t tokens = 0;
    for (const auto& step : reply.steps) tokens += step.tokens;
    EXPECT_EQ(tokens, 3U) << golden.file;
    EXPECT_EQ(reply.tokens, 3U) << golden.file;
    EXPECT_NE(bytes_of(reply).find(" the café costs"), std::string::npos) << golden.file;
  }
}

TEST(Wire, ToolCallArgumentsJoinToJson) {
  auto script = golden_script(Dialect::vllm);
  const auto reply = first_reply(script, "/v1/chat/completions", kChat, "tool-call");
  std::string arguments;
  for (const auto& event : events_of(reply)) {
    if (event.at("choices").empty()) continue;
    const auto& delta = event.at("choices")[0].at("delta");
    if (delta.contains("tool_calls"))
      arguments += delta.at("tool_calls")[0].at("function").at("arguments").get<std::string>();
  }
  const auto json = parse_json(arguments, "arguments");
  ASSERT_TRUE(json) << arguments;
  EXPECT_EQ(json->at("q"), " the café costs");
}

TEST(Wire, UsageStandsWhereTheVariantPutsIt) {
  auto script = golden_script(Dialect::openai_chat);
  const auto usages = [&](const std::string& fault) {
    std::vector<std::uint32_t> counts;
    for (const auto& event : events_of(first_reply(script, "/v1/chat/completions", kChatUsage, fault))) {
      const auto usage = event.find("usage");
      if (usage != event.end() && usage->is_object()) counts.push_back(usage->at("completion_tokens"));
    }
    return counts;
  };
  using Counts = std::vector<std::uint32_t>;
  EXPECT_EQ(usages("none"), (Counts{3}));
  EXPECT_EQ(usages("usage-none"), (Counts{}));
  EXPECT_EQ(usages("usage-every"), (Counts{0, 1, 2, 3, 3, 3}));
  EXPECT_EQ(usages("usage-finish"), (Counts{3}));
  EXPECT_EQ(usages("usage-wrong"), (Counts{6}));
}

TEST(Wire, LlamaServerTellsProgressAndTimingsWhereAsked) {
  const auto reply = first_reply(
      golden_script(Dialect::llama_server), "/v1/chat/completions",
      R"({"messages":[{"content":"one two three four"}],"max_tokens":3,"stream":true,"return_progress":true,"timings_per_token":true})");
  const auto events = events_of(reply);
  EXPECT_EQ(events.at(0).at("prompt_progress").at("processed"), 2);
  EXPECT_EQ(events.at(1).at("prompt_progress").at("processed"), 4);
  EXPECT_EQ(events.at(3).at("timings").at("predicted_n"), 1);
  EXPECT_EQ(events.back().at("timings").at("predicted_n"), 3);
  EXPECT_EQ(reply.steps.at(1).due, 10'000'000);
}

}  // namespace
}  // namespace edgeeval::mock
