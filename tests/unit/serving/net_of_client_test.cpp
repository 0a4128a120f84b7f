// SPDX-License-Identifier: Apache-2.0
#include "serving/net_of_client.hpp"

#include <gtest/gtest.h>

namespace edgeeval {
namespace {

Fact joules(double value, std::optional<double> lo, std::optional<double> hi, Grade grade) {
  return Fact{value, "J", lo, hi, grade, {"source"}};
}

EnergyByPhase by_phase() {
  EnergyByPhase phases;
  phases.joules_per_reply_token = joules(0.5, 0.4, 0.6, Grade::computed);
  phases.joules_per_request = joules(10.0, 9.0, 11.0, Grade::computed);
  phases.requests = 10.0;
  phases.reply_tokens = 100.0;
  return phases;
}

TEST(NetOfClient, TakesTheClientsPartOffWithBothUncertainties) {
  const auto client = joules(4.0, 2.0, 6.0, Grade::computed);
  const auto net = net_of_client(joules(200.0, 190.0, 210.0, Grade::measured), by_phase(), client);
  ASSERT_TRUE(net.load && net.request && net.reply_token);
  EXPECT_DOUBLE_EQ(net.load->value, 196.0);
  EXPECT_DOUBLE_EQ(*net.load->lo, 184.0);
  EXPECT_DOUBLE_EQ(*net.load->hi, 208.0);
  EXPECT_EQ(net.load->grade, Grade::computed);
  EXPECT_DOUBLE_EQ(net.request->value, 9.6);
  EXPECT_DOUBLE_EQ(*net.request->lo, 8.4);
  EXPECT_DOUBLE_EQ(*net.request->hi, 10.8);
  EXPECT_DOUBLE_EQ(net.reply_token->value, 0.46);
  EXPECT_DOUBLE_EQ(*net.reply_token->lo, 0.34);
  EXPECT_DOUBLE_EQ(*net.reply_token->hi, 0.58);
}

TEST(NetOfClient, IsModelledWhereTheClientsPartIs) {
  const auto net =
      net_of_client(joules(200.0, {}, {}, Grade::measured), {}, joules(4.0, 2.0, 6.0, Grade::modelled));
  ASSERT_TRUE(net.load.has_value());
  EXPECT_EQ(net.load->grade, Grade::modelled);
  EXPECT_DOUBLE_EQ(*net.load->lo, 194.0);
  EXPECT_DOUBLE_EQ(*net.load->hi, 198.0);
  EXPECT_FALSE(net.request.has_value());
  EXPECT_FALSE(net.reply_token.has_value());
}

TEST(NetOfClient, StaysOpenAbove) {
  const auto net =
      net_of_client(joules(200.0, 190.0, {}, Grade::measured), {}, joules(4.0, 2.0, 6.0, Grade::modelled));
  EXPECT_DOUBLE_EQ(*net.load->lo, 184.0);
  EXPECT_FALSE(net.load->hi.has_value());
}

TEST(NetOfClient, SpreadsNothingOverNothing) {
  auto phases = by_phase();
  phases.requests = 0.0;
  phases.reply_tokens = 0.0;
  const auto net = net_of_client({}, phases, joules(4.0, 2.0, 6.0, Grade::modelled));
  EXPECT_FALSE(net.load || net.request || net.reply_token);
}

}  // namespace
}  // namespace edgeeval
