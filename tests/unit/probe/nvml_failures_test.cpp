// SPDX-License-Identifier: Apache-2.0
// What went wrong in other tools, on the same input.
#include "unit/probe/nvml_fixture.hpp"

namespace edgeeval {
namespace {

constexpr const char* kEnergyCall = "nvmlDeviceGetTotalEnergyConsumption";
constexpr const char* kPowerCall = "nvmlDeviceGetPowerUsage";

// DCGM checks the return of the call, but not that of the field.
TEST_F(NvmlTest, DcgmUncheckedFieldIsNoNumber) {
  gpu().field_returns[nvml::kFieldPowerInstant] = nvml::kNotSupported;
  auto sources = open();
  ASSERT_EQ(sources.probes.size(), 2U);
  EXPECT_EQ(sources.devices[0].power.how, "nvmlDeviceGetPowerUsage");
  EXPECT_DOUBLE_EQ(sources.probes[1]->read()->power.value(), 50.0);
}

TEST_F(NvmlTest, DcgmUncheckedFieldIsNoNumberLater) {
  auto sources = open();
  EXPECT_TRUE(sources.probes[1]->read());
  gpu().field_returns[nvml::kFieldPowerInstant] = 999;
  const auto reading = sources.probes[1]->read();
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, ErrorCode::unavailable);
}

TEST_F(NvmlTest, DecodesAFieldByItsType) {
  gpu().field_types[nvml::kFieldPowerInstant] = 0;  // A double.
  EXPECT_DOUBLE_EQ(open().probes[1]->read()->power.value(), 50.0);
  gpu().field_types[nvml::kFieldPowerInstant] = 77;
  EXPECT_EQ(open().devices[0].power.how, "nvmlDeviceGetPowerUsage");
}

// codecarbon #1316: the energy of a virtual GPU was reported as 0 kWh.
TEST_F(NvmlTest, Codecarbon1316VirtualGpuIsNotZero) {
  gpu().virtualization = 2;
  gpu().returns[kEnergyCall] = nvml::kNotSupported;
  gpu().returns[kPowerCall] = nvml::kNotSupported;
  gpu().returns["nvmlDeviceGetFieldValues"] = nvml::kNotSupported;
  const auto sources = open();
  EXPECT_TRUE(sources.probes.empty());
  ASSERT_EQ(sources.devices.size(), 1U);
  EXPECT_EQ(sources.devices[0].virtualisation, "vGPU");
  EXPECT_TRUE(sources.devices[0].shared);
  EXPECT_FALSE(sources.devices[0].energy.works);
  EXPECT_NE(sources.devices[0].energy.why_not.find("vGPU"), std::string::npos);
  EXPECT_NE(sources.devices[0].power.why_not.find("vGPU"), std::string::npos);
  EXPECT_NE(sources.why_not.find("refuses energy and power"), std::string::npos);
}

TEST_F(NvmlTest, AVirtualGpuThatAnswersZeroIsNotBelieved) {
  gpu().virtualization = 2;
  gpu().counter_base_mj = 0;
  gpu().watts = [](double) { return 0.0; };
  EXPECT_TRUE(open().probes.empty());
}

// aiperf #1350: a P100 has no counter, but watts.
TEST_F(NvmlTest, Aiperf1350P100OffersPowerInstead) {
  gpu().name = "Tesla P100-PCIE-16GB";
  gpu().architecture = 4;
  gpu().limit_mw = 250000;
  gpu().returns[kEnergyCall] = nvml::kNotSupported;
  gpu().returns["nvmlDeviceGetFieldValues"] = nvml::kNotSupported;
  auto sources = open();
  ASSERT_EQ(sources.probes.size(), 1U);
  EXPECT_EQ(sources.probes[0]->info().kind, ReadingKind::power);
  EXPECT_EQ(sources.devices[0].energy.why_not, "the driver refuses: Not Supported (NVML 3)");
  EXPECT_DOUBLE_EQ(sources.probes[0]->read()->power.value(), 50.0);
}

// intelligence-per-watt #40: a Jetson's library starts, then refuses every power call.
TEST_F(NvmlTest, IntelligencePerWatt40JetsonStartsAndRefuses) {
  gpu().name = "Orin (nvgpu)";
  gpu().returns[kEnergyCall] = nvml::kNotSupported;
  gpu().returns[kPowerCall] = nvml::kNotSupported;
  gpu().returns["nvmlDeviceGetFieldValues"] = nvml::kNotSupported;
  gpu().returns["nvmlDeviceGetEnforcedPowerLimit"] = nvml::kNotSupported;
  const auto sources = open();
  EXPECT_TRUE(sources.library);
  EXPECT_TRUE(sources.probes.empty());
  EXPECT_NE(sources.why_not.find("Orin (nvgpu)"), std::string::npos);
  EXPECT_FALSE(sources.devices[0].used);
}

// PMT keeps mJ in 32 bits, which wrap at 4.29 MJ.
TEST_F(NvmlTest, Pmt4MegajouleWrapDoesNotHappen) {
  gpu().counter_base_mj = (std::uint64_t{1} << 32U) - 20'000;
  auto sources = open();
  const auto first = sources.probes[0]->read();
  clock_.advance(10.0);
  const auto last = sources.probes[0]->read();
  ASSERT_TRUE(first && last);
  EXPECT_GT(last->energy.value(), 4.2949673e6);
  EXPECT_NEAR((last->energy - first->energy).value(), 500.0, 0.01);
}

// intelligence-per-watt takes a reset for a wrap of 64 bits.
TEST_F(NvmlTest, AResetIsPassedOnAsItIs) {
  gpu().resets_s = {5.0};
  auto sources = open();
  clock_.advance(4.0);
  const auto before = sources.probes[0]->read();
  clock_.advance(2.0);
  const auto after = sources.probes[0]->read();
  ASSERT_TRUE(before && after);
  EXPECT_LT(after->energy.value(), before->energy.value());
  EXPECT_NEAR(after->energy.value(), 50.0, 0.01);
}

TEST_F(NvmlTest, ACounterThatGoesBackIsNotOffered) {
  gpu().watts = [](double t) { return t > 1.5 ? -5000.0 : 50.0; };
  gpu().period_s = 0.01;
  gpu().counter_base_mj = 100'000'000;
  clock_.advance(2.0);
  clock_.set_cost(std::chrono::milliseconds(20));
  const auto sources = open();
  EXPECT_FALSE(sources.devices[0].energy.works);
  EXPECT_NE(sources.devices[0].energy.why_not.find("goes back"), std::string::npos);
}

TEST_F(NvmlTest, ACounterThatOutrunsTheLimitIsNotOffered) {
  gpu().watts = [](double t) { return t > 1.5 ? 3.69e12 : 50.0; };
  gpu().period_s = 0.01;
  clock_.advance(2.0);
  clock_.set_cost(std::chrono::milliseconds(20));
  const auto sources = open();
  EXPECT_FALSE(sources.devices[0].energy.works);
  EXPECT_NE(sources.devices[0].energy.why_not.find("which 70 W cannot"), std::string::npos);
}

// The driver's order may change at each restart.
TEST_F(NvmlTest, TheOrderOfGpusDoesNotMatter) {
  gpu().watts = [](double) { return 11.0; };
  add_gpu("GPU-bbbb", 2).watts = [](double) { return 22.0; };
  const auto first = open();
  std::reverse(state_->gpus.begin(), state_->gpus.end());
  const auto second = open();
  ASSERT_EQ(first.probes.size(), 4U);
  ASSERT_EQ(second.probes.size(), 4U);
  for (const auto* sources : {&first, &second}) {
    auto* const power = find(*sources, "nvml:GPU-bbbb#power");
    ASSERT_NE(power, nullptr);
    EXPECT_EQ(power->info().domain, "gpu1");
    EXPECT_DOUBLE_EQ(power->read()->power.value(), 22.0);
  }
}

TEST_F(NvmlTest, TheOrderOfPartitionedGpusDoesNotMatter) {
  add_gpu("GPU-bbbb", 2).mig = true;
  gpu(1).mig_instance = "MIG-1234";
  const auto first = open("MIG-1234");
  std::reverse(state_->gpus.begin(), state_->gpus.end());
  const auto second = open("MIG-1234");
  for (const auto* sources : {&first, &second}) {
    ASSERT_EQ(sources->probes.size(), 2U);
    const auto& info = sources->probes[0]->info();
    EXPECT_EQ(info.device, "GPU-bbbb");
    EXPECT_EQ(info.boundary, "shared board");
    EXPECT_NE(info.detail.find("MIG"), std::string::npos);
    EXPECT_TRUE(sources->devices[1].mig);
    EXPECT_TRUE(sources->devices[1].shared);
  }
}

TEST_F(NvmlTest, ADeviceOfSomeoneElseIsSkippedWithANote) {
  gpu().openable = false;
  add_gpu("GPU-bbbb", 2);
  const auto sources = open();
  ASSERT_EQ(sources.devices.size(), 1U);
  EXPECT_EQ(sources.probes.size(), 2U);
  ASSERT_EQ(sources.notes.size(), 1U);
  EXPECT_NE(sources.notes[0].find("Insufficient Permissions"), std::string::npos);
  gpu(1).openable = false;
  EXPECT_EQ(open().why_not, "NVML starts, but no GPU may be opened");
}

TEST_F(NvmlTest, ALostGpuIsNamed) {
  add_gpu("GPU-bbbb", 2);
  auto sources = open();
  gpu().lost_at_s = 5.0;
  EXPECT_TRUE(sources.probes[0]->read());
  clock_.advance(6.0);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto reading = sources.probes[i]->read();
    ASSERT_FALSE(reading);
    EXPECT_NE(reading.error().message.find("Tesla T4 (GPU-00000000"), std::string::npos);
    EXPECT_NE(reading.error().message.find("is lost"), std::string::npos);
    EXPECT_NE(reading.error().hint.find("Xid"), std::string::npos);
  }
  EXPECT_TRUE(sources.probes[2]->read()) << "the other GPU goes on";
  const auto left = sources.conditions[0]->read();
  EXPECT_EQ(left.size(), 2U) << "driver and NVML versions only";
}

TEST_F(NvmlTest, ALibraryThatDoesNotStartSaysWhy) {
  state_->returns["nvmlInit_v2"] = nvml::kNoPermission;
  const auto sources = open();
  EXPECT_FALSE(sources.library);
  EXPECT_EQ(sources.why_not, "NVML does not start: Insufficient Permissions (NVML 4)");
  EXPECT_EQ(state_->calls["nvmlShutdown"], 0);
}

TEST_F(NvmlTest, AGpuWithoutAnyIdentityIsNotUsed) {
  gpu().returns["nvmlDeviceGetUUID"] = nvml::kNotSupported;
  EXPECT_EQ(open().probes[0]->info().id, "nvml:00000000:01:00.0");
  gpu().returns["nvmlDeviceGetPciInfo_v3"] = nvml::kNotSupported;
  EXPECT_TRUE(open().probes.empty());
}

}  // namespace
}  // namespace edgeeval
