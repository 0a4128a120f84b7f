// SPDX-License-Identifier: Apache-2.0
#include "record/codec.hpp"

#include <gtest/gtest.h>

#include "unit/record/samples.hpp"

namespace edgeeval {
namespace {

constexpr unsigned kCases = 300;

/// Through text, as the record does; equal JSON means equal values, as every field is written or at its
/// default.
Json through_text(const Json& json) { return Json::parse(to_line(json)); }

TEST(Codec, StagesSurviveTheRoundTrip) {
  for (unsigned seed = 0; seed < kCases; ++seed) {
    Random random(seed);
    const auto stage = random_stage(random);
    const auto back = stage_from(through_text(to_json(stage)), "here");
    ASSERT_TRUE(back.has_value()) << seed << ": " << back.error().message;
    EXPECT_EQ(to_json(*back), to_json(stage)) << seed;
    EXPECT_EQ(back->outcome, stage.outcome) << seed;
    ASSERT_EQ(back->error.has_value(), stage.error.has_value()) << seed;
    if (stage.error) {
      EXPECT_EQ(back->error->hint, stage.error->hint) << seed;
    }
    ASSERT_EQ(back->windows.size(), stage.windows.size()) << seed;
    for (std::size_t i = 0; i < stage.windows.size(); ++i) {
      EXPECT_EQ(back->windows[i].duration_s, stage.windows[i].duration_s) << seed;
      EXPECT_EQ(back->windows[i].cpu_utilisation, stage.windows[i].cpu_utilisation) << seed;
      ASSERT_EQ(back->windows[i].energy.size(), stage.windows[i].energy.size()) << seed;
      for (std::size_t k = 0; k < stage.windows[i].energy.size(); ++k) {
        EXPECT_EQ(back->windows[i].energy[k].parent, stage.windows[i].energy[k].parent) << seed;
        EXPECT_EQ(back->windows[i].energy[k].joules.value, stage.windows[i].energy[k].joules.value) << seed;
      }
    }
  }
}

TEST(Codec, RequestsSurviveTheRoundTrip) {
  for (unsigned seed = 0; seed < kCases; ++seed) {
    Random random(seed);
    const auto request = random_request(random);
    const auto back = request_from(through_text(to_json(request)), "here");
    ASSERT_TRUE(back.has_value()) << seed << ": " << back.error().message;
    EXPECT_EQ(to_json(*back), to_json(request)) << seed;
    EXPECT_EQ(back->sent_s, request.sent_s) << seed;
    EXPECT_EQ(back->first_token_s, request.first_token_s) << seed;
    EXPECT_EQ(back->token_events_s, request.token_events_s) << seed;
    EXPECT_EQ(back->completion_tokens, request.completion_tokens) << seed;
    EXPECT_EQ(back->retries, request.retries) << seed;
    EXPECT_EQ(back->text, request.text) << seed;
  }
}

TEST(Codec, ScoresAndVariantsSurviveTheRoundTrip) {
  const ItemScore score{"q1", "four", {"4", "four"}, true, 1.0, 0.5, 0.25};
  const auto score_back = score_from(through_text(to_json(score)), "here");
  ASSERT_TRUE(score_back.has_value());
  EXPECT_EQ(score_back->gold, score.gold);
  EXPECT_EQ(score_back->rouge_l, 0.25);
  EXPECT_TRUE(score_back->answered);
  const VariantInfo variant{"v", "m", "f", "1B", "lora", "int4", "rag", {"a", "b"}, "b", "s", "c", "note"};
  const auto variant_back = variant_from(through_text(to_json(variant)), "here");
  ASSERT_TRUE(variant_back.has_value());
  EXPECT_EQ(to_json(*variant_back), to_json(variant));
  EXPECT_EQ(variant_back->score_stage, "c");
  EXPECT_EQ(variant_back->note, "note");
}

TEST(Codec, LeavesOutWhatIsAbsent) {
  const auto json = to_json(Fact{1.0, "J", std::nullopt, 2.0, Grade::modelled, {}});
  EXPECT_FALSE(json.contains("lo"));
  EXPECT_EQ(json.at("hi"), 2.0);
  const auto request = to_json(RequestTimeline{});
  EXPECT_FALSE(request.contains("first_token_s"));
  EXPECT_FALSE(request.contains("completion_tokens"));
}

TEST(Codec, InvalidUtf8InAnAnswerDoesNotEndTheRun) {
  RequestTimeline request;
  request.text = "caf\xe9";
  EXPECT_TRUE(request_from(through_text(to_json(request)), "here").has_value());
}

TEST(Codec, NamesThePlaceOfAMalformedEntry) {
  const auto missing = stage_from(Json{{"id", "a"}}, "record.jsonl:7");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::record_unreadable);
  EXPECT_EQ(missing.error().where, "record.jsonl:7");
  EXPECT_NE(missing.error().message.find("kind"), std::string::npos);
  const auto wrong = fact_from(Json{{"value", "seven"}}, "x");
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().code, ErrorCode::record_unreadable);
  EXPECT_FALSE(fact_from(Json::array(), "x").has_value());
}

TEST(Codec, RefusesAnUnknownOutcomeAndGrade) {
  auto stage = to_json(StageRecord{});
  stage["outcome"] = "exploded";
  EXPECT_FALSE(stage_from(stage, "x").has_value());
  auto fact = to_json(Fact{});
  fact["grade"] = "guessed";
  EXPECT_FALSE(fact_from(fact, "x").has_value());
}

TEST(Codec, ANegativeDurationIsRefused) {
  StageRecord stage;
  stage.windows.push_back({"load", -5.0, 1.0, {}});
  const auto sound = to_json(stage);
  ASSERT_TRUE(stage_from(sound, "here").has_value()) << "before its sitting's clock began may be";
  auto of_stage = sound;
  of_stage["duration_s"] = -0.5;
  auto of_window = sound;
  of_window["windows"][0]["duration_s"] = -0.5;
  for (const auto& json : {of_stage, of_window}) {
    const auto back = stage_from(json, "here");
    ASSERT_FALSE(back.has_value());
    EXPECT_EQ(back.error().code, ErrorCode::record_unreadable);
    EXPECT_NE(back.error().message.find("duration_s is -0.5"), std::string::npos) << back.error().message;
  }
}

}  // namespace
}  // namespace edgeeval
