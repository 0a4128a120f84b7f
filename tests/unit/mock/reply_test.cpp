// SPDX-License-Identifier: Apache-2.0
#include "mock/reply.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "wire.hpp"

namespace edgeeval::mock {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr const char* kPath = "/v1/chat/completions";
constexpr const char* kAll = R"({"messages":[{"content":"a b"}],"stream":true})";

std::vector<std::int64_t> token_times(const Reply& reply) {
  std::vector<std::int64_t> times;
  for (const auto& step : reply.steps) {
    if (step.tokens > 0) times.push_back(step.due);
  }
  return times;
}

TEST(Reply, ComesAtItsLawsTimes) {
  Script script;
  script.reply.tokens_from = script.reply.tokens_to = 4;
  script.reply.ttft.first = std::chrono::milliseconds(50);
  EXPECT_EQ(token_times(first_reply(script, kPath, kAll)),
            (std::vector<std::int64_t>{50 * kMs, 70 * kMs, 90 * kMs, 110 * kMs}));
}

TEST(Reply, BundlesShareATime) {
  Script script;
  script.reply.tokens_from = script.reply.tokens_to = 5;
  script.reply.bundle = 2;
  const auto reply = first_reply(script, kPath, kAll);
  EXPECT_EQ(token_times(reply), (std::vector<std::int64_t>{20 * kMs, 40 * kMs, 60 * kMs}));
  EXPECT_EQ(reply.last_ns, 60 * kMs);
}

TEST(Reply, OnBatchStepsComesAtMultiplesOfTheStepSinceTheStart) {
  Script script;
  script.batch_step = true;
  script.reply.tokens_from = script.reply.tokens_to = 3;
  ReplyMaker maker(script, std::nullopt);
  // The request comes 7 ms after the start: 27 ms is due at the step of 40 ms, which is 33 ms after it.
  const auto reply = maker.make({"POST", kPath, kAll, "", true}, Wire::chat, {107 * kMs, 100 * kMs});
  EXPECT_EQ(token_times(reply), (std::vector<std::int64_t>{33 * kMs, 53 * kMs, 73 * kMs}));
}

TEST(Reply, StallsMidwayAndGoesOn) {
  Script script;
  script.reply.tokens_from = script.reply.tokens_to = 4;
  script.reply.stall = std::chrono::seconds(1);
  EXPECT_EQ(token_times(first_reply(script, kPath, kAll, "stall")),
            (std::vector<std::int64_t>{20 * kMs, 40 * kMs, 1060 * kMs, 1080 * kMs}));
}

TEST(Reply, OpensInOneWriteWithTheFirstToken) {
  Script script;
  script.reply.tokens_from = script.reply.tokens_to = 2;
  script.reply.opening = Opening::one_write;
  const auto reply = first_reply(script, kPath, kAll);
  ASSERT_GE(reply.steps.size(), 4U);
  const std::vector<StepKind> opening{StepKind::head, StepKind::role, StepKind::content, StepKind::content};
  for (std::size_t i = 0; i < opening.size(); ++i) {
    EXPECT_EQ(reply.steps[i].kind, opening[i]);
    EXPECT_EQ(reply.steps[i].hold, i < 2) << i;
    EXPECT_EQ(reply.steps[i].due, i < 3 ? 20 * kMs : 40 * kMs) << i;
  }
}

TEST(Reply, OpensInOneWriteWhenTheFirstTokenIsSentHoweverLateThatIs) {
  for (const bool merged : {false, true}) {
    Script script;
    script.reply.tokens_from = script.reply.tokens_to = 4;
    script.reply.opening = Opening::one_write;
    script.reply.all_at_once = !merged;
    script.reply.merge = merged ? 2 : 1;
    const auto reply = first_reply(script, kPath, kAll);
    EXPECT_EQ(reply.steps[0].due, (merged ? 40 : 80) * kMs) << merged;
    EXPECT_TRUE(reply.steps[0].hold);
    EXPECT_EQ(reply.steps[2].kind, StepKind::content);
    EXPECT_EQ(reply.steps[2].due, reply.steps[0].due) << merged;
  }
}

TEST(Reply, WithoutATokenOpensAsItWould) {
  Script script;
  script.reply.tokens_from = script.reply.tokens_to = 0;
  script.reply.opening = Opening::one_write;
  const auto reply = first_reply(script, kPath, kAll);
  EXPECT_EQ(reply.steps.front().kind, StepKind::head);
  EXPECT_FALSE(reply.steps.front().hold);
  EXPECT_EQ(reply.steps.front().due, 0);
}

TEST(Reply, MergedWritesHoldAllButTheLast) {
  Script script;
  script.reply.tokens_from = script.reply.tokens_to = 4;
  script.reply.merge = 2;
  const auto reply = first_reply(script, kPath, kAll);
  EXPECT_EQ(token_times(reply), (std::vector<std::int64_t>{40 * kMs, 40 * kMs, 80 * kMs, 80 * kMs}));
  std::size_t held = 0;
  for (const auto& step : reply.steps) held += step.hold ? 1 : 0;
  EXPECT_GE(held, 2U);
  EXPECT_FALSE(reply.steps.back().hold);
}

TEST(Reply, RoleComesEarlyOrWithTheFirstTokenOrNotAtAll) {
  Script script;
  const auto role_due = [&](const std::string& fault) {
    std::optional<std::int64_t> due;
    for (const auto& step : first_reply(script, kPath, kAll, fault).steps) {
      if (step.kind == StepKind::role) due = step.due;
    }
    return due;
  };
  EXPECT_EQ(role_due(""), 20 * kMs);
  EXPECT_EQ(role_due("role-early"), 0);
  EXPECT_EQ(role_due("no-role"), std::nullopt);
}

TEST(Reply, HasAsManyTokensAsAskedButNoMoreThanScripted) {
  Script script;
  const auto ask = [&](const std::string& more) {
    return first_reply(script, kPath, R"({"messages":[],"stream":true)" + more + "}");
  };
  EXPECT_EQ(ask("").tokens, 100U);
  EXPECT_FALSE(ask("").cut_short);
  EXPECT_EQ(ask(R"(,"max_tokens":7)").tokens, 7U);
  EXPECT_TRUE(ask(R"(,"max_tokens":7)").cut_short);
  EXPECT_EQ(ask(R"(,"max_tokens":300)").tokens, 100U);
  EXPECT_EQ(ask(R"(,"max_tokens":300,"ignore_eos":true)").tokens, 300U);
}

TEST(Reply, ASeenPromptIsCachedButForOneToken) {
  Script script;
  script.prefix_cache = true;
  script.template_tokens = 10;
  ReplyMaker maker(script, std::nullopt);
  const HttpRequest request{"POST", kPath, kAll, "", true};
  EXPECT_EQ(maker.make(request, Wire::chat, {}).cached_tokens, 0U);
  const auto second = maker.make(request, Wire::chat, {});
  EXPECT_EQ(second.asked.prompt_tokens, 12U);
  EXPECT_EQ(second.cached_tokens, 11U);
}

TEST(Reply, ALazyServerLoadsWithinItsFirstRequests) {
  Script script;
  script.dialect = Dialect::ollama;
  script.loading = std::chrono::seconds(3);
  script.loading_manner = LoadingManner::lazy;
  ReplyMaker maker(script, std::nullopt);
  const HttpRequest request{"POST", "/api/chat", R"({"messages":[{"content":"a"}]})", "", true};
  constexpr std::int64_t kBegan = 100'000 * kMs;
  EXPECT_EQ(maker.make(request, Wire::ollama_chat, {kBegan, 0}).first_ns, 3020 * kMs);
  EXPECT_EQ(maker.make(request, Wire::ollama_chat, {kBegan + 1000 * kMs, 0}).load_ns, 2000 * kMs);
  EXPECT_EQ(maker.make(request, Wire::ollama_chat, {kBegan + 9000 * kMs, 0}).load_ns, 0);
}

TEST(Reply, FaultsComeByNumberByShareAndByHeader) {
  Script script;
  script.faults = {{"html", 0.0, {2}}, {"stall", 0.25, {}}};
  ReplyMaker maker(script, std::nullopt);
  const HttpRequest request{"POST", kPath, kAll, "", true};
  int stalls = 0;
  constexpr int kRequests = 4000;
  for (int i = 1; i <= kRequests; ++i) {
    const auto reply = maker.make(request, Wire::chat, {});
    if (i == 2) {
      EXPECT_EQ(reply.fault, "html");
    }
    stalls += reply.fault == "stall" ? 1 : 0;
  }
  // 5 standard deviations of a binomial share.
  EXPECT_NEAR(stalls, kRequests / 4, 5 * std::sqrt(kRequests * 0.25 * 0.75));
  const HttpRequest asking{"POST", kPath, kAll, "no-done", true};
  EXPECT_EQ(maker.make(asking, Wire::chat, {}).fault, "no-done");
  const HttpRequest unknown{"POST", kPath, kAll, "nonsense", true};
  EXPECT_NE(bytes_of(maker.make(unknown, Wire::chat, {})).find("HTTP/1.1 400"), std::string::npos);
}

TEST(ReplyProperty, TimesNeverGoBackAndNoTokenIsLost) {
  rc::check([] {
    Script script;
    script.seed = *rc::gen::arbitrary<std::uint64_t>();
    script.batch_step = *rc::gen::arbitrary<bool>();
    auto& shape = script.reply;
    shape.tokens_from = *rc::gen::inRange(0U, 50U);
    shape.tokens_to = shape.tokens_from + *rc::gen::inRange(0U, 20U);
    shape.bundle = *rc::gen::inRange(1U, 7U);
    shape.merge = *rc::gen::inRange(1U, 5U);
    shape.reasoning = *rc::gen::inRange(0U, 30U);
    shape.empty_every = *rc::gen::inRange(0U, 4U);
    shape.comment_every = *rc::gen::inRange(0U, 4U);
    shape.itl = {Law::Kind::exponential, std::chrono::milliseconds(5)};
    const auto reply = first_reply(script, kPath, kAll);
    std::uint32_t tokens = 0;
    std::int64_t last = 0;
    for (const auto& step : reply.steps) {
      RC_ASSERT(step.due >= last);
      last = step.due;
      if (step.tokens > 0) RC_ASSERT(step.number == tokens);
      tokens += step.tokens;
    }
    RC_ASSERT(tokens == reply.tokens);
    RC_ASSERT(reply.tokens >= shape.tokens_from && reply.tokens <= shape.tokens_to);
    RC_ASSERT(!reply.steps.back().hold);
    RC_ASSERT(bytes_of(reply) == bytes_of(first_reply(script, kPath, kAll)));
  });
}

}  // namespace
}  // namespace edgeeval::mock
