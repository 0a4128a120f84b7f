// SPDX-License-Identifier: Apache-2.0
// Reports of a fixed record, byte for byte. After a change that is meant, EDGEEVAL_UPDATE_GOLDEN=1 writes the
// files anew and compares nothing; read the difference before it is committed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "report/html_document.hpp"
#include "report/report.hpp"
#include "support/measured_run.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

namespace fs = std::filesystem;

/// Two variants and the stages they rest on, so that the files stay small.
StudyReport fixed_report() {
  auto record = sample_run();
  std::erase_if(record.variants, [](const VariantInfo& v) { return v.id != "base" && v.id != "lora-int4"; });
  for (const char* other : {"lora-fp16", "lora-int8", "qlora"}) {
    record.stages.erase(std::string("serve:") + other);
    record.stages.erase(std::string("score:") + other);
    record.requests.erase(other);
    record.scores.erase(other);
  }
  for (const char* stage : {"adapt:m.qlora", "merge:m.qlora", "quantize:m.int8"}) record.stages.erase(stage);
  return make_report(std::move(record));
}

/// A machine whose board is measured and whose CPU is modelled, with sensors in trouble.
StudyReport mixed_report() { return make_report(mixed_run()); }

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class ReportGolden : public testing::TestWithParam<std::pair<const char*, const char*>> {};

void expect_as_it_was(const StudyReport& report, const std::string& format, const std::string& name) {
  const auto reporter = reporter_for(format);
  ASSERT_TRUE(reporter);
  std::ostringstream out;
  // Of the page everything but the script, which changes with the packages that it is bundled from.
  if (format == "html") {
    html::document(report, {"script", "/* style */", "sha256-hash"}, out);
  } else {
    ASSERT_TRUE((*reporter)->write(report, out));
  }
  const auto path = fs::path(EDGEEVAL_SOURCE_DIR) / "tests" / "golden" / "report" / name;
  if (std::getenv("EDGEEVAL_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << out.str();
    GTEST_SKIP() << name << " was written, not compared: EDGEEVAL_UPDATE_GOLDEN is set";
  }
  EXPECT_EQ(out.str(), read(path));
}

TEST_P(ReportGolden, IsWhatItWas) {
  const auto [format, name] = GetParam();
  expect_as_it_was(fixed_report(), format, name);
}

TEST(MixedReportGolden, IsWhatItWas) { expect_as_it_was(mixed_report(), "console", "console-mixed.txt"); }

INSTANTIATE_TEST_SUITE_P(Formats, ReportGolden,
                         testing::Values(std::pair("console", "console.txt"), std::pair("csv", "metrics.csv"),
                                         std::pair("html", "report.html"), std::pair("json", "results.json"),
                                         std::pair("md", "report.md")),
                         [](const auto& format) { return std::string(format.param.first); });

}  // namespace
}  // namespace edgeeval
