// SPDX-License-Identifier: Apache-2.0
// What the shipped task promises: enough items of many kinds, and none seen in training.
#include <gtest/gtest.h>

#include <set>

#include "task/dataset.hpp"
#include "task/task.hpp"

namespace edgeeval {
namespace {

class ShippedRagTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto task = load_task(EDGEEVAL_SOURCE_DIR "/data/tasks/rag");
    ASSERT_TRUE(task.has_value()) << task.error().message;
    auto eval = read_items(task->eval_file);
    ASSERT_TRUE(eval.has_value()) << eval.error().where << ": " << eval.error().message;
    auto train = read_items(task->train_file);
    ASSERT_TRUE(train.has_value()) << train.error().where << ": " << train.error().message;
    eval_ = *eval;
    train_ = *train;
  }
  std::vector<TaskItem> eval_, train_;
};

TEST_F(ShippedRagTest, HoldsEnoughItems) {
  EXPECT_EQ(eval_.size(), 120U);
  EXPECT_GE(train_.size(), 300U);
}

TEST_F(ShippedRagTest, AsksNothingAboutATextSeenInTraining) {
  std::set<std::string> seen;
  for (const auto& item : train_) seen.insert(item.context);
  for (const auto& item : eval_) EXPECT_FALSE(seen.contains(item.context)) << item.id;
}

TEST_F(ShippedRagTest, NamesEachItemOnce) {
  std::set<std::string> ids;
  for (const auto* items : {&train_, &eval_}) {
    for (const auto& item : *items) EXPECT_TRUE(ids.insert(item.id).second) << item.id;
  }
}

TEST_F(ShippedRagTest, DrawsOnManyStyles) {
  std::set<std::string> styles;
  for (const auto* items : {&train_, &eval_}) {
    for (const auto& item : *items) styles.insert(item.style);
  }
  EXPECT_FALSE(styles.contains(""));
  EXPECT_GE(styles.size(), 20U);
}

}  // namespace
}  // namespace edgeeval
