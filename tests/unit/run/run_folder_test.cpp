// SPDX-License-Identifier: Apache-2.0
#include "run/run_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "small_plan.hpp"
#include "support/run_program.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;
using testing::TempFolder;

TEST(RunFolder, RefusesAnotherStudysRecord) {
  const TempFolder temp;
  auto plan = testing::small_plan(temp.path());
  ASSERT_TRUE(open_run_folder(temp.path() / "run", plan));
  plan.key = "another plan";
  const auto again = open_run_folder(temp.path() / "run", plan);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::record_mismatch);
}

TEST(RunFolder, IsHeldByOneProcessAtATime) {
  const TempFolder temp;
  const auto plan = testing::small_plan(temp.path());
  const auto first = open_run_folder(temp.path() / "run", plan);
  ASSERT_TRUE(first);
  EXPECT_FALSE(open_run_folder(temp.path() / "run", plan));
}

TEST(RunFolder, AnEmptyOrTornFirstLineCountsAsNew) {
  const TempFolder temp;
  const auto plan = testing::small_plan(temp.path());
  fs::create_directories(temp.path() / "run");
  std::ofstream(temp.path() / "run/record.jsonl") << R"({"type":"rec)";
  const auto folder = open_run_folder(temp.path() / "run", plan);
  ASSERT_TRUE(folder) << folder.error().message;
  EXPECT_EQ(folder->sitting, 1);
}

TEST(RunFolder, AnArtifactOfAnotherSizeIsNotValid) {
  const TempFolder temp;
  std::ofstream(temp.path() / "model.gguf") << "12345";
  StageRecord stage;
  stage.key = "k";
  stage.artifacts = {{"model", "model.gguf", 5, ""}};
  EXPECT_TRUE(still_valid(stage, "k", temp.path()));
  EXPECT_FALSE(still_valid(stage, "other key", temp.path()));
  stage.artifacts[0].bytes = 6;
  EXPECT_FALSE(still_valid(stage, "k", temp.path()));
}

TEST(RunFolder, FindsTheNewestUnfinishedRunOfTheSamePlan) {
  const TempFolder temp;
  const auto plan = testing::small_plan(temp.path());
  for (const char* name : {"small-1", "small-2", "other-3"})
    ASSERT_TRUE(open_run_folder(temp.path() / name, plan));
  const auto found = find_unfinished(temp.path(), plan);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->filename(), "small-2");
  auto changed = plan;
  changed.key = "another";
  EXPECT_FALSE(find_unfinished(temp.path(), changed));
}

}  // namespace
}  // namespace edgeeval
