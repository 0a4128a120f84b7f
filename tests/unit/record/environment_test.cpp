// SPDX-License-Identifier: Apache-2.0
#include "record/environment.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "unit/record/samples.hpp"

namespace edgeeval {
namespace {

void put(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

TEST(Environment, ReadsAVirtualMachine) {
  const ScratchFolder root;
  put(root.path() / "etc/os-release", "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
  put(root.path() / "proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
  put(root.path() / "proc/cpuinfo",
      "processor\t: 0\nmodel name\t: AMD EPYC\nflags\t\t: fpu hypervisor sse\n\nprocessor\t: 1\nmodel "
      "name\t: AMD EPYC\n");
  put(root.path() / "proc/meminfo", "MemTotal:       24684096 kB\nMemFree: 1 kB\n");
  put(root.path() / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  put(root.path() / "proc/1/cgroup", "0::/\n");
  const auto environment = capture_environment(root.path());
  EXPECT_EQ(environment.at("os"), "Debian GNU/Linux 12 (bookworm)");
  EXPECT_EQ(environment.at("kernel"), "6.1.0-18-amd64");
  EXPECT_EQ(environment.at("cpu"), "AMD EPYC");
  EXPECT_EQ(environment.at("logical_cpus"), "2");
  EXPECT_EQ(environment.at("memory_b"), "25276514304");
  EXPECT_EQ(environment.at("memory"), "23.5 GiB");
  EXPECT_EQ(environment.at("cpu_governor"), "powersave");
  EXPECT_EQ(environment.at("virtualised"), "yes");
  EXPECT_EQ(environment.at("container"), "no");
  EXPECT_TRUE(environment.contains("edgeeval"));
  EXPECT_TRUE(environment.contains("compiler"));
}

TEST(Environment, LeavesOutWhatItCannotFindOut) {
  const ScratchFolder root;
  put(root.path() / "proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu sse\n");
  const auto environment = capture_environment(root.path());
  for (const char* key : {"os", "kernel", "cpu", "memory", "memory_b", "cpu_governor"}) {
    EXPECT_FALSE(environment.contains(key)) << key;
  }
  EXPECT_EQ(environment.at("virtualised"), "no");
}

TEST(Environment, SeesAContainerByItsMarks) {
  const ScratchFolder root;
  put(root.path() / "proc/1/cgroup", "12:cpu:/docker/0123\n");
  EXPECT_EQ(capture_environment(root.path()).at("container"), "yes");
}

TEST(Environment, NamesNoHostAndNoPath) {
  std::array<char, 256> host{};
  ASSERT_EQ(::gethostname(host.data(), host.size() - 1), 0);
  for (const auto& [key, value] : capture_environment()) {
    EXPECT_NE(value, host.data()) << key;
    EXPECT_NE(value.rfind('/', 0), 0U) << key << " is a path: " << value;
  }
}

}  // namespace
}  // namespace edgeeval
