// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "serving/summary.hpp"

namespace edgeeval {
namespace {

TEST(Objectives, AreReadWithQuantileAndUnit) {
  const auto objectives = parse_objectives("ttft_p99=200ms,tpot=50000us,itl_p99.9=0.1s,e2e_service_p50=3s");
  ASSERT_TRUE(objectives.has_value());
  ASSERT_EQ(objectives->size(), 4U);
  EXPECT_EQ((*objectives)[0].metric, "ttft_user");
  EXPECT_DOUBLE_EQ((*objectives)[0].limit, 0.2);
  EXPECT_DOUBLE_EQ(*(*objectives)[0].quantile, 0.99);
  EXPECT_EQ((*objectives)[1].metric, "tpot");
  EXPECT_DOUBLE_EQ((*objectives)[1].limit, 0.05);
  EXPECT_FALSE((*objectives)[1].quantile.has_value());
  EXPECT_EQ((*objectives)[2].metric, "itl_delivered");
  EXPECT_DOUBLE_EQ(*(*objectives)[2].quantile, 0.999);
  EXPECT_EQ((*objectives)[3].metric, "e2e_service");
}

/// The message and hint of the error that `text` makes.
std::string refusal(const std::string& text) {
  const auto objectives = parse_objectives(text);
  if (objectives) return "accepted";
  EXPECT_EQ(objectives.error().code, ErrorCode::usage);
  return objectives.error().message + " | " + objectives.error().hint;
}

TEST(Objectives, AreRefusedWithWhatIsWrong) {
  EXPECT_NE(refusal("ttft").find("has no limit"), std::string::npos);
  EXPECT_NE(refusal("ttft=200").find("with its unit"), std::string::npos);
  EXPECT_NE(refusal("ttft=-3ms").find("not a positive time"), std::string::npos);
  EXPECT_NE(refusal("ttft=nans").find("not a positive time"), std::string::npos);
  EXPECT_NE(refusal("ttft_p100=2s").find("no percentile"), std::string::npos);
  EXPECT_NE(refusal("ttft_p97=2s").find("not computed"), std::string::npos);
  EXPECT_NE(refusal("ttft_p97=2s").find("p50, p90, p95, p99, p99.9"), std::string::npos);
  EXPECT_NE(refusal("tttf=2s").find("did you mean"), std::string::npos);
  EXPECT_NE(refusal("output_tokens=2s").find("no metric"), std::string::npos);
  EXPECT_NE(refusal("ttft=2s,ttft_user=3s").find("two objectives"), std::string::npos);
  EXPECT_NE(refusal("").find("has no limit"), std::string::npos);
  EXPECT_NE(refusal("ttft=2s,").find("has no limit"), std::string::npos);
}

}  // namespace
}  // namespace edgeeval
