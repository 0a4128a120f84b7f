// SPDX-License-Identifier: Apache-2.0
#include "probe/cpu_model.hpp"

#include <gtest/gtest.h>

#include "unit/probe/fixtures.hpp"

namespace edgeeval {
namespace {

constexpr const char* kSiblings = "sys/devices/system/cpu/cpu0/topology/thread_siblings_list";

TEST(CpuPowerModel, IsChosenByWhatTheCpuIs) {
  const FakeRoot root;
  EXPECT_DOUBLE_EQ(cpu_power_model(root.path(), 8).full_w, unknown_cpu_power_model(8).full_w);
  root.put("proc/cpuinfo",
           "processor : 0\nmodel name : Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz\nphysical id : 0\n");
  EXPECT_DOUBLE_EQ(cpu_power_model(root.path(), 12).full_w, 95.0);
  EXPECT_DOUBLE_EQ(cpu_power_model(root.path(), 12).hi_w, 190.0);
  root.put("proc/cpuinfo", "processor : 0\nmodel name : any\nflags : fpu hypervisor\n");
  root.put("sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
  EXPECT_DOUBLE_EQ(cpu_power_model(root.path(), 2).full_w, 7.0);
}

TEST(CpuPowerModel, TakesTheFirmwaresLimitUnlessItIsNone) {
  const FakeRoot root;
  root.put("proc/cpuinfo", "processor : 0\nmodel name : AMD EPYC 7763 64-Core Processor\nphysical id : 0\n");
  const std::string zone = "sys/class/powercap/intel-rapl:0/";
  root.put(zone + "name", "package-0\n");
  root.put(zone + "constraint_0_name", "long_term\n");
  root.put(zone + "constraint_0_power_limit_uw", "225000000\n");
  EXPECT_DOUBLE_EQ(cpu_power_model(root.path(), 128).full_w, 225.0);
  EXPECT_DOUBLE_EQ(cpu_power_model(root.path(), 128).hi_w, 350.0) << "turbo, as of the table";
  root.put(zone + "constraint_0_power_limit_uw", "4095875000\n");
  EXPECT_DOUBLE_EQ(cpu_power_model(root.path(), 128).full_w, 280.0) << "a limit that no package reaches";
  root.put("proc/cpuinfo", "processor : 0\nmodel name : any\nphysical id : 0\n");
  EXPECT_DOUBLE_EQ(cpu_power_model(root.path(), 8).full_w, unknown_cpu_power_model(8).full_w);
}

TEST(ThreadsPerCore, AreCountedFromTheKernelsList) {
  const FakeRoot root;
  EXPECT_EQ(threads_per_core(root.path()), 1);
  for (const auto& [text, threads] :
       {std::pair{"0\n", 1}, {"0-1\n", 2}, {"0,64\n", 2}, {"0-3\n", 4}, {"0,2-4\n", 4}}) {
    root.put(kSiblings, text);
    EXPECT_EQ(threads_per_core(root.path()), threads) << text;
  }
}

}  // namespace
}  // namespace edgeeval
