// SPDX-License-Identifier: Apache-2.0
#include "paper/published_run.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <edgeeval/metrics.hpp>
#include <edgeeval/record.hpp>
#include <map>

#include "paper/published_metrics.hpp"
#include "shipped.hpp"
#include "support/clean_study.hpp"
#include "unit/record/samples.hpp"

namespace edgeeval::paper {
namespace {

constexpr const char* kWhen = "2026-01-02T03:04:05Z";

Result<RunRecord> imported(const PublishedStudy& study, const ScratchFolder& folder) {
  const auto run = folder.path() / "run";
  if (auto done = write_published_run(study, Constants{}, run, kWhen); !done)
    return tl::unexpected(done.error());
  return read_run(run.string());
}

TEST(PublishedRun, YieldsTheSamePaperMetricsAsTheTables) {
  const auto study = shipped_study();
  const auto variants = compute(study, Constants{});
  ASSERT_TRUE(variants);
  const ScratchFolder folder;
  const auto record = imported(study, folder);
  ASSERT_TRUE(record) << record.error().message;
  std::map<std::pair<std::string, std::string>, MetricRow> of_run;
  for (const auto& row : compute_metrics(*record)) {
    if (row.mode == "paper") of_run[{row.variant, row.metric}] = row;
  }
  const auto rows = metric_rows(*variants, study.context, Constants{});
  ASSERT_EQ(rows.size(), 324U);
  for (const auto& row : rows) {
    const auto& other = of_run[{row.variant, row.metric}];
    ASSERT_TRUE(other.value) << row.variant << " " << row.metric << ": " << other.absent_reason;
    EXPECT_LE(std::abs(other.value->value / row.value->value - 1.0), 1e-12)
        << row.variant << " " << row.metric;
    EXPECT_EQ(other.flag, row.flag) << row.variant << " " << row.metric;
    EXPECT_GE(other.value->grade, Grade::published) << "nothing of others' is called measured";
  }
}

TEST(PublishedRun, GradesNothingStrongerThanPublished) {
  const ScratchFolder folder;
  const auto record = imported(clean_study(1), folder);
  ASSERT_TRUE(record);
  for (const auto& [id, stage] : record->stages) {
    for (const auto& [name, fact] : stage.facts) EXPECT_GE(fact.grade, Grade::published) << id << " " << name;
    for (const auto& window : stage.windows) {
      for (const auto& entry : window.energy) EXPECT_EQ(entry.joules.grade, Grade::published) << id;
    }
  }
  for (const auto& row : compute_metrics(*record)) {
    if (row.value) {
      EXPECT_GE(row.value->grade, Grade::published) << row.metric;
    }
  }
}

TEST(PublishedRun, KeepsTheChainOfStagesAndTheirPlaces) {
  const ScratchFolder folder;
  const auto record = imported(clean_study(2), folder);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->stages.size(), 36U + 72U + 72U + 72U);
  const auto& variant = record->variants[1];
  EXPECT_EQ(variant.id, "llama-1b.rag.lora.int8");
  EXPECT_EQ(variant.stages,
            (std::vector<std::string>{"adapt:llama-1b.rag.lora", "merge:llama-1b.rag.lora.fp16",
                                      "quantize:llama-1b.rag.lora.int8", "serve:llama-1b.rag.lora.int8",
                                      "score:llama-1b.rag.lora.int8"}));
  EXPECT_EQ(variant.model_stage, "quantize:llama-1b.rag.lora.int8");
  EXPECT_EQ(record->stages.at(variant.serve_stage).key, "serving.csv:3");
  EXPECT_EQ(record->sittings.size(), 1U);
  EXPECT_EQ(record->sittings[0].how_ended, "finished");
}

TEST(PublishedRun, LeavesOutWhatTheTablesDoNotHold) {
  auto study = clean_study(3);
  for (auto& row : study.serving) row.ttft_mean_ms.reset();
  study.merging.clear();
  const ScratchFolder folder;
  const auto record = imported(study, folder);
  ASSERT_TRUE(record);
  const auto& stage = record->stages.at("serve:llama-1b.rag.lora.int8");
  EXPECT_FALSE(stage.facts.contains("ttft_mean"));
  EXPECT_TRUE(stage.facts.contains("ttft_p50"));
  EXPECT_EQ(record->variants[1].model_stage, "");
}

TEST(PublishedRun, NeverWritesOverARecord) {
  const ScratchFolder folder;
  ASSERT_TRUE(imported(clean_study(4), folder));
  const auto again = imported(clean_study(5), folder);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::record_mismatch);
}

TEST(PublishedRun, RefusesASizeWithoutNominalGigabytes) {
  auto study = clean_study(6);
  study.serving[0].key.size = "13B";
  const ScratchFolder folder;
  const auto record = imported(study, folder);
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::invalid_table);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "run" / "record.jsonl")) << "nothing is begun";
}

TEST(PublishedRun, RefusesAnOperationThatIsNeitherMergeNorQuantization) {
  auto study = clean_study(7);
  study.merging[1].operation = "PRUNE";
  const ScratchFolder folder;
  const auto record = imported(study, folder);
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, ErrorCode::invalid_table);
  EXPECT_NE(record.error().message.find("operation \"PRUNE\""), std::string::npos) << record.error().message;
  EXPECT_EQ(record.error().where, "merging.csv:3");
}

TEST(PublishedRun, RefusesNamesThatBecomeOneIdInLowerCase) {
  auto study = clean_study(8);
  study.serving.push_back(study.serving[0]);
  study.serving.back().key.family = "LLAMA";
  study.serving.back().place.line = 99;
  const ScratchFolder folder;
  const auto record = imported(study, folder);
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().where, "serving.csv:99");
  EXPECT_NE(record.error().message.find("the first is serving.csv:2"), std::string::npos)
      << record.error().message;
}

}  // namespace
}  // namespace edgeeval::paper
