// SPDX-License-Identifier: Apache-2.0
#include "probe/nvml.hpp"

#include "unit/probe/nvml_fixture.hpp"

namespace edgeeval {
namespace {

constexpr const char* kFirst = "GPU-00000000-0000-0000-0000-000000000000";

TEST(Nvml, TriesEachDeviceItMayOpen) {
  const auto finding = inspect_nvml(FAKE_NVML);
  EXPECT_TRUE(finding.library) << finding.why_not;
  ASSERT_EQ(finding.devices.size(), 2U);
  EXPECT_EQ(finding.devices[0].name, "Fake A");
  EXPECT_TRUE(finding.devices[0].energy_counter);
  EXPECT_EQ(finding.devices[1].name, "Fake B");
  EXPECT_FALSE(finding.devices[1].energy_counter);
  EXPECT_TRUE(finding.devices[1].power);
}

TEST(Nvml, SaysWhyThereIsNone) {
  const auto absent = inspect_nvml("libedgeeval-not-there.so.1");
  EXPECT_FALSE(absent.library);
  EXPECT_NE(absent.why_not.find("not installed"), std::string::npos);
  const auto other = inspect_nvml("libc.so.6");
  EXPECT_FALSE(other.library);
  EXPECT_NE(other.why_not.find("lacks"), std::string::npos);
}

TEST(Nvml, TakesTheLibraryFromTheEnvironment) {
  ::unsetenv("EDGEEVAL_NVML_LIBRARY");
  EXPECT_EQ(nvml_library_name(), "libnvidia-ml.so.1");
  ::setenv("EDGEEVAL_NVML_LIBRARY", FAKE_NVML, 1);
  EXPECT_EQ(nvml_library_name(), FAKE_NVML);
  EXPECT_EQ(inspect_nvml().devices.size(), 2U);
  ::unsetenv("EDGEEVAL_NVML_LIBRARY");
}

TEST_F(NvmlTest, GivesACounterAndItsWattsAtOnePoint) {
  const auto sources = open();
  ASSERT_EQ(sources.probes.size(), 2U) << sources.why_not;
  const auto& counter = sources.probes[0]->info();
  EXPECT_EQ(counter.id, std::string("nvml:") + kFirst);
  EXPECT_EQ(counter.kind, ReadingKind::counter);
  EXPECT_EQ(counter.domain, "gpu0");
  EXPECT_EQ(counter.boundary, "board");
  EXPECT_EQ(counter.device, kFirst);
  ASSERT_TRUE(counter.character.ceiling.has_value());
  EXPECT_DOUBLE_EQ(counter.character.ceiling->value(), 70.0);
  EXPECT_DOUBLE_EQ(counter.character.gain_half_width, 0.13);
  EXPECT_EQ(counter.character.origin, "default (Turing, not characterised)");
  const auto& power = sources.probes[1]->info();
  EXPECT_EQ(power.id, counter.id + "#power");
  EXPECT_EQ(power.measuring_point(), counter.measuring_point());
  EXPECT_EQ(power.kind, ReadingKind::power);
  EXPECT_EQ(sources.driver, "550.54.15");
  EXPECT_TRUE(sources.why_not.empty());
}

TEST_F(NvmlTest, CountsWhatTheBoardDrew) {
  gpu().watts = [](double t) { return t < 5.0 ? 20.0 : 60.0; };
  auto sources = open();
  const auto first = sources.probes[0]->read();
  clock_.advance(10.0);
  const auto last = sources.probes[0]->read();
  ASSERT_TRUE(first && last);
  EXPECT_NEAR((last->energy - first->energy).value(), 400.0, 0.01);
  EXPECT_DOUBLE_EQ(sources.probes[1]->read()->power.value(), 60.0);
}

TEST_F(NvmlTest, ShowsSensorsAsTheyAre) {
  gpu().watts = [](double t) { return t < 10.0 ? 10.0 : 60.0; };
  gpu().lag_s = 0.2;
  gpu().gain = 1.1;
  gpu().averaging_s = 0.1;
  auto sources = open();
  clock_.advance(10.25);
  const double rising = sources.probes[1]->read()->power.value();
  EXPECT_GT(rising, 15.0);
  EXPECT_LT(rising, 55.0);
  clock_.advance(5.0);
  EXPECT_NEAR(sources.probes[1]->read()->power.value(), 66.0, 0.1);
}

TEST_F(NvmlTest, StampsAroundEachReading) {
  auto sources = open();
  clock_.set_cost(std::chrono::microseconds(300));
  for (const auto& probe : sources.probes) {
    const auto reading = probe->read();
    ASSERT_TRUE(reading);
    EXPECT_GE(reading->after - reading->before, std::chrono::microseconds(300));
  }
}

TEST_F(NvmlTest, StaysOpenUntilTheLastSourceIsGone) {
  {
    auto sources = open();
    EXPECT_EQ(state_->calls["nvmlInit_v2"], 1);
    sources.probes.clear();
    EXPECT_EQ(state_->calls["nvmlShutdown"], 0) << "the conditions still need it";
    EXPECT_FALSE(sources.conditions.front()->read().empty());
  }
  EXPECT_EQ(state_->calls["nvmlShutdown"], 1);
}

TEST_F(NvmlTest, TellsTheConditions) {
  gpu().event_reasons = 0x4 | 0x20 | 0x1000;
  for (unsigned pid = 100; pid < 150; ++pid) gpu().pids.push_back(pid);
  const auto sources = open();
  ASSERT_EQ(sources.conditions.size(), 1U);
  std::map<std::string, std::string> found;
  for (const auto& condition : sources.conditions.front()->read()) {
    EXPECT_EQ(condition.device, kFirst);
    found[condition.name] = condition.value;
  }
  EXPECT_EQ(found["temperature_c"], "41");
  EXPECT_EQ(found["sm_clock_mhz"], "585");
  EXPECT_EQ(found["memory_clock_mhz"], "5000");
  EXPECT_EQ(found["performance_state"], "P8");
  EXPECT_EQ(found["event_reasons"], "power cap, thermal slowdown (software), 0x1000");
  EXPECT_EQ(found["enforced_limit_w"], "70");
  EXPECT_EQ(found["persistence"], "on");
  EXPECT_EQ(found["utilisation_percent"], "97");
  EXPECT_EQ(found["compute_processes"], "50") << "more than the first guess holds";
  EXPECT_EQ(found["compute_pids"].rfind("100 101 ", 0), 0U);
  EXPECT_EQ(found["driver"], "550.54.15");
  EXPECT_EQ(found["nvml"], "12.550.54.15");
}

TEST_F(NvmlTest, LeavesOutConditionsThatAreRefused) {
  gpu().returns["nvmlDeviceGetTemperature"] = nvml::kNotSupported;
  const auto sources = open();
  for (const auto& condition : sources.conditions.front()->read()) EXPECT_NE(condition.name, "temperature_c");
}

TEST_F(NvmlTest, UsesOnlyTheDevicesThatCudaWould) {
  add_gpu("GPU-bbbb", 2);
  const auto sources = open("GPU-bb");
  ASSERT_EQ(sources.probes.size(), 2U);
  EXPECT_EQ(sources.probes[0]->info().device, "GPU-bbbb");
  EXPECT_EQ(sources.probes[0]->info().domain, "gpu1");
  ASSERT_EQ(sources.devices.size(), 2U);
  EXPECT_FALSE(sources.devices[0].used);
  EXPECT_NE(sources.devices[0].notes.back().find("CUDA_VISIBLE_DEVICES"), std::string::npos);
  const auto none = open("");
  EXPECT_TRUE(none.probes.empty());
  EXPECT_NE(none.why_not.find("CUDA_VISIBLE_DEVICES"), std::string::npos);
}

TEST_F(NvmlTest, CountsTheModuleApartFromTheGpuOnASuperchip) {
  gpu().name = "NVIDIA GH200 480GB";
  gpu().architecture = 9;
  gpu().module_extra_w = 200.0;
  gpu().counter_shows_module = true;
  clock_.advance(100.0);
  const auto sources = open();
  ASSERT_EQ(sources.probes.size(), 2U);
  EXPECT_EQ(sources.probes[0]->info().boundary, "module");
  EXPECT_EQ(sources.probes[1]->info().boundary, "module");
  EXPECT_FALSE(sources.probes[0]->info().character.ceiling.has_value());
  EXPECT_DOUBLE_EQ(sources.probes[1]->read()->power.value(), 250.0);

  gpu().field_returns[nvml::kFieldPowerInstant] = nvml::kNotSupported;
  const auto apart = open();
  ASSERT_EQ(apart.probes.size(), 2U);
  EXPECT_EQ(apart.probes[1]->info().boundary, "board");
  EXPECT_EQ(apart.probes[1]->info().parent, apart.probes[0]->info().id);
  EXPECT_NE(apart.probes[1]->info().measuring_point(), apart.probes[0]->info().measuring_point());

  gpu().field_returns.clear();
  gpu().counter_shows_module = false;
  EXPECT_EQ(open().probes[0]->info().boundary, "board");
}

}  // namespace
}  // namespace edgeeval
