// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "energy/counter_window.hpp"
#include "support/energy_series.hpp"

namespace edgeeval::energy {
namespace {

Series model() {
  Series series;
  // 10 W, between 4 W and 20 W; 30 W from 2 s on.
  series.samples = {
      {0.0, 0.0, 0, 0, 0}, {1.0, 1.0, 10, 4, 20}, {2.0, 2.0, 20, 8, 40}, {3.0, 3.0, 50, 12, 60}};
  return series;
}

TEST(ModelWindow, TakesDifferencesOfEstimateAndBounds) {
  const auto result = model_window(model(), {0.5, 2.5});
  ASSERT_TRUE(result.has_value());
  EXPECT_DOUBLE_EQ(result->joules, 35.0 - 5.0);
  EXPECT_DOUBLE_EQ(result->lo_j, 10.0 - 2.0);
  EXPECT_DOUBLE_EQ(result->hi_j, 50.0 - 10.0);
  EXPECT_TRUE(result->hard);
  EXPECT_EQ(result->method, "model");
  EXPECT_DOUBLE_EQ(result->peak_w, 30.0);
}

TEST(ModelWindow, HoldsItsRateOneSpacingBeyondTheReadingsOnly) {
  EXPECT_DOUBLE_EQ(model_window(model(), {1.0, 3.5}).value().joules, 55.0);
  EXPECT_FALSE(model_window(model(), {1.0, 4.5}).has_value());
  EXPECT_FALSE(model_window(model(), {-1.5, 2.0}).has_value());
}

TEST(ModelWindow, FewerThanTwoReadingsAreNotMeasured) {
  Series series = model();
  series.samples.resize(1);
  EXPECT_EQ(model_window(series, {0.0, 1.0}).error().reason, "fewer than two readings");
}

}  // namespace
}  // namespace edgeeval::energy
