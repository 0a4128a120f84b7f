// SPDX-License-Identifier: Apache-2.0
#include "probe/power_model.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace edgeeval {
namespace {

TEST(VcpuPowerModel, IsTheMeanOfThreeProvidersWithinTheirExtremes) {
  const auto model = vcpu_power_model(2);
  EXPECT_NEAR(model.idle_w, 2.0 * (0.71 + 0.74 + 0.78) / 3.0, 1e-12);
  EXPECT_NEAR(model.full_w, 2.0 * (4.26 + 3.5 + 3.76) / 3.0, 1e-12);
  EXPECT_DOUBLE_EQ(model.lo_w, 2.0 * 0.40) << "AWS, Graviton at rest";
  EXPECT_DOUBLE_EQ(model.hi_w, 2.0 * 9.85) << "AWS, Sandy Bridge at full load";
  EXPECT_NE(model.detail.find("Cloud Carbon Footprint"), std::string::npos);
}

TEST(UnknownCpuPowerModel, SpansBothFallbacks) {
  const auto small = unknown_cpu_power_model(8);  // 32 W by threads, 85 W by the other rule.
  EXPECT_DOUBLE_EQ(small.idle_w, 3.2);
  EXPECT_DOUBLE_EQ(small.full_w, 32.0);
  EXPECT_DOUBLE_EQ(small.lo_w, 0.64);
  EXPECT_DOUBLE_EQ(small.hi_w, 255.0);
  const auto large = unknown_cpu_power_model(64);
  EXPECT_DOUBLE_EQ(large.lo_w, 1.7);
  EXPECT_DOUBLE_EQ(large.hi_w, 768.0);
}

TEST(MemoryPowerModel, CountsWattsByGigabyteAndBoundsByModules) {
  const auto model = memory_power_model(24.0, false);
  EXPECT_NEAR(model.idle_w, 9.408, 1e-12);
  EXPECT_EQ(model.idle_w, model.full_w);
  EXPECT_DOUBLE_EQ(model.lo_w, 6.0);   // Four modules of 1.5 W.
  EXPECT_DOUBLE_EQ(model.hi_w, 20.0);  // Four modules of 5 W: three of 8 GB come as four.
  EXPECT_DOUBLE_EQ(memory_power_model(1.0, false).hi_w, 10.0) << "two modules at least";
  EXPECT_DOUBLE_EQ(memory_power_model(1.0, false).lo_w, 0.375);
}

TEST(MemoryPowerModel, HoldsWhatCodeCarbonSays) {
  // CodeCarbon 3.3.2, external/ram.py, on x86: 5 W a module, a tenth less from the fifth on.
  for (const auto& [gigabytes, watts] : {std::pair{4.0, 10.0},
                                         {16.0, 10.0},
                                         {24.0, 20.0},
                                         {32.0, 20.0},
                                         {64.0, 20.0},
                                         {128.0, 38.0},
                                         {512.0, 38.0}}) {
    const auto model = memory_power_model(gigabytes, false);
    EXPECT_LE(model.lo_w, watts) << gigabytes;
    EXPECT_GE(model.hi_w, watts) << gigabytes;
  }
}

TEST(MemoryPowerModel, MayBeNothingBesideTheVcpuModel) {
  EXPECT_EQ(memory_power_model(24.0, true).lo_w, 0.0);
}

TEST(VcpuPowerModel, IsTheProvidersOwnWhereItIsKnown) {
  EXPECT_EQ(provider_from_vendor("Google"), CloudProvider::google);
  EXPECT_EQ(provider_from_vendor("Amazon EC2"), CloudProvider::amazon);
  EXPECT_EQ(provider_from_vendor("Microsoft Corporation"), CloudProvider::microsoft);
  EXPECT_FALSE(provider_from_vendor("QEMU").has_value());
  EXPECT_FALSE(provider_from_vendor("").has_value());
  const auto model = vcpu_power_model(4, CloudProvider::amazon);
  EXPECT_DOUBLE_EQ(model.idle_w, 4.0 * 0.74);
  EXPECT_DOUBLE_EQ(model.full_w, 4.0 * 3.5);
  EXPECT_DOUBLE_EQ(model.lo_w, 4.0 * 0.40);
  EXPECT_DOUBLE_EQ(model.hi_w, 4.0 * 9.85);
  EXPECT_DOUBLE_EQ(vcpu_power_model(1, CloudProvider::google).hi_w, 8.56);
  EXPECT_DOUBLE_EQ(vcpu_power_model(1, CloudProvider::microsoft).hi_w, 6.02);
}

TEST(TdpPowerModel, SpansAFiftiethToWhatTurboMayDraw) {
  const auto model = tdp_power_model(95.0, "a test");
  EXPECT_DOUBLE_EQ(model.idle_w, 9.5);
  EXPECT_DOUBLE_EQ(model.full_w, 95.0);
  EXPECT_DOUBLE_EQ(model.lo_w, 1.9);
  EXPECT_DOUBLE_EQ(model.hi_w, 118.75);
  EXPECT_DOUBLE_EQ(tdp_power_model(95.0, "a test", 190.0).hi_w, 190.0);
  EXPECT_NE(model.detail.find("a test"), std::string::npos);
}

TEST(GpuPowerModel, IsByBoardAndLimit) {
  const auto t4 = gpu_power_model("Tesla T4", std::nullopt);
  ASSERT_TRUE(t4.has_value());
  EXPECT_EQ(t4->idle_w, 8.0);
  EXPECT_EQ(t4->hi_w, 71.0);
  EXPECT_DOUBLE_EQ(t4->lo_w, 0.035 * 71.0);
  EXPECT_LE(gpu_power_model("Tesla V100", 300.0)->lo_w, 27.0) << "seen at rest: ollama issue 8591";
  EXPECT_LE(gpu_power_model("NVIDIA RTX 3060", 170.0)->lo_w, 6.0) << "seen at rest: llama.cpp issue 4598";
  EXPECT_EQ(gpu_power_model("Tesla T4", 50.0)->full_w, 50.0);
  EXPECT_EQ(gpu_power_model("NVIDIA A100-SXM4-40GB", std::nullopt)->full_w, 407.0);
  EXPECT_FALSE(gpu_power_model("Tesla P40", std::nullopt).has_value()) << "no P4";
  EXPECT_NEAR(gpu_power_model("NVIDIA H100", 700.0)->idle_w, 79.1, 1e-9);
  EXPECT_LE(gpu_power_model("Tesla V100-SXM2-16GB", 20.0)->idle_w, 20.0);
}

TEST(PowerModels, KeepTheirBoundsInOrder) {
  for (int size = 1; size <= 512; ++size) {
    for (const auto& model :
         {vcpu_power_model(size), unknown_cpu_power_model(size), memory_power_model(size, false),
          memory_power_model(size, true), memory_power_model(size * 8.0, false)}) {
      EXPECT_LE(model.lo_w, model.idle_w) << size << model.title;
      EXPECT_LE(model.idle_w, model.full_w) << size << model.title;
      EXPECT_LE(model.full_w, model.hi_w) << size << model.title;
    }
  }
}

}  // namespace
}  // namespace edgeeval
