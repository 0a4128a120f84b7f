// SPDX-License-Identifier: Apache-2.0
// Reports of fixed loads, byte for byte: a good one, and one full of hostile words. After a change that is
// meant, EDGEEVAL_UPDATE_GOLDEN=1 writes the files anew and compares nothing; read the difference before it
// is committed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/sample_bench.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;

void expect_as_it_was(const std::string& text, const std::string& name) {
  const auto path = fs::path(EDGEEVAL_SOURCE_DIR) / "tests" / "golden" / "bench" / name;
  if (std::getenv("EDGEEVAL_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    GTEST_SKIP() << name << " was written, not compared: EDGEEVAL_UPDATE_GOLDEN is set";
  }
  std::ostringstream golden;
  golden << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_EQ(text, golden.str());
}

class BenchGolden : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(BenchGolden, IsWhatItWas) {
  const auto [format, ending] = GetParam();
  const auto text = bench_as(format, sample_bench(), false);
  ASSERT_TRUE(text);
  expect_as_it_was(*text, std::string("bench") + ending);
}

TEST_P(BenchGolden, OfHostileWordsIsWhatItWas) {
  const auto [format, ending] = GetParam();
  const auto text = bench_as(format, hostile_bench(), false);
  ASSERT_TRUE(text);
  expect_as_it_was(*text, std::string("hostile") + ending);
}

INSTANTIATE_TEST_SUITE_P(Formats, BenchGolden,
                         testing::Values(std::pair("console", ".txt"), std::pair("md", ".md"),
                                         std::pair("json", ".json"), std::pair("csv", ".csv"),
                                         std::pair("mlperf", "-mlperf.txt")),
                         [](const auto& format) { return std::string(format.param.first); });

TEST(BenchTraceGolden, IsWhatItWas) {
  auto load = sample_trace_load();
  std::ostringstream out;
  ASSERT_TRUE(write_bench_trace(load, sample_trace_power(), out));
  expect_as_it_was(out.str(), "trace.json");
}

}  // namespace
}  // namespace edgeeval
