// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "options.hpp"

namespace edgeeval {
namespace {

using testing::kSmallStudy;
using testing::plan_of;
using testing::with;

std::map<std::string, std::string> keys_of(const Plan& plan) {
  std::map<std::string, std::string> keys;
  for (const auto& stage : plan.stages) keys[stage.id] = stage.key;
  return keys;
}

/// The kinds of the stages whose key differs between two plans of the same shape.
std::set<StageKind> changed_kinds(const Plan& a, const Plan& b) {
  const auto keys = keys_of(b);
  std::set<StageKind> kinds;
  for (const auto& stage : a.stages) {
    if (keys.at(stage.id) != stage.key) kinds.insert(stage.kind);
  }
  return kinds;
}

void expect_dependency_order(const Plan& plan) {
  std::set<std::string> seen;
  for (const auto& stage : plan.stages) {
    for (const auto& need : stage.needs) EXPECT_TRUE(seen.contains(need)) << stage.id << " before " << need;
    EXPECT_TRUE(seen.insert(stage.id).second) << stage.id << " twice";
    EXPECT_EQ(stage.key.size(), 64U);
  }
  for (const auto& variant : plan.variants) {
    for (const auto& id : variant.stages) EXPECT_TRUE(seen.contains(id)) << id;
  }
}

TEST(Expand, LaysOutSharedStagesOnceAndVariantsOneAfterAnother) {
  const auto plan = plan_of(kSmallStudy);
  ASSERT_TRUE(plan);
  std::vector<std::string> ids;
  for (const auto& stage : plan->stages) ids.push_back(stage.id);
  EXPECT_EQ(ids, (std::vector<std::string>{
                     "import:m", "serve:m.rag.none.fp16", "score:m.rag.none.fp16", "adapt:m.rag.lora", "merge:m.rag.lora",
                     "serve:m.rag.lora.fp16", "score:m.rag.lora.fp16", "quantize:m.rag.lora.int8", "serve:m.rag.lora.int8",
                     "score:m.rag.lora.int8", "quantize:m.rag.lora.int4", "serve:m.rag.lora.int4", "score:m.rag.lora.int4",
                     "adapt:m.rag.qlora", "merge:m.rag.qlora", "serve:m.rag.qlora.merged", "score:m.rag.qlora.merged"}));
  expect_dependency_order(*plan);
  EXPECT_EQ(plan->variants[3].stages,
            (std::vector<std::string>{"import:m", "adapt:m.rag.lora", "merge:m.rag.lora", "quantize:m.rag.lora.int4",
                                      "serve:m.rag.lora.int4", "score:m.rag.lora.int4"}));
  EXPECT_EQ(plan->variants[0].model_stage, "import:m");
  EXPECT_EQ(plan->variants[4].model_stage, "merge:m.rag.qlora");
}

TEST(Expand, QuantizesAnUnadaptedBaseOnceForAllTasks) {
  auto options = testing::small_machine();
  const auto plan = plan_of(with(with(kSmallStudy, "[fp16]", "[fp16, int4]"), "[rag]", "[rag, chat]"), options);
  ASSERT_TRUE(plan);
  int bases = 0;
  for (const auto& stage : plan->stages) bases += stage.id == "quantize:m.int4" ? 1 : 0;
  EXPECT_EQ(bases, 1);
  EXPECT_EQ(plan->variants.size(), 12U);
  expect_dependency_order(*plan);
}

TEST(Expand, TheSameStudyHasTheSameKeys) {
  const auto a = plan_of(kSmallStudy);
  const auto b = plan_of("# a comment\n" + kSmallStudy);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->key, b->key);
  EXPECT_EQ(keys_of(*a), keys_of(*b));
}

TEST(Expand, KeysChangeOnlyWhereASettingMatters) {
  using Kinds = std::set<StageKind>;
  using enum StageKind;
  const auto base = plan_of(kSmallStudy);
  ASSERT_TRUE(base);
  const auto after = [&](const std::string& more) {
    const auto plan = plan_of(kSmallStudy + more);
    EXPECT_TRUE(plan) << more;
    EXPECT_NE(plan->key, base->key) << more;
    return changed_kinds(*base, *plan);
  };
  EXPECT_EQ(after("load: {max_tokens: 8}\n"), (Kinds{serve, score}));
  EXPECT_EQ(after("load: {items: 8}\n"), (Kinds{serve, score}));
  EXPECT_EQ(after("engine: {threads: 1}\n"), (Kinds{serve, score}));
  EXPECT_EQ(after("adapt: {rank: 8}\n"), (Kinds{adapt, merge, quantize, serve, score}));
  EXPECT_EQ(after("prices: {api_usd_per_request: 1}\n"), Kinds{});
  // A default that is written out is the same study.
  EXPECT_EQ(plan_of(kSmallStudy + "adapt: {rank: 16}\n")->key, base->key);
}

TEST(Expand, AnAdaptSettingLeavesTheUnadaptedBaseAlone) {
  const auto a = plan_of(kSmallStudy);
  const auto b = plan_of(kSmallStudy + "adapt: {seed: 2}\n");
  ASSERT_TRUE(a && b);
  EXPECT_EQ(keys_of(*a)["score:m.rag.none.fp16"], keys_of(*b)["score:m.rag.none.fp16"]);
  EXPECT_NE(keys_of(*a)["score:m.rag.lora.fp16"], keys_of(*b)["score:m.rag.lora.fp16"]);
}

TEST(Expand, KeysFollowFilesEngineAndTools) {
  using Kinds = std::set<StageKind>;
  using enum StageKind;
  const auto base = plan_of(kSmallStudy);
  auto options = testing::small_machine();
  options.tool_versions = "tools 2";
  EXPECT_EQ(changed_kinds(*base, *plan_of(kSmallStudy, options)).size(), 6U);
  options = testing::small_machine();
  options.identify_engine = [](const std::string&) -> Result<std::string> { return std::string("other"); };
  EXPECT_EQ(changed_kinds(*base, *plan_of(kSmallStudy, options)), (Kinds{serve, score}));
  options = testing::small_machine();
  options.digest = [](const std::filesystem::path& path) -> Result<std::string> {
    return path.filename() == "examples" ? "new data" : path.string();
  };
  EXPECT_EQ(changed_kinds(*base, *plan_of(kSmallStudy, options)), (Kinds{adapt, merge, quantize, serve, score}));
  options.digest = [](const std::filesystem::path& path) -> Result<std::string> {
    return path.filename() == "LICENSE" ? "new weights" : path.string();
  };
  EXPECT_EQ(changed_kinds(*base, *plan_of(kSmallStudy, options)).size(), 6U);
}

TEST(Expand, TheQuickstartHasFiveVariantsAndSeventeenStages) {
  auto options = testing::small_machine();
  options.need_all = true;
  const auto plan = load_plan(std::filesystem::path(EDGEEVAL_SOURCE_DIR) / "examples/quickstart.yaml", options);
  ASSERT_TRUE(plan) << plan.error().front().where << plan.error().front().message;
  EXPECT_EQ(plan->variants.size(), 5U);
  EXPECT_EQ(plan->stages.size(), 17U);
  expect_dependency_order(*plan);
}

TEST(Expand, ThePaperGridHas72VariantsWithoutItsModelsBeingThere) {
  const auto plan = load_plan(std::filesystem::path(EDGEEVAL_SOURCE_DIR) / "examples/paper-grid.yaml", testing::small_machine());
  ASSERT_TRUE(plan) << plan.error().front().where << plan.error().front().message;
  EXPECT_EQ(plan->variants.size(), 72U);
  EXPECT_EQ(plan->stages.size(), 6U + 36U + 36U + 36U + 72U + 72U);
  EXPECT_EQ(plan->missing.size(), 8U);  // Six models, two tasks.
  expect_dependency_order(*plan);
  std::set<std::string> keys;
  for (const auto& stage : plan->stages) keys.insert(stage.key);
  EXPECT_EQ(keys.size(), plan->stages.size());
}

TEST(PlanText, JsonAndGraphNameEveryStage) {
  const auto plan = plan_of(kSmallStudy + "adapt: {rank: 8}\n");
  ASSERT_TRUE(plan);
  const auto json = plan_to_json(*plan);
  const auto graph = stage_graph_text(*plan);
  EXPECT_EQ(json["stages"].size(), 17U);
  for (const auto& stage : json["stages"]) EXPECT_NE(graph.find(stage["id"].get<std::string>()), std::string::npos);
  EXPECT_EQ(json["settings"][0]["requested"], "8");
  EXPECT_FALSE(json["settings"][1].contains("requested"));
}

TEST(Names, ReadBackAsThemselves) {
  for (const auto each : {Adaptation::none, Adaptation::lora, Adaptation::qlora}) EXPECT_EQ(adaptation_from(to_string(each)), each);
  for (const auto each : {Precision::fp16, Precision::int8, Precision::int4, Precision::merged}) EXPECT_EQ(precision_from(to_string(each)), each);
  EXPECT_EQ(stage_kind_from("serve"), StageKind::serve);
  EXPECT_FALSE(precision_from("int2"));
}

}  // namespace
}  // namespace edgeeval
