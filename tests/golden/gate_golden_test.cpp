// SPDX-License-Identifier: Apache-2.0
// A comparison and a gate on fixed records, byte for byte. After a change that is meant,
// EDGEEVAL_UPDATE_GOLDEN=1 writes the files anew and compares nothing; read the difference before it is
// committed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "report/compare_report.hpp"
#include "report/gate_report.hpp"
#include "support/sample_run.hpp"
#include "support/saved_run.hpp"
#include "unit/decision/results_of.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;

/// Two of the sample run's variants, lora-int4 with 40 items of F1 `score`, under a concurrency.
ResultSet fixed(double score, const std::string& concurrency, const std::string& name) {
  auto record = sample_run();
  std::erase_if(record.variants, [](const VariantInfo& v) { return v.id != "base" && v.id != "lora-int4"; });
  record.settings = {{"load.concurrency", concurrency}, {"engine.slots", concurrency}};
  set_scores(record, "lora-int4", 40, [=](int i) { return score + (i % 4 == 0 ? 0.1 : 0.0); });
  return results_of(std::move(record), name);
}

std::string comparison_as(const std::string& format) {
  CompareOptions options;
  options.despite = {Concern::workload};
  const auto compared = compare({fixed(0.5, "4", "runs/before"), fixed(0.6, "8", "runs/after")}, options);
  EXPECT_TRUE(compared) << compared.error().hint;
  return *compare_as(format, *compared, false);
}

std::string gate_text_as(const std::string& format) {
  const auto policy = parse_policy(
      "rules:\n"
      "  - {name: quality, metric: token_f1, variant: lora-int4, margin: 2 %}\n"
      "  - {name: floor, metric: token_f1, variant: \"*\", limit: 0.45}\n"
      "  - {metric: n_break, variant: base, limit: 10}\n"
      "  - {metric: j_per_request, margin: 5 %, tier: soft}\n"
      "  - {metric: model_bytes, variant: lora-int4, margin: 0, baseline: base, tier: monitor}\n"
      "  - {metric: tokn_f1, limit: 1, tier: soft}\n"
      "despite: [workload]\n",
      "gate.yaml");
  EXPECT_TRUE(policy) << policy.error().message;
  const auto baseline = fixed(0.6, "4", "runs/before");
  const auto report = evaluate(*policy, fixed(0.5, "8", "runs/after"), &baseline);
  EXPECT_TRUE(report) << report.error().message;
  return *gate_as(format, *report, false);
}

struct File {
  const char* name;
  const char* format;
  std::string (*text)(const std::string& format);
};

class GateGolden : public testing::TestWithParam<File> {};

TEST_P(GateGolden, IsWhatItWas) {
  const auto& file = GetParam();
  const auto path = fs::path(EDGEEVAL_SOURCE_DIR) / "tests" / "golden" / "gate" / file.name;
  const auto text = file.text(file.format);
  if (std::getenv("EDGEEVAL_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    GTEST_SKIP() << file.name << " was written, not compared: EDGEEVAL_UPDATE_GOLDEN is set";
  }
  std::ifstream kept(path, std::ios::binary);
  std::ostringstream expected;
  expected << kept.rdbuf();
  EXPECT_EQ(text, expected.str());
}

INSTANTIATE_TEST_SUITE_P(
    Files, GateGolden,
    testing::Values(File{"compare.txt", "console", comparison_as},
                    File{"compare.json", "json", comparison_as}, File{"compare.md", "md", comparison_as},
                    File{"gate.txt", "console", gate_text_as}, File{"gate.json", "json", gate_text_as},
                    File{"gate.md", "md", gate_text_as}, File{"gate.xml", "junit", gate_text_as}),
    [](const auto& file) {
      std::string name = file.param.name;
      name[name.find('.')] = '_';
      return name;
    });

}  // namespace
}  // namespace edgeeval
