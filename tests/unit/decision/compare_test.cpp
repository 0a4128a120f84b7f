// SPDX-License-Identifier: Apache-2.0
#include "decision/compare.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "results_of.hpp"
#include "support/sample_run.hpp"
#include "support/saved_run.hpp"

namespace edgeeval {
namespace {

/// The sample run with 100 items for each variant, all of F1 `score`.
RunRecord with_items(double score) {
  auto record = sample_run();
  for (const auto& variant : record.variants) set_scores(record, variant.id, 100, [=](int) { return score; });
  return record;
}

const ComparedRow* find(const Comparison& comparison, const std::string& variant, const std::string& metric) {
  const auto found = std::find_if(
      comparison.rows.begin(), comparison.rows.end(),
      [&](const ComparedRow& row) { return row.variant_b == variant && row.metric.id == metric; });
  return found == comparison.rows.end() ? nullptr : &*found;
}

CompareOptions only(const std::string& metric) {
  CompareOptions options;
  options.metrics = {metric};
  return options;
}

TEST(Compare, FindsARunTheSameAsItself) {
  const auto run = results_of(with_items(0.5));
  const auto compared = compare({run, run}, {});
  ASSERT_TRUE(compared) << compared.error().hint;
  ASSERT_EQ(compared->size(), 1U);
  const auto& rows = compared->front().rows;
  for (const auto& row : rows) {
    EXPECT_NE(row.verdict, Verdict::better) << row.metric.id;
    EXPECT_NE(row.verdict, Verdict::worse) << row.metric.id;
    EXPECT_TRUE(row.marks.empty());
  }
  for (const char* metric :
       {"token_f1", "exact_match", "rouge_l", "model_bytes", "peak_resident", "failed_requests"})
    EXPECT_EQ(find(compared->front(), "base", metric)->verdict, Verdict::same) << metric;
  EXPECT_EQ(find(compared->front(), "base", "j_per_request")->verdict, Verdict::same)
      << "one measurement, not two";
  EXPECT_EQ(find(compared->front(), "base", "cold_start")->verdict, Verdict::undecided)
      << "without an interval";
  EXPECT_EQ(find(compared->front(), "base", "published_score"), nullptr) << "neither run has it";
  EXPECT_TRUE(compared->front().only_a.empty());
}

TEST(Compare, DecidesEachWay) {
  const auto before = results_of(with_items(0.5), "before");
  for (const auto& [score, verdict] : {std::pair{0.53, Verdict::better}, std::pair{0.47, Verdict::worse},
                                       std::pair{0.51, Verdict::same}, std::pair{0.49, Verdict::same}}) {
    const auto compared = compare({before, results_of(with_items(score), "after")}, only("token_f1"));
    ASSERT_TRUE(compared);
    ASSERT_EQ(compared->front().rows.size(), 5U);
    const auto* row = find(compared->front(), "lora-int4", "token_f1");
    EXPECT_EQ(row->verdict, verdict) << score;
    EXPECT_DOUBLE_EQ(row->margin, 0.02);
    EXPECT_EQ(row->difference->pairs, 100U);
  }
  // Half of the items gain 0.2, half lose 0.16: +0.02 on average, and far from decided.
  auto mixed = with_items(0.5);
  set_scores(mixed, "lora-int4", 100, [](int i) { return i % 2 == 0 ? 0.7 : 0.34; });
  const auto compared = compare({before, results_of(mixed)}, only("token_f1"));
  ASSERT_TRUE(compared);
  EXPECT_EQ(find(compared->front(), "lora-int4", "token_f1")->verdict, Verdict::undecided);
}

TEST(Compare, LooksAtTheDirectionOfAMetric) {
  auto record = sample_run();
  const auto before = results_of(record);
  record.stages["serve:base"].facts["peak_resident"].value *= 0.5;
  const auto compared = compare({before, results_of(record)}, only("peak_resident"));
  ASSERT_TRUE(compared);
  EXPECT_EQ(find(compared->front(), "base", "peak_resident")->verdict, Verdict::better)
      << "less memory is better";
}

TEST(Compare, SaysWhyWhatIsAbsentOrNotFiniteIsUndecided) {
  auto before = results_of(sample_run());
  auto after = before;
  after.record.stages["serve:base"].facts.erase("peak_resident");
  after = results_of(after.record);
  auto compared = compare({before, after}, only("peak_resident"));
  ASSERT_TRUE(compared);
  const auto* row = find(compared->front(), "base", "peak_resident");
  EXPECT_EQ(row->verdict, Verdict::undecided);
  EXPECT_FALSE(row->difference);
  EXPECT_NE(row->reason.find("absent in the second run"), std::string::npos) << row->reason;
  for (auto& one : before.rows) {
    if (one.metric == "token_f1") one.value->value = std::numeric_limits<double>::infinity();
  }
  compared = compare({before, after}, only("token_f1"));
  ASSERT_TRUE(compared);
  EXPECT_EQ(find(compared->front(), "base", "token_f1")->verdict, Verdict::undecided);
  EXPECT_NE(find(compared->front(), "base", "token_f1")->reason.find("finite"), std::string::npos);
}

TEST(Compare, RefusesWhatAVerdictWouldHideAndNamesBothValues) {
  auto record = sample_run();
  record.settings = {{"load.concurrency", "4"}};
  const auto before = results_of(record, "before");
  record.settings = {{"load.concurrency", "8"}};
  const auto after = results_of(record, "after");
  const auto refused = compare({before, after}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::not_comparable);
  EXPECT_EQ(exit_code(refused.error().code), 23);
  EXPECT_NE(refused.error().hint.find("load.concurrency: 4 against 8"), std::string::npos)
      << refused.error().hint;
  EXPECT_NE(refused.error().hint.find("--despite workload"), std::string::npos);

  CompareOptions options;
  options.despite = {Concern::tokens};
  EXPECT_FALSE(compare({before, after}, options)) << "another concern does not let it pass";
  options.despite = {Concern::workload};
  const auto compared = compare({before, after}, options);
  ASSERT_TRUE(compared);
  ASSERT_EQ(compared->front().mismatches.size(), 1U) << "once, not once a variant";
  for (const auto& row : compared->front().rows)
    EXPECT_EQ(row.marks, std::vector<Concern>{Concern::workload});
}

TEST(Compare, ShortensALongListOfDifferences) {
  auto record = sample_run();
  const auto before = results_of(record);
  for (int i = 0; i < 30; ++i) {
    auto variant = record.variants[0];
    variant.id = "v" + std::to_string(i);
    record.variants.push_back(variant);
  }
  auto other = record;
  for (auto& variant : other.variants) variant.task = "summ";
  const auto refused = compare({results_of(record), results_of(other)}, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("35 things"), std::string::npos) << refused.error().message;
  EXPECT_NE(refused.error().hint.find("… and 15 more"), std::string::npos) << refused.error().hint;
}

TEST(Compare, MatchesByMappingAndNamesNearMisses) {
  const auto run = results_of(with_items(0.5));
  CompareOptions options;
  options.variants = {{"lora-fp16", "lora-int4"}};
  const auto compared = compare({run, run}, options);
  ASSERT_TRUE(compared) << compared.error().message;
  EXPECT_EQ(compared->front().rows.front().variant_a, "lora-fp16");
  EXPECT_EQ(compared->front().rows.front().variant_b, "lora-int4");
  EXPECT_EQ(find(compared->front(), "lora-int4", "model_bytes")->verdict, Verdict::better);
  options.variants = {{"lora-fp61", "lora-int4"}};
  const auto unknown = compare({run, run}, options);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::usage);
  EXPECT_NE(unknown.error().hint.find("did you mean \"lora-fp16\"?"), std::string::npos)
      << unknown.error().hint;
}

TEST(Compare, NamesVariantsWithoutACounterpart) {
  const auto both = results_of(sample_run());
  auto record = sample_run();
  record.variants.resize(2);
  const auto fewer = results_of(record);
  const auto compared = compare({both, fewer}, {});
  ASSERT_TRUE(compared);
  EXPECT_EQ(compared->front().only_a, (std::vector<std::string>{"lora-int8", "lora-int4", "qlora"}));
  for (auto& variant : record.variants) variant.id += "-b";
  const auto none = compare({both, results_of(record)}, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::usage);
  EXPECT_NE(none.error().hint.find("base-b"), std::string::npos);
}

TEST(Compare, TakesMetricsByNameAndRefusesUnknownOnes) {
  const auto run = results_of(sample_run());
  const auto all = compare({run, run}, only("all"));
  ASSERT_TRUE(all);
  const auto few = compare({run, run}, {});
  ASSERT_TRUE(few);
  EXPECT_GT(all->front().rows.size(), few->front().rows.size());
  const auto unknown = compare({run, run}, only("token_f2"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::usage);
  EXPECT_NE(unknown.error().hint.find("did you mean \"token_f1\"?"), std::string::npos);
}

TEST(Compare, SetsEachFurtherRunBesideTheFirst) {
  const auto first = results_of(with_items(0.5), "first");
  const auto compared = compare(
      {first, results_of(with_items(0.6), "second"), results_of(with_items(0.4), "third")}, only("token_f1"));
  ASSERT_TRUE(compared);
  ASSERT_EQ(compared->size(), 2U);
  EXPECT_EQ((*compared)[0].b, "second");
  EXPECT_EQ((*compared)[0].rows.front().verdict, Verdict::better);
  EXPECT_EQ((*compared)[1].a, "first");
  EXPECT_EQ((*compared)[1].rows.front().verdict, Verdict::worse);
  EXPECT_FALSE(compare({first}, {})) << "one run is none to compare";
}

}  // namespace
}  // namespace edgeeval
