// SPDX-License-Identifier: Apache-2.0
// Prompts are as long as was asked, by a tokenizer route or by usage, with salts, warm-up and any number.
#include "unit/bench/bench_fixture.hpp"

namespace edgeeval::testing {
namespace {

class PromptLengths : public BenchTest {
 protected:
  /// Every measured prompt has the length, and the report says so.
  void expect_exact(const BenchSettings& settings, const std::string& how) {
    const auto point = benched(settings);
    const auto measured = measured_of(point);
    ASSERT_EQ(measured.size(), *settings.stop.requests);
    for (const auto& request : measured) {
      ASSERT_TRUE(request.ok()) << request.error;
      EXPECT_EQ(request.prompt_tokens, std::int64_t{settings.prompts.tokens}) << request.index;
    }
    const auto check = check_of(point, "prompt-length");
    EXPECT_EQ(check.verdict, CheckVerdict::passed) << check.found;
    EXPECT_NE(check.found.find(how), std::string::npos) << check.found;
  }
  static mock::Script script_of(mock::Dialect dialect) {
    auto script = quick_script(dialect);
    script.template_tokens = 9;
    return script;
  }
};

constexpr const char* kTokenizer = "each counted by the server's tokenizer";
constexpr const char* kUsage = "one token each, as the usage of small replies told";

TEST_F(PromptLengths, AreExactByDefaultWithATokenizer) {
  const MockRun server(script_of(mock::Dialect::llama_server));
  auto settings = settings_for(server.target(), "closed:3", 12, "load");
  settings.prompts.tokens = 64;
  expect_exact(settings, kTokenizer);
}

TEST_F(PromptLengths, AreExactWithSaltsAndATokenizer) {
  const MockRun server(script_of(mock::Dialect::vllm));
  auto settings = settings_for(server.target(), "closed:2", 14, "load");
  settings.prompts.tokens = 50;
  settings.prompts.count = 5;
  settings.warmup = 3;
  expect_exact(settings, kTokenizer);
  EXPECT_EQ(read_load(folder_ / "load")->header.settings.at("salted"), "yes");
}

TEST_F(PromptLengths, AreExactByUsageWithoutATokenizer) {
  for (const auto dialect : {mock::Dialect::openai_chat, mock::Dialect::ollama, mock::Dialect::lm_studio,
                             mock::Dialect::tensorrt_llm}) {
    const MockRun server(script_of(dialect));
    const std::string name(mock::to_string(dialect));
    auto settings = settings_for(server.target(), "closed:2", 6, name);
    settings.prompts.tokens = 64;
    SCOPED_TRACE(name);
    expect_exact(settings, kUsage);
  }
}

TEST_F(PromptLengths, AreExactByUsageWithSaltsToo) {
  const MockRun server(script_of(mock::Dialect::openai_chat));
  auto settings = settings_for(server.target(), "closed:2", 10, "load");
  settings.prompts.tokens = 40;
  settings.prompts.count = 3;
  expect_exact(settings, kUsage);
}

TEST_F(PromptLengths, AreToldWhereTheServerTellsNoUsage) {
  auto script = script_of(mock::Dialect::openai_chat);
  script.reply.usage = mock::UsageChunk::none;
  const MockRun server(script);
  const auto point = benched(settings_for(server.target(), "single", 3, "load"));
  EXPECT_EQ(check_of(point, "prompt-length").verdict, CheckVerdict::not_checked);
  EXPECT_TRUE(warned(point, "could not count"));
}

TEST_F(PromptLengths, SaltsDifferFromStepToStepOfASweep) {
  const MockRun server(script_of(mock::Dialect::vllm));
  auto settings = settings_for(server.target(), "sweep:closed:1,2", 4, "load");
  settings.warmup = 0;
  const CancelToken cancel;
  const auto run = run_bench(settings, cancel, {});
  ASSERT_TRUE(run.has_value());
  ASSERT_EQ(run->points.size(), 2U);
  const auto first = Schedule::read(run->points[0].folder / "schedule.jsonl")->origin();
  const auto second = Schedule::read(run->points[1].folder / "schedule.jsonl")->origin();
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(first->salted);
  EXPECT_NE(first->salt_seed, second->salt_seed);
}

}  // namespace
}  // namespace edgeeval::testing
