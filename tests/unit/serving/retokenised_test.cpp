// SPDX-License-Identifier: Apache-2.0
// Replies whose tokens the server's tokenizer counted: where the count is taken, and that it is told.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "serving/recompute.hpp"
#include "serving/replies.hpp"
#include "serving/validity.hpp"
#include "unit/serving/loads.hpp"

namespace edgeeval {
namespace {

using testing::figure;
using testing::LoadBuilder;

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

ReplyEvents untold(std::uint32_t events) {
  ReplyEvents reply;
  reply.events = reply.token_events = reply.uncounted = events;
  return reply;
}

TEST(RetokenisedReply, HasItsTotalFromTheTokenizerWhereNothingElseTellsIt) {
  RequestRecord request;
  request.retokenised_tokens = 30;
  const auto bundled = tokens_of(request, untold(10));
  EXPECT_EQ(bundled.total, 30U);
  EXPECT_EQ(bundled.shown, 30U);
  EXPECT_FALSE(bundled.streamed) << "ten events of thirty tokens: how many each has is not told";
  EXPECT_TRUE(bundled.retokenised);
  const auto single = tokens_of(request, untold(30));
  EXPECT_EQ(single.streamed, 30U) << "thirty events of at least one token each have one each";
  EXPECT_TRUE(single.inferred);
  // A tokenizer does not count the token that ends a reply.
  request.finish_reason = "stop";
  EXPECT_FALSE(tokens_of(request, untold(29)).streamed);
}

TEST(RetokenisedReply, NeverHasItInPlaceOfTheServersCount) {
  RequestRecord request;
  request.retokenised_tokens = 30;
  request.completion_tokens = 32;
  EXPECT_EQ(tokens_of(request, untold(10)).total, 32U);
  EXPECT_FALSE(tokens_of(request, untold(10)).retokenised);
  request.completion_tokens.reset();
  ReplyEvents told;
  told.events = told.token_events = 10;
  told.counted = 31;
  EXPECT_EQ(tokens_of(request, told).total, 31U);
  EXPECT_FALSE(tokens_of(request, told).retokenised);
}

/// Four replies of ten tokens in five events each, 10 ms apart; the last two without a count of the server's.
LoadBuilder mixed_load() {
  LoadBuilder builder;
  for (int i = 0; i < 4; ++i) {
    const double at = 100.0 * i;
    auto& request = builder.request(at, at, at + 61.0);
    request.prompt_tokens = 30;
    if (i < 2) {
      request.completion_tokens = 10;
      request.completion_source = TokenSource::usage;
    } else {
      request.retokenised_tokens = 10;
    }
    for (int event = 0; event < 5; ++event) builder.event(at + 20.0 + 10.0 * event, EventClass::content);
  }
  return builder;
}

TEST(RetokenisedLoad, SaysSoBesideEveryFigureThatItIsIn) {
  auto load = mixed_load().build();
  const auto summary = summarise_load(load, {});
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->tokens, 40U);
  EXPECT_EQ(summary->token_sources, (std::map<std::string, std::uint64_t>{{"retokenised", 2}, {"usage", 2}}));
  const std::string note = "tokens of 2 of 4 replies are counted by the server's tokenizer after the load";
  for (const char* id : {"tpot", "output_tokens", "itl_delivered", "output_rate", "total_rate"}) {
    const auto* told = figure(*summary, id);
    ASSERT_NE(told, nullptr) << id;
    EXPECT_TRUE(holds(told->note, note)) << id << ": " << told->note;
  }
  for (const char* id : {"ttft_user", "e2e_user", "icg", "request_rate"})
    EXPECT_FALSE(holds(figure(*summary, id)->note, "tokenizer")) << id;
  const auto& sources = figure(*summary, "output_rate")->fact->sources;
  EXPECT_EQ(sources.back(), "retokenised");
  // 40 ms ÷ (10 tokens − the first event's one).
  EXPECT_NEAR(figure(*summary, "tpot")->distribution->mean, 0.040 / 9.0, 1e-9);
  auto peer = mixed_load().build();
  const auto report = recompute(peer, PeerTool::vllm);
  ASSERT_TRUE(report);
  EXPECT_TRUE(std::any_of(report->notes.begin(), report->notes.end(), [](const auto& each) {
    return holds(each, "tokens of 2 replies are counted by the server's tokenizer");
  }));
}

TEST(RetokenisedLoad, IsAbsentNotGuessedWhereNothingWasCounted) {
  auto builder = mixed_load();
  for (auto& request : builder.requests()) request.retokenised_tokens.reset();
  auto load = builder.build();
  const auto summary = summarise_load(load, {});
  ASSERT_TRUE(summary);
  EXPECT_EQ(figure(*summary, "output_rate")->absent, "the tokens of 2 replies are not known");
  EXPECT_EQ(summary->token_sources, (std::map<std::string, std::uint64_t>{{"unknown", 2}, {"usage", 2}}));
}

CheckResult compared(LoadBuilder builder, const char* wish = "all") {
  builder.header().retokenising = Retokenising{wish, "/tokenize", 4, 4, ""};
  auto load = builder.build();
  const auto summary = summarise_load(load, {});
  const auto validity = check_validity(load, *summary);
  for (const auto& check : validity->checks)
    if (check.id == "retokenised") return check;
  return {};
}

TEST(RetokenisedLoad, IsComparedWithTheServersCounts) {
  auto builder = mixed_load();
  for (auto& request : builder.requests()) {
    request.completion_tokens = 10;
    request.retokenised_tokens = 9;  // The token that ends it shows no text.
  }
  const auto agree = compared(builder);
  EXPECT_EQ(agree.verdict, CheckVerdict::passed) << agree.found;
  EXPECT_TRUE(holds(agree.found, "of 4 replies the server counts 40 tokens and its tokenizer 36 (-10.00 %)"))
      << agree.found;
  builder.requests()[3].retokenised_tokens = 5;
  const auto apart = compared(builder);
  EXPECT_EQ(apart.verdict, CheckVerdict::warned);
  EXPECT_TRUE(holds(apart.found, "40 tokens and its tokenizer 32 (-20.0 %); 25.0 % differ")) << apart.found;
  // Reasoning that is counted and not streamed is in one of the counts only.
  builder.requests()[3].reasoning_tokens = 5;
  EXPECT_EQ(compared(builder).verdict, CheckVerdict::passed);
  EXPECT_EQ(compared(mixed_load(), "missing").id, "") << "no reply has both counts by design";
  EXPECT_EQ(compared(mixed_load()).verdict, CheckVerdict::not_checked);
}

TEST(RetokenisedLoad, IsNoMatterWhereNobodyAsked) {
  auto load = mixed_load().build();
  const auto summary = summarise_load(load, {});
  const auto validity = check_validity(load, *summary);
  EXPECT_TRUE(std::none_of(validity->checks.begin(), validity->checks.end(),
                           [](const auto& check) { return check.id == "retokenised"; }));
}

}  // namespace
}  // namespace edgeeval
