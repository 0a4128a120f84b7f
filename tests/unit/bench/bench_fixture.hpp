// SPDX-License-Identifier: Apache-2.0
// What tests of whole benchmarks share: quick settings, a folder that goes, and the requests that were kept.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/bench.hpp"
#include "core/files.hpp"
#include "record/load_file.hpp"
#include "unit/load/load_fixture.hpp"

namespace edgeeval::testing {

/// A folder of its own for each test.
class BenchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) /
              (std::string("bench_") + test->test_suite_name() + "_" + test->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// A load of `requests` requests of four tokens, into the folder `name`.
  [[nodiscard]] BenchSettings settings_for(const Target& target, const std::string& scenario,
                                           std::optional<std::uint64_t> requests,
                                           const std::string& name) const {
    BenchSettings settings;
    settings.target = target;
    settings.scenario = parse_scenario(scenario).value();
    settings.stop.requests = requests;
    settings.max_tokens = 4;
    settings.energy = false;
    settings.scrape = false;
    settings.folder = folder_ / name;
    return settings;
  }
  /// A file of the folder with `text`.
  [[nodiscard]] std::filesystem::path file(const std::string& name, std::string_view text) const {
    EXPECT_TRUE(write_file(folder_ / name, text).has_value());
    return folder_ / name;
  }

  std::filesystem::path folder_;
};

/// Runs it; the first load's point.
inline BenchPoint benched(const BenchSettings& settings) {
  const CancelToken cancel;
  auto run = run_bench(settings, cancel, {});
  EXPECT_TRUE(run.has_value()) << (run ? "" : run.error().message);
  if (!run || run->points.empty()) return {};
  return std::move(run->points.front());
}

/// The measured requests of a load.
inline std::vector<RequestRecord> measured_of(const BenchPoint& point) {
  auto load = read_load(point.folder);
  EXPECT_TRUE(load.has_value());
  if (!load) return {};
  std::erase_if(load->requests, [](const auto& request) { return request.phase != LoadPhase::measured; });
  return std::move(load->requests);
}

/// The one check of that id.
inline CheckResult check_of(const BenchPoint& point, const std::string& id) {
  for (const auto& check : point.validity.checks)
    if (check.id == id) return check;
  ADD_FAILURE() << "there is no check " << id;
  return {};
}

/// Whether a warning holds `words`.
inline bool warned(const BenchPoint& point, const std::string& words) {
  return std::any_of(point.header.warnings.begin(), point.header.warnings.end(),
                     [&](const auto& warning) { return warning.find(words) != std::string::npos; });
}

}  // namespace edgeeval::testing
