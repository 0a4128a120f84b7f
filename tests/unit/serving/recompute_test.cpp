// SPDX-License-Identifier: Apache-2.0
#include "serving/recompute.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/serving/loads.hpp"

namespace edgeeval {
namespace {

using testing::LoadBuilder;
using testing::ms;

PeerReport recomputed(const LoadBuilder& builder, PeerTool tool) {
  auto load = builder.build();
  auto report = recompute(load, tool);
  EXPECT_TRUE(report.has_value());
  return *report;
}

/// The figure of that name, which must be there.
std::optional<double> value(const PeerReport& report, const std::string& name) {
  for (const auto& figure : report.figures)
    if (figure.name == name) return figure.value;
  ADD_FAILURE() << "there is no " << name;
  return std::nullopt;
}

/// A role at 10 ms, tokens 1, 3 and 1 at 30, 50 and 90, an empty finish at 92, usage at 95, the end mark at
/// 96; due at 0, sent at 2, closed at 100. Five tokens.
LoadBuilder one_reply() {
  LoadBuilder builder;
  builder.request(0.0, 2.0, 100.0).completion_tokens = 5;
  builder.event(10.0, EventClass::role)
      .event(30.0, EventClass::content, 1)
      .event(50.0, EventClass::content, 3)
      .event(70.0, EventClass::ping)
      .event(90.0, EventClass::content, 1)
      .event(92.0, EventClass::finish)
      .event(95.0, EventClass::usage)
      .event(96.0, EventClass::done);
  return builder;
}

TEST(RecomputeVllm, CountsTheRoleAsTheFirstTokenAndTheFinishAsAGap) {
  const auto report = recomputed(one_reply(), PeerTool::vllm);
  EXPECT_DOUBLE_EQ(*value(report, "Mean TTFT (ms)"), 8.0);
  // Gaps 20, 20, 40 and 2: the ping and the usage make none.
  EXPECT_DOUBLE_EQ(*value(report, "Mean ITL (ms)"), 82.0 / 4.0);
  EXPECT_DOUBLE_EQ(*value(report, "Median ITL (ms)"), 20.0);
  // numpy: 0.9 · 3 = 2.7 between 20 and 40.
  EXPECT_NEAR(*value(report, "P90 ITL (ms)"), 34.0, 1e-9);
  EXPECT_DOUBLE_EQ(*value(report, "Mean E2EL (ms)"), 90.0);
  EXPECT_DOUBLE_EQ(*value(report, "Mean TPOT (ms)"), (90.0 - 8.0) / 4.0);
  EXPECT_DOUBLE_EQ(*value(report, "Output token throughput (tok/s)"), 5.0 / 0.098);
}

TEST(RecomputeVllm, StartsItsClockBeforeConnecting) {
  auto builder = one_reply();
  builder.requests()[0].connect_begun_ns = ms(1.0);
  EXPECT_DOUBLE_EQ(*value(recomputed(builder, PeerTool::vllm), "Mean TTFT (ms)"), 9.0);
}

TEST(RecomputeSglang, StartsWithTextAndDividesGapsByTokens) {
  const auto report = recomputed(one_reply(), PeerTool::sglang);
  EXPECT_DOUBLE_EQ(*value(report, "Mean TTFT (ms)"), 28.0);
  // 20/3 three times, and 40.
  EXPECT_DOUBLE_EQ(*value(report, "Mean ITL (ms)"), 60.0 / 4.0);
  EXPECT_DOUBLE_EQ(*value(report, "Median ITL (ms)"), 20.0 / 3.0);
  EXPECT_DOUBLE_EQ(*value(report, "Mean E2EL (ms)"), 94.0);
  EXPECT_DOUBLE_EQ(*value(report, "Mean TPOT (ms)"), (94.0 - 28.0) / 4.0);
}

TEST(RecomputeSglang, LeavesTheClockWhereAChunkHasNoNewTokens) {
  LoadBuilder builder;
  builder.request(0.0, 0.0, 100.0).completion_tokens = 3;
  builder.event(10.0, EventClass::content, 1)
      .event(20.0, EventClass::content, 0)
      .event(50.0, EventClass::content, 2);
  EXPECT_DOUBLE_EQ(*value(recomputed(builder, PeerTool::sglang), "Mean ITL (ms)"), 20.0);
}

TEST(RecomputeGuidellm, HasTheFirstTokensWaitInItsTpot) {
  const auto report = recomputed(one_reply(), PeerTool::guidellm);
  EXPECT_DOUBLE_EQ(*value(report, "Mean TTFT (ms)"), 28.0);
  EXPECT_DOUBLE_EQ(*value(report, "Mean TPOT (ms)"), 88.0 / 5.0);
  EXPECT_DOUBLE_EQ(*value(report, "Mean ITL (ms)"), 60.0 / 4.0);
  EXPECT_DOUBLE_EQ(*value(report, "Mean Request latency (s)"), 0.098);
}

TEST(RecomputeLlmperf, TakesEachLineAsATokenWithTheFirstWaitInside) {
  const auto report = recomputed(one_reply(), PeerTool::llmperf);
  // Lines: role, three with content, finish, usage. Waits 28 + 20 + 40 ms.
  EXPECT_NEAR(*value(report, "Mean inter_token_latency_s (s)"), 0.088 / 6.0, 1e-12);
  EXPECT_DOUBLE_EQ(*value(report, "Mean ttft_s (s)"), 0.028);
  EXPECT_DOUBLE_EQ(*value(report, "mean_output_throughput_token_per_s"), 6.0 / 0.098);
}

TEST(RecomputeAiperf, HasOneLatencyARequestAndChunksApart) {
  const auto report = recomputed(one_reply(), PeerTool::aiperf);
  EXPECT_DOUBLE_EQ(*value(report, "Mean Time to First Token (ms)"), 28.0);
  EXPECT_DOUBLE_EQ(*value(report, "Mean Time to Second Token (ms)"), 20.0);
  // The last response is the usage at 95: (93 − 28) ÷ 4.
  EXPECT_DOUBLE_EQ(*value(report, "Mean Request Latency (ms)"), 93.0);
  EXPECT_DOUBLE_EQ(*value(report, "Mean Inter Token Latency (ms)"), 65.0 / 4.0);
  EXPECT_DOUBLE_EQ(*value(report, "Mean Inter Chunk Latency (ms)"), 30.0);
}

TEST(RecomputeGenAiPerf, SeesReadsInPlaceOfEvents) {
  LoadBuilder builder;
  builder.request(0.0, 0.0, 100.0).completion_tokens = 4;
  builder.event(20.0, EventClass::content, 1)
      .event(50.0, EventClass::content, 1, kCoalesced)
      .event(50.0, EventClass::content, 1, kCoalesced)
      .event(80.0, EventClass::content, 1);
  // One response at 50 where AIPerf sees two.
  EXPECT_DOUBLE_EQ(*value(recomputed(builder, PeerTool::genai_perf), "Mean Time to Second Token (ms)"), 30.0);
  EXPECT_DOUBLE_EQ(*value(recomputed(builder, PeerTool::genai_perf), "Mean Inter Token Latency (ms)"), 20.0);
  EXPECT_DOUBLE_EQ(*value(recomputed(builder, PeerTool::aiperf), "Median Inter Chunk Latency (ms)"), 30.0);
  EXPECT_DOUBLE_EQ(*value(recomputed(builder, PeerTool::aiperf), "Mean Inter Chunk Latency (ms)"), 20.0);
}

TEST(RecomputeMlperf, CountsIntegerNanosecondsFromTheSchedule) {
  const auto report = recomputed(one_reply(), PeerTool::mlperf);
  EXPECT_DOUBLE_EQ(*value(report, "Mean first token latency (ns)"), 30e6);
  EXPECT_DOUBLE_EQ(*value(report, "99.00 percentile latency (ns)"), 100e6);
  EXPECT_DOUBLE_EQ(*value(report, "Mean time per output token (ns)"), 70e6 / 4.0);
  EXPECT_FALSE(value(report, "Early stopping 99th percentile estimate of latency (ns)").has_value());
}

TEST(RecomputeMlperf, GivesOneTokenANegativeTpotAndSaysSo) {
  LoadBuilder builder;
  builder.request(0.0, 0.0, 60.0).completion_tokens = 1;
  builder.event(50.0, EventClass::content, 1);
  const auto report = recomputed(builder, PeerTool::mlperf);
  EXPECT_DOUBLE_EQ(*value(report, "Mean time per output token (ns)"), -10e6);
  ASSERT_FALSE(report.notes.empty());
  EXPECT_NE(report.notes[0].find("divides by −1"), std::string::npos);
}

TEST(RecomputeMlperf, TakesThePercentileAtTheFloorOfNTimesP) {
  LoadBuilder builder;
  for (int i = 0; i < 10; ++i) {
    builder.request(1000.0 * i, 1000.0 * i, 1000.0 * i + 10.0 * (i + 1)).completion_tokens = 2;
    builder.event(1000.0 * i + 1.0, EventClass::content, 2);
  }
  const auto report = recomputed(builder, PeerTool::mlperf);
  EXPECT_DOUBLE_EQ(*value(report, "50.00 percentile latency (ns)"), 60e6);
  EXPECT_DOUBLE_EQ(*value(report, "90.00 percentile latency (ns)"), 100e6);
}

TEST(Recompute, HasNoTpotOfOneTokenElsewhere) {
  LoadBuilder builder;
  builder.request(0.0, 0.0, 60.0).completion_tokens = 1;
  builder.event(50.0, EventClass::content, 1);
  EXPECT_FALSE(value(recomputed(builder, PeerTool::vllm), "Mean TPOT (ms)").has_value());
  EXPECT_DOUBLE_EQ(*value(recomputed(builder, PeerTool::guidellm), "Mean TPOT (ms)"), 50.0);
  EXPECT_FALSE(value(recomputed(builder, PeerTool::aiperf), "Mean Inter Token Latency (ms)").has_value());
}

TEST(Recompute, OfAnEmptyReplyHasWhatEachToolMakesOfIt) {
  LoadBuilder builder;
  builder.request(0.0, 0.0, 60.0).completion_tokens = 0;
  builder.event(40.0, EventClass::role).event(50.0, EventClass::finish);
  EXPECT_DOUBLE_EQ(*value(recomputed(builder, PeerTool::vllm), "Mean TTFT (ms)"), 40.0);
  EXPECT_DOUBLE_EQ(*value(recomputed(builder, PeerTool::vllm), "Mean ITL (ms)"), 10.0);
  EXPECT_DOUBLE_EQ(*value(recomputed(builder, PeerTool::sglang), "Mean TTFT (ms)"), 0.0);
  EXPECT_FALSE(value(recomputed(builder, PeerTool::guidellm), "Mean TTFT (ms)").has_value());
  EXPECT_FALSE(value(recomputed(builder, PeerTool::aiperf), "Mean Time to First Token (ms)").has_value());
}

TEST(Recompute, LeavesOutWarmUpAndFailuresAndSaysSo) {
  auto builder = testing::steady_load(5);
  builder.requests()[0].phase = LoadPhase::warmup;
  builder.requests()[4].failure = FailureClass::truncated;
  const auto report = recomputed(builder, PeerTool::vllm);
  // Three of the span from the second's sending to the last's close.
  EXPECT_DOUBLE_EQ(*value(report, "Request throughput (req/s)"), 3.0 / 0.471);
  const auto said = std::any_of(report.notes.begin(), report.notes.end(), [](const auto& note) {
    return note.find("1 failed requests") != std::string::npos;
  });
  EXPECT_TRUE(said);
}

TEST(PeerTools, HaveNamesThatReadBack) {
  EXPECT_EQ(all_peer_tools().size(), 7U);
  for (const auto tool : all_peer_tools()) EXPECT_EQ(*peer_tool_from(to_string(tool)), tool);
  const auto wrong = peer_tool_from("vlm");
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().code, ErrorCode::usage);
  EXPECT_NE(wrong.error().hint.find("did you mean vllm?"), std::string::npos);
}

TEST(PeerTools, EachFigureSaysWhatItIs) {
  for (const auto tool : all_peer_tools())
    for (const auto& figure : recomputed(one_reply(), tool).figures) {
      EXPECT_FALSE(figure.definition.empty()) << figure.name;
      EXPECT_FALSE(figure.ours.empty()) << figure.name;
    }
}

}  // namespace
}  // namespace edgeeval
