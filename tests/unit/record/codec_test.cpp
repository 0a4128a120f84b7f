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

bool same(const std::optional<Fact>& a, const std::optional<Fact>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->value == b->value && a->unit == b->unit && a->lo == b->lo && a->hi == b->hi &&
         a->grade == b->grade && a->sources == b->sources;
}

void expect_same(const WindowRecord& a, const WindowRecord& b) {
  ASSERT_EQ(a.energy.size(), b.energy.size());
  for (std::size_t i = 0; i < a.energy.size(); ++i) {
    const auto& x = a.energy[i];
    const auto& y = b.energy[i];
    EXPECT_EQ(x.method, y.method);
    EXPECT_EQ(x.common_relative, y.common_relative);
    EXPECT_TRUE(same(x.net, y.net));
    EXPECT_TRUE(same(x.tail, y.tail));
    EXPECT_EQ(x.mean_w, y.mean_w);
    EXPECT_EQ(x.peak_w, y.peak_w);
    EXPECT_EQ(x.coverage, y.coverage);
    EXPECT_EQ(x.hard_bounds, y.hard_bounds);
    EXPECT_EQ(x.longest_gap_s, y.longest_gap_s);
    EXPECT_EQ(x.flags, y.flags);
    EXPECT_EQ(x.device, y.device);
  }
  ASSERT_EQ(a.voids.size(), b.voids.size());
  for (std::size_t i = 0; i < a.voids.size(); ++i) {
    EXPECT_EQ(a.voids[i].source, b.voids[i].source);
    EXPECT_EQ(a.voids[i].domain, b.voids[i].domain);
    EXPECT_EQ(a.voids[i].boundary, b.voids[i].boundary);
    EXPECT_EQ(a.voids[i].parent, b.voids[i].parent);
    EXPECT_EQ(a.voids[i].reason, b.voids[i].reason);
    EXPECT_EQ(a.voids[i].needed_s, b.voids[i].needed_s);
  }
  EXPECT_EQ(a.conditions, b.conditions);
  EXPECT_EQ(a.sampling_cpu_s, b.sampling_cpu_s);
}

TEST(Codec, WindowsAndIdleRecordsSurviveTheRoundTripWithEveryField) {
  for (unsigned seed = 0; seed < kCases; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const IdleRecord idle{random.below(9), random.text(), random.text(), random_window(random)};
    const auto back = idle_from(through_text(to_json(idle)), "here");
    ASSERT_TRUE(back.has_value()) << back.error().message;
    EXPECT_EQ(back->sitting, idle.sitting);
    EXPECT_EQ(back->state, idle.state);
    EXPECT_EQ(back->moment, idle.moment);
    expect_same(back->window, idle.window);
  }
}

TEST(Codec, AWindowOfVersionOneZeroReadsWithItsNewFieldsAbsent) {
  const auto old = Json::parse(
      R"({"name":"load","start_s":1.0,"duration_s":2.0,"energy":[{"source":"cpu-model","domain":"cpu",)"
      R"("boundary":"vcpu","energy":{"value":3.0,"unit":"J","lo":1.0,"grade":"modelled","sources":["cpu-model"]}}],)"
      R"("cpu_utilisation":0.5,"notes":["a note"]})");
  const auto window = window_from(old, "here");
  ASSERT_TRUE(window.has_value());
  ASSERT_EQ(window->energy.size(), 1U);
  EXPECT_EQ(window->energy[0].joules.lo, 1.0);
  EXPECT_FALSE(window->energy[0].common_relative || window->energy[0].net || window->energy[0].coverage);
  EXPECT_TRUE(window->energy[0].flags.empty() && window->voids.empty() && window->conditions.empty());
  EXPECT_FALSE(window->sampling_cpu_s);
  EXPECT_EQ(to_json(*window), old) << "and what is absent is not written";
}

TEST(Codec, RefusesAMalformedVoidAndCondition) {
  auto window = to_json(WindowRecord{});
  window["voids"] = Json::array({Json{{"source", "x"}}});
  EXPECT_FALSE(window_from(window, "x"));
  window.erase("voids");
  window["conditions"] = Json{{"gpu0.temperature_c", Json::array({"41"})}};
  EXPECT_FALSE(window_from(window, "x"));
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

TEST(Codec, AVariantIdStandsOnceInAList) {
  const VariantInfo variant{"v\x1b", "m", "f", "1B", "lora", "int4", "rag", {}, "b", "s", "c", ""};
  auto other = variant;
  other.id = "w";
  const auto list = [&](std::initializer_list<VariantInfo> variants) {
    Json json = Json::array();
    for (const auto& one : variants) json.push_back(to_json(one));
    return variants_from(json, "record.jsonl:2");
  };
  const auto two = list({variant, other});
  ASSERT_TRUE(two);
  EXPECT_EQ(two->size(), 2U);
  const auto again = list({variant, other, variant});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::record_unreadable);
  EXPECT_EQ(again.error().where, "record.jsonl:2");
  EXPECT_EQ(again.error().message,
            "variant id \"v\xEF\xBF\xBD\" is given twice: entries 1 and 3 of \"variants\"");
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
