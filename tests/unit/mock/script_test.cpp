// SPDX-License-Identifier: Apache-2.0
#include "mock/script.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace edgeeval::mock {
namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Script, ThatIsEmptyHasTheDefaults) {
  const auto script = parse_script("", "s.yaml");
  ASSERT_TRUE(script);
  EXPECT_EQ(script->dialect, Dialect::openai_chat);
  EXPECT_EQ(script->reply.tokens_to, 100U);
  EXPECT_EQ(script->reply.itl.first, std::chrono::milliseconds(20));
}

TEST(Script, SaysAll) {
  const auto script = parse_script(
      "dialect: llama-server\nmodel: tiny\nport: 8080\nseed: 9\nttft: lognormal 200ms 0.4\nitl: uniform 5ms "
      "9ms\n"
      "tokens: {from: 50, to: 60}\nbatch_step: true\ntemplate_tokens: 24\nprefix_cache: true\nstrict: true\n"
      "loading: {for: 3s, how: lazy}\n"
      "reply: {bundle: 3, merge: 2, split: {at: utf8, gap: 2ms, head: true}, role: early, opening: "
      "one-write,\n"
      "        empty_every: 4,\n"
      "        reasoning: 5, tool_call: true, usage: every, comment_every: 6, done: false, line_end: crlf,\n"
      "        space: false, close_after: true, all_at_once: true}\n"
      "limits: {stall: 1s, retry_after: 2s, drip: 5ms, giant_bytes: 1000, json_depth: 10}\n"
      "faults: [{name: stall, share: 2%}, {name: html, requests: [3, 7]}]\n",
      "s.yaml");
  ASSERT_TRUE(script) << script.error().message << script.error().hint;
  EXPECT_EQ(script->dialect, Dialect::llama_server);
  EXPECT_EQ(script->port, 8080);
  EXPECT_EQ(script->loading_manner, LoadingManner::lazy);
  const auto& reply = script->reply;
  EXPECT_EQ(reply.ttft.kind, Law::Kind::lognormal);
  EXPECT_EQ(reply.tokens_from, 50U);
  EXPECT_EQ(reply.tokens_to, 60U);
  EXPECT_EQ(reply.bundle, 3U);
  EXPECT_EQ(reply.merge, 2U);
  EXPECT_EQ(reply.cut, Cut::utf8);
  EXPECT_TRUE(reply.cut_head);
  EXPECT_EQ(reply.role, RoleChunk::early);
  EXPECT_EQ(reply.opening, Opening::one_write);
  EXPECT_EQ(reply.usage, UsageChunk::every);
  EXPECT_EQ(reply.line_end, LineEnd::crlf);
  EXPECT_EQ(reply.done, false);
  EXPECT_EQ(reply.space, false);
  EXPECT_EQ(reply.close_after, true);
  EXPECT_EQ(reply.giant_bytes, 1000U);
  ASSERT_EQ(script->faults.size(), 2U);
  EXPECT_DOUBLE_EQ(script->faults[0].share, 0.02);
  EXPECT_EQ(script->faults[1].requests, (std::vector<std::uint64_t>{3, 7}));
}

struct Wrong {
  const char* text;
  const char* where;
  const char* message;
};

TEST(Script, SaysWhereItIsWrong) {
  const Wrong cases[] = {
      {"dialect: vllm\nttfd: 20ms\n", "s.yaml:2:1", "unknown key \"ttfd\""},
      {"ttft: 20\n", "s.yaml:1:7", "ttft: \"20\" is no law"},
      {"seed: 1\nitl: {law: x}\n", "s.yaml:2:", "itl: "},
      {"dialect: vlm\n", "s.yaml:1:10", "unknown dialect \"vlm\""},
      {"tokens: -3\n", "s.yaml:1:9", "tokens: must be a whole number"},
      {"tokens: {from: 9, to: 3}\n", "s.yaml:1:9", "tokens: \"to\" is less"},
      {"port: 70000\n", "s.yaml:1:7", "from 0 to 65535"},
      {"spin: maybe\n", "s.yaml:1:7", "spin: must be true or false"},
      {"reply:\n  split: {at: middle}\n", "s.yaml:2:15", "reply.split.at: unknown: \"middle\""},
      {"reply: {usage: all}\n", "s.yaml:1:16", "reply.usage: unknown"},
      {"reply: 7\n", "s.yaml:1:8", "must be a map"},
      {"faults: [{name: stal, share: 2%}]\n", "s.yaml:1:17", "unknown fault \"stal\""},
      {"faults: [{name: stall, share: 200%}]\n", "s.yaml:1:31", "must be a share"},
      {"faults: [{name: stall, requests: [0]}]\n", "s.yaml:1:35", "must be numbers from 1"},
      {"faults: [{share: 2%}]\n", "s.yaml:1:10", "name: is missing"},
      {"loading: {for: 3s, how: sleep}\n", "s.yaml:1:25", "loading.how"},
      {"limits: {stall: soon}\n", "s.yaml:1:17", "limits.stall: \"soon\" is no duration"},
      {"seed: 1\nseed: 2\n", "s.yaml:2:1", "given twice"},
      {"a: [1\n", "s.yaml:", "not YAML"},
  };
  for (const auto& wrong : cases) {
    const auto script = parse_script(wrong.text, "s.yaml");
    ASSERT_FALSE(script) << wrong.text;
    EXPECT_EQ(script.error().code, ErrorCode::invalid_study);
    EXPECT_TRUE(script.error().where.starts_with(wrong.where)) << wrong.text << script.error().where;
    EXPECT_TRUE(holds(script.error().message, wrong.message)) << wrong.text << script.error().message;
  }
}

TEST(Script, TellsAllThatIsWrongAtOnceAndWhatWasMeant) {
  const auto script = parse_script("faults: [{name: stal}]\nport: x\nttft: 5\n", "s.yaml");
  ASSERT_FALSE(script);
  const auto& error = script.error();
  EXPECT_TRUE(holds(error.message + error.hint, "s.yaml:3:7")) << error.hint;
  EXPECT_TRUE(holds(error.message + error.hint, "stall")) << error.hint;
}

TEST(Script, ThatIsNotThereIsAnIoError) {
  EXPECT_EQ(read_script("/nowhere/script.yaml").error().code, ErrorCode::io);
}

TEST(Script, ExamplesAreRead) {
  int seen = 0;
  for (const auto& file : std::filesystem::directory_iterator(EDGEEVAL_SOURCE_DIR "/examples/mock")) {
    const auto script = read_script(file.path());
    EXPECT_TRUE(script) << file.path() << (script ? "" : script.error().where + script.error().message);
    ++seen;
  }
  EXPECT_GE(seen, 3);
}

}  // namespace
}  // namespace edgeeval::mock
