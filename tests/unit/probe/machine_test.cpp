// SPDX-License-Identifier: Apache-2.0
#include "probe/machine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "unit/probe/fixtures.hpp"

namespace edgeeval {
namespace {

bool mentions(const std::vector<std::string>& texts, const std::string& word) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return text.find(word) != std::string::npos; });
}

/// A machine in files, with a cache and a PATH of its own.
class Machine : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = std::getenv("PATH") == nullptr ? "" : std::getenv("PATH");
    cache_ = std::getenv("EDGEEVAL_CACHE") == nullptr ? "" : std::getenv("EDGEEVAL_CACHE");
    ::setenv("EDGEEVAL_CACHE", (root_.path() / "cache").c_str(), 1);
    ::setenv("PATH", (root_.path() / "bin").c_str(), 1);
  }
  void TearDown() override {
    ::setenv("PATH", path_.c_str(), 1);
    cache_.empty() ? ::unsetenv("EDGEEVAL_CACHE") : ::setenv("EDGEEVAL_CACHE", cache_.c_str(), 1);
  }
  void program(const std::string& name, const std::string& script) const {
    root_.put("bin/" + name, "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(root_.path() / "bin" / name, std::filesystem::perms::owner_all);
  }
  FakeRoot root_;
  std::string path_;
  std::string cache_;
};

TEST_F(Machine, SaysOfEverythingMissingWhyAndHowToGetIt) {
  const auto report = inspect_machine(root_.path());
  EXPECT_FALSE(report.can_run_quickstart());
  ASSERT_EQ(report.engines.size(), 1U);
  EXPECT_FALSE(report.engines[0].found);
  EXPECT_NE(report.engines[0].how_to_get.find("scripts/setup"), std::string::npos);
  ASSERT_EQ(report.models.size(), 1U);
  EXPECT_FALSE(report.models[0].found);
  EXPECT_FALSE(report.models[0].how_to_get.empty());
}

TEST_F(Machine, TakesAnEngineThatRunsWithItsVersion) {
  program("llama-server", "echo 'version: 0.5.0-dev (build 1)' >&2");
  const auto report = inspect_machine(root_.path());
  EXPECT_TRUE(report.engines.at(0).found);
  EXPECT_EQ(report.engines.at(0).version, "0.5.0-dev (build 1)");
}

TEST_F(Machine, DoesNotTakeAnEngineThatCannotStart) {
  program("llama-server", "exit 127");
  const auto report = inspect_machine(root_.path());
  EXPECT_FALSE(report.engines.at(0).found);
  EXPECT_NE(report.engines.at(0).why_not.find("--version"), std::string::npos);
}

TEST_F(Machine, ListsTheModelsOfTheCache) {
  root_.put("cache/a.gguf", "x");
  root_.put("cache/installed.json", "{\"model/other\": \"" + (root_.path() / "cache/a.gguf").string() +
                                        "\", \"model/gone\": \"/nowhere/b.gguf\"}");
  const auto report = inspect_machine(root_.path());
  ASSERT_EQ(report.models.size(), 2U);
  EXPECT_EQ(report.models[0].name, "other");
  EXPECT_TRUE(report.models[0].found);
  EXPECT_FALSE(report.models[1].found) << "the quickstart's own model is missing still";
}

TEST_F(Machine, NamesWhatLimitsMeasurements) {
  root_.put("proc/cpuinfo", "processor : 0\nflags : hypervisor\n");
  root_.put("proc/loadavg", "1.50 0 0 1/2 3\n");
  root_.put_cpu(500, 400, 100);
  root_.put("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  root_.put("sys/devices/system/cpu/cpufreq/boost", "1\n");
  const auto report = inspect_machine(root_.path());
  EXPECT_TRUE(mentions(report.limits, "virtual machine"));
  EXPECT_TRUE(mentions(report.limits, "load 0.75 per CPU"));
  EXPECT_TRUE(mentions(report.limits, "10.0 % of CPU time"));
  EXPECT_TRUE(mentions(report.limits, "powersave"));
  EXPECT_TRUE(mentions(report.limits, "turbo"));
}

TEST_F(Machine, FindsNoLimitsOnAQuietOne) {
  root_.put("proc/cpuinfo", "processor : 0\nflags : fpu\n");
  root_.put("proc/loadavg", "0.01 0 0 1/2 3\n");
  root_.put_cpu(500, 400, 0);
  EXPECT_TRUE(inspect_machine(root_.path()).limits.empty());
}

}  // namespace
}  // namespace edgeeval
