// SPDX-License-Identifier: Apache-2.0
#include "probe/amd_gpu.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include "support/fake_amd_smi.hpp"
#include "unit/probe/fixtures.hpp"

namespace edgeeval {
namespace {

class AmdGpuTest : public testing::Test {
 protected:
  AmdGpuTest() : handle_(::dlopen(FAKE_AMD_SMI, RTLD_NOW | RTLD_LOCAL)) {
    using Get = fake_amd_smi::State* (*)();
    gpu_ = reinterpret_cast<Get>(::dlsym(handle_, fake_amd_smi::kStateSymbol))();
    *gpu_ = {};
  }
  ~AmdGpuTest() override { ::dlclose(handle_); }
  AmdGpuTest(const AmdGpuTest&) = delete;
  AmdGpuTest& operator=(const AmdGpuTest&) = delete;

  [[nodiscard]] AmdGpuSources open() const { return open_amd_gpu_sources(clock_, FAKE_AMD_SMI); }
  /// Lets time pass while the counter rises by so many watts.
  void draw(double watts, double seconds) {
    clock_.advance(seconds);
    gpu_->counter += static_cast<std::uint64_t>(watts * seconds / 15.3e-6);
  }

  FakeClock clock_;
  fake_amd_smi::State* gpu_ = nullptr;

 private:
  void* handle_;
};

TEST_F(AmdGpuTest, OffersCounterAndWattsAtOnePoint) {
  {
    const auto sources = open();
    ASSERT_EQ(sources.probes.size(), 2U) << sources.why_not;
    EXPECT_EQ(sources.probes[0]->info().id, "amdsmi:21ff74a1-0000-1000-80e9-a41d30ae7a59");
    EXPECT_EQ(sources.probes[0]->info().kind, ReadingKind::counter);
    EXPECT_EQ(sources.probes[1]->info().measuring_point(), sources.probes[0]->info().measuring_point());
    EXPECT_EQ(sources.devices[0].pci, "0001:c1:02.1");
    EXPECT_DOUBLE_EQ(sources.probes[1]->read()->power.value(), 100.0);
    EXPECT_EQ(gpu_->ends, 0);
  }
  EXPECT_EQ(gpu_->starts, 1);
  EXPECT_EQ(gpu_->ends, 1);
}

TEST_F(AmdGpuTest, TrustsACounterThatAgreesWithThePower) {
  auto sources = open();
  EXPECT_FALSE(sources.probes[0]->read()) << "on trial";
  draw(100.0, 0.3);
  EXPECT_FALSE(sources.probes[0]->read()) << "still on trial";
  draw(100.0, 0.3);
  const auto first = sources.probes[0]->read();
  ASSERT_TRUE(first) << first.error().message;
  draw(80.0, 10.0);
  EXPECT_NEAR((sources.probes[0]->read()->energy - first->energy).value(), 800.0, 0.01);
}

// amdsmi #38, #115 and rocm_smi_lib #180: counters that stand still, go back or are wrong.
TEST_F(AmdGpuTest, NeverTrustsACounterThatDoesNot) {
  for (const double counted : {0.0, 20.0, 900.0}) {
    auto sources = open();
    draw(counted, 0.6);
    const auto reading = sources.probes[0]->read();
    ASSERT_FALSE(reading) << counted;
    EXPECT_NE(reading.error().message.find("is not used"), std::string::npos);
    draw(100.0, 10.0);
    EXPECT_FALSE(sources.probes[0]->read()) << "the verdict stands";
    EXPECT_TRUE(sources.probes[1]->read());
  }
  gpu_->counter = 1'000'000'000;
  auto sources = open();
  clock_.advance(0.6);
  gpu_->counter = 5;
  EXPECT_FALSE(sources.probes[0]->read());
}

TEST_F(AmdGpuTest, SaysWhatIsRefused) {
  gpu_->energy_status = 2;
  EXPECT_EQ(open().probes.size(), 1U);
  gpu_->power_status = 2;
  const auto sources = open();
  EXPECT_TRUE(sources.probes.empty());
  EXPECT_NE(sources.why_not.find("status 2"), std::string::npos);
  gpu_->init_status = 7;
  EXPECT_FALSE(open().library);
  EXPECT_NE(open_amd_gpu_sources(clock_, "libedgeeval-not-there.so").why_not.find("not installed"),
            std::string::npos);
  EXPECT_NE(open_amd_gpu_sources(clock_, "libc.so.6").why_not.find("lacks"), std::string::npos);
}

TEST_F(AmdGpuTest, ReadsBothLayoutsOfThePowerStructure) {
  gpu_->new_layout = true;
  EXPECT_DOUBLE_EQ(open().probes[1]->read()->power.value(), 100.0);
  AmdPowerWords words{};
  words[0] = 0xffffffffU;
  words[1] = 0xffffffffU;
  EXPECT_FALSE(amd_power_watts(words).has_value());
  words[1] = 0;
  EXPECT_FALSE(amd_power_watts(words).has_value());
}

TEST_F(AmdGpuTest, FallsBackToThePciAddress) {
  gpu_->identity_status = 2;
  EXPECT_EQ(open().probes[0]->info().id, "amdsmi:0001:c1:02.1");
}

}  // namespace
}  // namespace edgeeval
