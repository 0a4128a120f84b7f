// SPDX-License-Identifier: Apache-2.0
#include "decision/compared_metrics.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

TEST(ComparedMetrics, HaveEveryMetricOfTheTableWithItsDirection) {
  for (const auto& row : metric_table()) {
    const auto metric = compared_metric(row.mode, row.id);
    EXPECT_EQ(metric.better, row.direction) << row.id;
    EXPECT_GE(metric.margin, 0.0) << row.id;
  }
  EXPECT_GE(compared_metrics().size(), metric_table().size());
}

TEST(ComparedMetrics, ComparesScoresByItemsWithinTwoPoints) {
  const auto f1 = compared_metric("observed", "token_f1");
  EXPECT_EQ(f1.evidence, Evidence::items);
  EXPECT_FALSE(f1.relative);
  EXPECT_DOUBLE_EQ(margin_at(f1, 0.5), 0.02);
  EXPECT_EQ(margin_text(f1), "0.02");
  const auto joules = compared_metric("", "j_per_request");
  EXPECT_EQ(joules.mode, "observed") << "an empty mode takes the one that has it";
  EXPECT_EQ(joules.evidence, Evidence::energy);
  EXPECT_DOUBLE_EQ(margin_at(joules, -200.0), 10.0) << "5 % of the first figure's size";
}

TEST(ComparedMetrics, KnowsNoBetterWayOfAStranger) {
  const auto stranger = compared_metric("honest", "colour");
  EXPECT_FALSE(stranger.better);
  EXPECT_EQ(stranger.id, "colour");
  EXPECT_DOUBLE_EQ(stranger.margin, 0.05);
  EXPECT_TRUE(stranger.relative);
}

TEST(ComparedMetrics, KnowsWhatCanBeBelowZero) {
  EXPECT_TRUE(compared_metric("", "j_per_request_net").negative);
  EXPECT_TRUE(compared_metric("honest", "saving").negative);
  EXPECT_EQ(compared_metric("honest", "saving").better, Direction::higher_is_better);
  EXPECT_FALSE(compared_metric("", "token_f1").negative);
}

}  // namespace
}  // namespace edgeeval
