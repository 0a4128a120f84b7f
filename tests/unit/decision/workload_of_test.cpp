// SPDX-License-Identifier: Apache-2.0
#include "decision/workload_of.hpp"

#include <gtest/gtest.h>

#include "results_of.hpp"
#include "support/measured_run.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

TEST(WorkloadOf, GathersItemsPromptsAndLengths) {
  auto record = sample_run();
  for (auto& request : record.requests["base"]) request.prompt_tokens.reset();
  record.requests["base"][0].prompt_tokens = 12;
  record.requests["base"][1].ok = false;
  record.requests["base"][1].prompt_tokens = 99;
  record.requests["base"][2].completion_tokens = 20;
  const auto results = results_of(record);
  const auto workload = workload_of(side(results, "base"));
  EXPECT_EQ(workload.items, 4.0);
  EXPECT_EQ(workload.gold.size(), 4U);
  EXPECT_EQ(workload.prompt_tokens, (std::map<std::string, double>{{"item-0", 12.0}}));
  EXPECT_DOUBLE_EQ(*workload.output_tokens, 40.0) << "(50 + 20 + 50) ÷ 3 answered requests";
}

TEST(WorkloadOf, TakesWhatStagesStateWhereNoRequestIsKnown) {
  auto record = sample_run();
  const auto rows = compute_metrics(record);
  record.requests.clear();
  record.scores.clear();
  record.stages["serve:base"].facts["output_tokens"] = {120.0, "tok", {}, {}, Grade::published, {}};
  ResultSet results{"r", record, rows, false};
  EXPECT_DOUBLE_EQ(*workload_of(side(results, "base")).output_tokens, 30.0) << "120 ÷ 4 requests";
  EXPECT_EQ(workload_of(side(results, "base")).items, 4.0);
  results.record.stages["serve:base"].facts.clear();
  EXPECT_DOUBLE_EQ(*workload_of(side(results, "base")).output_tokens, 50.0)
      << "100 J a request ÷ 2 J a token";
}

TEST(WorkloadOf, NamesTheSourcesThatAreAddedUp) {
  const auto modelled = results_of(sample_run());
  EXPECT_EQ(energy_boundary_of(side(modelled, "base")), "cpu-model (vcpu)");
  const auto wall = results_of(measured_run(true));
  const auto parts = results_of(measured_run(false));
  EXPECT_NE(energy_boundary_of(side(wall, "base")), energy_boundary_of(side(parts, "base")));
}

TEST(WorkloadOf, FindsWindowsStagesAndDigests) {
  auto record = sample_run();
  record.stages["import:m"].artifacts.push_back({"model", "m.gguf", 1, "abc"});
  const auto results = results_of(record);
  const auto one = side(results, "lora-int4");
  ASSERT_NE(find_window(one, "load"), nullptr);
  EXPECT_DOUBLE_EQ(find_window(one, "load")->duration_s, 10.0);
  EXPECT_DOUBLE_EQ(find_window(one, "adapt")->duration_s, 100.0);
  EXPECT_EQ(find_window(side(results, "base"), "adapt"), nullptr);
  EXPECT_EQ(find_stage(one, "quantize"), "quantize:m.int4");
  EXPECT_EQ(find_stage(one, "dream"), std::nullopt);
  EXPECT_EQ(model_digest(results.record, "import:m"), "abc");
  EXPECT_EQ(model_digest(results.record, "merge:m.lora"), std::nullopt);
}

}  // namespace
}  // namespace edgeeval
