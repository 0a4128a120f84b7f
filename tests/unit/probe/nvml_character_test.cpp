// SPDX-License-Identifier: Apache-2.0
#include "probe/nvml_character.hpp"

#include <gtest/gtest.h>

namespace edgeeval::nvml {
namespace {

SensorCharacter character(const char* name, unsigned architecture, std::optional<PowerWay> way) {
  return default_character(name, architecture, way, Watts(100.0));
}

TEST(NvmlCharacter, KnowsWhichReadingsAreMeansOverASecond) {
  EXPECT_EQ(character("NVIDIA A10", 7, PowerWay::usage_call).averaging->value(), 1.0);
  EXPECT_EQ(character("NVIDIA L4", 8, PowerWay::usage_call).averaging->value(), 1.0);
  EXPECT_EQ(character("NVIDIA H100", 9, PowerWay::usage_call).averaging->value(), 1.0);
  EXPECT_EQ(character("NVIDIA A100-SXM4-40GB", 7, PowerWay::usage_call).averaging->value(), 0.025);
  EXPECT_EQ(character("NVIDIA H100", 9, PowerWay::instant_field).averaging->value(), 0.025);
  EXPECT_FALSE(character("Tesla T4", 6, PowerWay::usage_call).averaging.has_value());
  EXPECT_EQ(character("Tesla T4", 6, PowerWay::average_field).averaging->value(), 1.0);
}

TEST(NvmlCharacter, DoesNotTakeSmallBoardsForTheirBigNamesakes) {
  EXPECT_EQ(character("NVIDIA RTX A1000", 7, PowerWay::usage_call).averaging->value(), 1.0);
  EXPECT_EQ(character("NVIDIA RTX A3000 Laptop GPU", 7, PowerWay::usage_call).averaging->value(), 1.0);
}

TEST(NvmlCharacter, DoubtsTuringAndUnknownBoardsMost) {
  EXPECT_DOUBLE_EQ(character("Tesla T4", 6, {}).gain_half_width, 0.13);
  EXPECT_DOUBLE_EQ(character("Tesla V100", 5, {}).gain_half_width, 0.05);
  EXPECT_DOUBLE_EQ(character("NVIDIA L4", 8, {}).gain_half_width, 0.05);
  EXPECT_DOUBLE_EQ(default_character("New", std::nullopt, {}, {}).gain_half_width, 0.13)
      << "nobody has studied it: the worst that was published";
}

TEST(NvmlCharacter, SaysThatItIsADefault) {
  const auto found = character("Tesla V100", 5, {});
  EXPECT_EQ(found.origin, "default (Volta)");
  EXPECT_DOUBLE_EQ(found.period->value(), 0.02);
  EXPECT_DOUBLE_EQ(found.averaging->value(), 0.01);
  EXPECT_DOUBLE_EQ(found.ceiling->value(), 100.0);
  EXPECT_EQ(architecture_name(6), "Turing");
  EXPECT_EQ(architecture_name(99), "unknown architecture");
}

}  // namespace
}  // namespace edgeeval::nvml
