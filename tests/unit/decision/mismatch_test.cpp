// SPDX-License-Identifier: Apache-2.0
#include "decision/mismatch.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "decision/compare.hpp"
#include "results_of.hpp"
#include "support/measured_run.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

using Change = std::function<void(RunRecord&)>;

const std::vector<MetricName> kMetrics{{"observed", "token_f1"}, {"observed", "j_per_request"}};

/// What differs between "base" of the sample run and of a changed one, as "kind: text".
std::vector<std::string> differing(const Change& change, const std::vector<MetricName>& metrics = kMetrics,
                                   const std::string& variant = "base") {
  auto record = sample_run();
  record.settings = {{"load.concurrency", "4"}, {"load.max_tokens", "16"}, {"load.items", "all"}};
  record.sittings.back().environment["edgeeval"] = "0.1.0";
  const auto first = results_of(record, "a");
  change(record);
  const auto second = results_of(record, "b");
  std::vector<std::string> lines;
  for (const auto& one : mismatches(side(first, variant), side(second, variant), metrics))
    lines.push_back(std::string(to_string(one.concern)) + ": " + to_text(one));
  return lines;
}

using Lines = std::vector<std::string>;

TEST(Mismatch, FindsNothingBetweenARunAndItself) {
  EXPECT_EQ(differing([](RunRecord&) {}), Lines());
  EXPECT_EQ(differing([](RunRecord& r) { r.sittings.back().environment["edgeeval"] = "0.9.3"; }), Lines())
      << "another minor version reads and means the same";
}

TEST(Mismatch, NamesEachSettingOfTheLoadWithBothValues) {
  EXPECT_EQ(differing([](RunRecord& r) { r.settings[0].second = "8"; }),
            Lines{"workload: load.concurrency: 4 against 8"});
  EXPECT_EQ(differing([](RunRecord& r) { r.settings[1].second = "64"; }),
            Lines{"workload: load.max_tokens: 16 against 64"});
  EXPECT_EQ(differing([](RunRecord& r) { r.settings[2].second = "2"; }),
            Lines{"workload: load.items: all against 2"});
  EXPECT_EQ(differing([](RunRecord& r) { r.variants[0].task = "summ"; }),
            Lines{"workload: base, task: rag against summ"});
}

TEST(Mismatch, NamesOtherItemsAnswersAndPrompts) {
  EXPECT_EQ(differing([](RunRecord& r) { r.scores["base"].pop_back(); }),
            Lines{"workload: base, items (3 in common): 4, 1 only here against 3, 0 only here"});
  EXPECT_EQ(differing([](RunRecord& r) { r.scores["base"][1].gold = {"another"}; }),
            Lines{"workload: base, right answers of common items: 4 items against 1 of them differ"});
  const Change untold = [](RunRecord& r) {
    for (auto& request : r.requests["base"]) request.prompt_tokens.reset();
  };
  EXPECT_EQ(differing(untold), Lines()) << "only one run tells its prompts";
  auto record = sample_run();
  for (auto& request : record.requests["base"]) request.prompt_tokens = 10;
  const auto first = results_of(record);
  record.requests["base"][0].prompt_tokens = 14;
  const auto second = results_of(record);
  const auto found = mismatches(side(first, "base"), side(second, "base"), kMetrics);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].concern, Concern::workload) << "one tokenizer, so another prompt";
  EXPECT_EQ(to_text(found[0]), "base, prompt tokens of 1 common items: 40 against 44");
}

TEST(Mismatch, AllowsFivePercentOfDriftInOutputLength) {
  const auto longer = [](std::int64_t tokens) {
    return [tokens](RunRecord& r) {
      for (auto& request : r.requests["base"]) request.completion_tokens = tokens;
    };
  };
  EXPECT_EQ(differing(longer(52)), Lines());
  EXPECT_EQ(differing(longer(60)), Lines{"tokens: base, output tokens of a request: 50 against 60"});
  EXPECT_EQ(differing(longer(40)), Lines{"tokens: base, output tokens of a request: 50 against 40"});
}

TEST(Mismatch, AsksOnlyForWhatBearsOnTheMetric) {
  const Change longer = [](RunRecord& r) {
    for (auto& request : r.requests["base"]) request.completion_tokens = 90;
  };
  EXPECT_EQ(differing(longer, {{"observed", "token_f1"}}), Lines())
      << "an answer's length is part of the answer";
  EXPECT_EQ(differing(longer, {{"observed", "e2e_p50"}}).size(), 1U);
  const auto modelled = results_of(sample_run());
  const auto measured = results_of(measured_run(false));
  EXPECT_TRUE(mismatches(side(modelled, "base"), side(measured, "base"), {{"observed", "ttft_p50"}}).empty());
  EXPECT_EQ(mismatches(side(modelled, "base"), side(measured, "base"), {{"honest", "ipj"}}).size(), 2U);
}

TEST(Mismatch, NamesOtherSourcesOfJoulesAndOtherGrades) {
  const auto modelled = results_of(sample_run());
  const auto measured = results_of(measured_run(false));
  Lines kinds;
  for (const auto& one : mismatches(side(modelled, "base"), side(measured, "base"), kMetrics))
    kinds.emplace_back(to_string(one.concern));
  EXPECT_EQ(kinds, (Lines{"energy", "grades"}));
  const auto found = mismatches(side(modelled, "base"), side(measured, "base"), kMetrics);
  EXPECT_EQ(found[0].a, "cpu-model (vcpu)");
  EXPECT_NE(found[0].b.find("nvml:GPU-a (board)"), std::string::npos) << found[0].b;
  EXPECT_EQ(found[1].what, "grade of j_per_request") << "scores are computed in both";
  EXPECT_EQ(found[1].a, "modelled");
  EXPECT_EQ(found[1].b, "measured");
}

TEST(Mismatch, NamesAnotherFileOfTheSameModel) {
  const auto digest = [](const char* stage, const char* sha) {
    return [=](RunRecord& r) { r.stages[stage].artifacts = {{"model", "m.gguf", 1, sha}}; };
  };
  auto record = sample_run();
  digest("import:m", "0123456789abcdef")(record);
  digest("merge:m.lora", "aa")(record);
  const auto first = results_of(record);
  digest("import:m", "fedcba9876543210")(record);
  digest("merge:m.lora", "bb")(record);
  const auto second = results_of(record);
  const auto found = mismatches(side(first, "lora-fp16"), side(second, "lora-fp16"), kMetrics);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].concern, Concern::model);
  EXPECT_EQ(found[0].a, "sha256 0123456789ab…");
  EXPECT_EQ(found[0].b, "sha256 fedcba987654…");
  const auto told = remarks(side(first, "lora-fp16"), side(second, "lora-fp16"));
  EXPECT_EQ(told, Lines{"lora-fp16: the adapted weights are of two trainings"});
}

TEST(Mismatch, AsksForOnePriceOnlyWhereAMetricRestsOnIt) {
  const Change dearer = [](RunRecord& r) { r.prices["electricity_usd_per_kwh"].value = 0.3; };
  EXPECT_EQ(differing(dearer), Lines());
  EXPECT_EQ(differing(dearer, {{"paper", "n_break"}}),
            Lines{"prices: electricity_usd_per_kwh: 0.12 against 0.3"});
}

TEST(Mismatch, AsksForOneScenarioOfADecisionsFigures) {
  auto first = results_of(sample_run());
  MetricRow row{"base", "", "", "", "", "rag", "honest", "usd_per_request", {}, "", ""};
  row.value =
      Fact{0.002, "USD", 0.001, 0.003, Grade::assumed, {"device t4", "scenario default", "cpu-model"}};
  first.rows.push_back(row);
  auto second = first;
  const std::vector<MetricName> metrics{{"honest", "usd_per_request"}};
  EXPECT_TRUE(mismatches(side(first, "base"), side(second, "base"), metrics).empty());
  second.rows.back().value->sources = {"device l4", "scenario default", "cpu-model"};
  const auto found = mismatches(side(first, "base"), side(second, "base"), metrics);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].concern, Concern::prices);
  EXPECT_EQ(to_text(found[0]),
            "base, assumptions of usd_per_request: device t4, scenario default against device l4, scenario "
            "default");
}

TEST(Mismatch, NamesAnotherMajorVersion) {
  EXPECT_EQ(differing([](RunRecord& r) { r.sittings.back().environment["edgeeval"] = "1.0.0"; }),
            Lines{"version: EdgeEval's major version: 0.1.0 against 1.0.0"});
}

TEST(Mismatch, OnlyRemarksOnMachineAndEngine) {
  auto record = sample_run();
  record.settings = {{"engine.slots", "4"}};
  const auto first = results_of(record);
  record.settings = {{"engine.slots", "8"}};
  record.sittings.back().environment["cpu"] = "another CPU";
  const auto second = results_of(record);
  EXPECT_TRUE(mismatches(side(first, "base"), side(second, "base"), kMetrics).empty());
  EXPECT_EQ(remarks(side(first, "base"), side(second, "base")),
            (Lines{"cpu: a CPU against another CPU", "engine.slots: 4 against 8"}));
}

TEST(Concern, HasOneWordEach) {
  for (const auto concern : all_concerns()) EXPECT_EQ(concern_from(to_string(concern)), concern);
  EXPECT_EQ(all_concerns().size(), 7U);
  EXPECT_FALSE(concern_from("everything"));
}

}  // namespace
}  // namespace edgeeval
