// SPDX-License-Identifier: Apache-2.0
#include "economics/paper_formulas.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace edgeeval::paper {
namespace {

TEST(NBreak, IsTheElectricityOfTrainingOverWhatARequestSaves) {
  // 0.36 MJ = 0.1 kWh = 0.012 USD; a request saves 0.00125 − 36/3.6e6·0.12 = 0.0012488 USD.
  EXPECT_NEAR(*n_break(Joules(3.6e5), Joules(36.0), Constants{}), 0.012 / 0.0012488, 1e-12);
}

TEST(NBreak, IsNeverWhereARequestCostsAsMuchAsTheApi) {
  EXPECT_FALSE(n_break(Joules(1.0), Joules(37500.001), Constants{})) << "37.5 kJ cost 0.00125 USD";
  EXPECT_FALSE(n_break(Joules(1.0), Joules(1e6), Constants{}));
  EXPECT_TRUE(n_break(Joules(1.0), Joules(37499.0), Constants{}));
}

TEST(NBreak, FollowsThePriceItIsGiven) {
  Constants dear;
  dear.api_usd_per_request = 0.005;
  EXPECT_NEAR(*n_break(Joules(3.6e5), Joules(0.0), dear), 0.012 / 0.005, 1e-12);
}

TEST(Ipw, DividesChatScoresByTen) {
  EXPECT_DOUBLE_EQ(ipw(0.75, Joules(2.5), false), 0.3);
  EXPECT_DOUBLE_EQ(ipw(7.5, Joules(2.5), true), 0.3);
}

TEST(CTax, IsLoadTimesPowerOverARequest) {
  EXPECT_DOUBLE_EQ(c_tax(Seconds(20.0), Watts(100.0), Joules(8.0)), 250.0);
}

TEST(QRet, IsAPercentage) { EXPECT_DOUBLE_EQ(q_ret(0.6, 0.75), 0.6 / 0.75 * 100.0); }

TEST(NominalGb, IsThePapersTable) {
  EXPECT_EQ(nominal_gb("1B", "FP16"), 2.0);
  EXPECT_EQ(nominal_gb("1B", "INT8"), 1.0);
  EXPECT_EQ(nominal_gb("1B", "INT4"), 0.625);
  EXPECT_EQ(nominal_gb("3B", "INT4"), 1.875);
  EXPECT_EQ(nominal_gb("7B", "MERGED"), 4.375) << "merged QLoRA counts as four-bit";
  EXPECT_FALSE(nominal_gb("13B", "FP16"));
  EXPECT_FALSE(nominal_gb("1B", "FP8"));
}

}  // namespace
}  // namespace edgeeval::paper
