// SPDX-License-Identifier: Apache-2.0
// The gate and the comparison as a user has them: run folders, results files, policies, exit codes.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support/run_program.hpp"
#include "support/said.hpp"
#include "support/sample_run.hpp"
#include "support/saved_run.hpp"
#include "unit/report/junit_schema.hpp"

namespace edgeeval::testing {
namespace {

namespace fs = std::filesystem;

const std::string kProgram = std::string(EDGEEVAL_BIN_DIR) + "/edgeeval";
constexpr int kBlocked = 22;
constexpr int kNotComparable = 23;
constexpr int kInvalidPolicy = 24;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class Gate : public ::testing::Test {
 protected:
  /// "before": the sample run with 100 items of F1 0.8 for lora-int4.
  void SetUp() override {
    save("before", [](int) { return 0.8; });
  }

  /// Saves the sample run under `name`, lora-int4 having 100 items of what `score` makes of their numbers.
  void save(const std::string& name, const std::function<double(int)>& score,
            const std::function<void(RunRecord&)>& change = {}) const {
    auto record = sample_run();
    set_scores(record, "lora-int4", 100, score);
    if (change) change(record);
    ASSERT_TRUE(save_run(record, path(name)));
  }

  /// A policy with these rules, each on a line.
  [[nodiscard]] std::string policy(const std::string& rules) const {
    std::ofstream(path("gate.yaml")) << "rules:\n" << rules << "\n";
    return path("gate.yaml").string();
  }

  [[nodiscard]] fs::path path(const std::string& name) const { return temp_.path() / name; }

  [[nodiscard]] Ran gate(const std::string& run, const std::string& rules,
                         std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{kProgram, "gate", path(run).string(), "--policy", policy(rules)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }

  [[nodiscard]] std::vector<std::string> against_before() const {
    return {"--baseline", path("before").string()};
  }

  [[nodiscard]] Ran compare(const std::string& a, const std::string& b,
                            std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{kProgram, "compare", path(a).string(), path(b).string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }

 private:
  TempFolder temp_;
};

constexpr const char* kQuality = "  - {metric: token_f1, variant: lora-int4, margin: 0.02}";

TEST_F(Gate, PassesARunThatKeepsToItsPolicy) {
  save("same", [](int) { return 0.79; });
  const auto ran = gate("same", kQuality, against_before());
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_TRUE(holds(ran.out, "passed, 1 check")) << ran.out;
}

TEST_F(Gate, BlocksOnARegressionBeyondTheMargin) {
  save("worse", [](int) { return 0.75; });
  const auto ran = gate("worse", kQuality, against_before());
  EXPECT_EQ(ran.code, kBlocked) << ran.out << ran.err;
  EXPECT_TRUE(holds(ran.out, "fail")) << ran.out;
  EXPECT_TRUE(holds(ran.out, "is worse than 0.02")) << ran.out;
}

TEST_F(Gate, BlocksOnAnUndecidedHardMetric) {
  save("scattered", [](int i) { return i % 5 == 0 ? 0.0 : 1.0; });
  const auto ran = gate("scattered", kQuality, against_before());
  EXPECT_EQ(ran.code, kBlocked) << "the same mean, 0.8, from items that cannot tell two points: " << ran.out;
  EXPECT_TRUE(holds(ran.out, "undecided")) << ran.out;
}

TEST_F(Gate, BlocksOnAnAbsentMetric) {
  save(
      "unscored", [](int) { return 0.8; }, [](RunRecord& record) { record.scores.erase("lora-int4"); });
  const auto ran = gate("unscored", "  - {metric: token_f1, variant: lora-int4, limit: 0.1}");
  EXPECT_EQ(ran.code, kBlocked) << ran.out;
  EXPECT_TRUE(holds(ran.out, "absent") && holds(ran.out, "the variant was not scored")) << ran.out;
}

TEST_F(Gate, BlocksOnNaNInTheInput) {
  ASSERT_EQ(run_program({kProgram, "report", path("before").string()}).code, 0);
  auto text = read(path("before") / "results.json");
  const std::string row =
      "\"variant\": \"lora-int4\",\n      \"mode\": \"observed\",\n      \"metric\": \"token_f1\"";
  const auto value = text.find("\"value\": ", text.find(row));
  ASSERT_NE(value, std::string::npos);
  text.replace(value + 9, text.find(',', value) - value - 9, "NaN");
  std::ofstream(path("nan.json")) << text;
  const auto ran = gate("nan.json", "  - {metric: token_f1, variant: lora-int4, limit: 0.1}");
  EXPECT_EQ(ran.code, kBlocked) << ran.out << ran.err;
  EXPECT_TRUE(holds(ran.out, "invalid") && holds(ran.out, "not a finite number")) << ran.out;
  // The file as it was passes, so it is the NaN that blocks.
  EXPECT_EQ(gate("before/results.json", "  - {metric: token_f1, variant: lora-int4, limit: 0.1}").code, 0);
}

TEST_F(Gate, BlocksOnAnUnknownMetricInThePolicyAndAVariantThatIsNotThere) {
  const auto metric = gate("before", "  - {metric: token_f11, limit: 0.1, tier: soft}");
  EXPECT_EQ(metric.code, kBlocked) << metric.out;
  EXPECT_TRUE(holds(metric.out, "did you mean \"token_f1\"?")) << metric.out;
  const auto variant = gate("before", "  - {metric: token_f1, variant: \"*.int2\", limit: 0.1}");
  EXPECT_EQ(variant.code, kBlocked) << variant.out;
  EXPECT_TRUE(holds(variant.out, "no variant matches \"*.int2\"")) << variant.out;
}

TEST_F(Gate, BlocksWhereTheWorkloadIsAnother) {
  save(
      "other", [](int) { return 0.8; }, [](RunRecord& record) { record.scores["lora-int4"].resize(90); });
  const auto ran = gate("other", kQuality, against_before());
  EXPECT_EQ(ran.code, kBlocked) << ran.out;
  EXPECT_TRUE(holds(ran.out, "not_comparable") && holds(ran.out, "90 in common")) << ran.out;
}

TEST_F(Gate, OnlyWarnsOfSoftRules) {
  const auto ran = gate("before",
                        "  - {metric: token_f1, variant: lora-int4, limit: 0.5}\n"
                        "  - {name: dream, metric: token_f1, variant: lora-int4, limit: 0.99, tier: soft}");
  EXPECT_EQ(ran.code, 0) << ran.out;
  EXPECT_TRUE(holds(ran.err, "warning: soft rule not kept: dream on lora-int4")) << ran.err;
}

TEST_F(Gate, WritesJunitMarkdownAndJson) {
  save("worse", [](int) { return 0.7; });
  auto more = against_before();
  more.insert(more.end(),
              {"--junit", path("gate.xml").string(), "-o", "md:" + path("gate.md").string(), "--json"});
  const auto ran = gate("worse", kQuality, more);
  EXPECT_EQ(ran.code, kBlocked) << ran.err;
  const auto root = expect_junit(read(path("gate.xml")));
  EXPECT_EQ(root.attributes.at("failures"), "1");
  EXPECT_TRUE(holds(read(path("gate.md")), "## Gate: blocked by 1 of 1 check"));
  EXPECT_TRUE(holds(ran.out, "\"blocked\": true")) << "and nothing else on stdout: " << ran.out;
  EXPECT_EQ(ran.out.front(), '{');
}

TEST_F(Gate, ShowsByItsSelfTestThatItCanBlock) {
  auto more = against_before();
  more.emplace_back("--self-test");
  const auto able = gate("before", kQuality, more);
  EXPECT_EQ(able.code, 0) << able.out << able.err;
  EXPECT_TRUE(holds(able.out, "every hard rule blocks")) << able.out;
  const auto unable = gate("before", "  - {metric: token_f1, limit: 0}", {"--self-test"});
  EXPECT_EQ(unable.code, kBlocked) << unable.out;
  EXPECT_TRUE(holds(unable.out, "lets it pass")) << unable.out;
}

TEST_F(Gate, RefusesBadInputWithOneClearError) {
  const auto policy_error = gate("before", "  - {metric: token_f1, limitt: 0.1}");
  EXPECT_EQ(policy_error.code, kInvalidPolicy);
  EXPECT_TRUE(holds(policy_error.err, "gate.yaml:2:24: rules[0]: unknown key \"limitt\""))
      << policy_error.err;
  EXPECT_TRUE(holds(policy_error.err, "did you mean \"limit\"?")) << policy_error.err;
  EXPECT_EQ(policy_error.out, "");

  const auto no_baseline = gate("before", kQuality);
  EXPECT_EQ(no_baseline.code, 2) << no_baseline.err;
  const auto no_run = gate("before", kQuality, {"--baseline", path("nowhere").string()});
  EXPECT_EQ(no_run.code, 11) << no_run.err;
  EXPECT_TRUE(holds(no_run.err, "nowhere")) << no_run.err;
  EXPECT_EQ(
      run_program({kProgram, "gate", path("before").string(), "--policy", path("none.yaml").string()}).code,
      11);

  std::ofstream(path("newer.json")) << R"({"schema_version": "2.0", "metrics": [], "variants": []})";
  const auto newer = gate("newer.json", kQuality, against_before());
  EXPECT_EQ(newer.code, 13) << newer.err;
  EXPECT_TRUE(holds(newer.err, "schema_version \"2.0\"")) << newer.err;
  save(
      "empty", [](int) { return 0.8; }, [](RunRecord& record) { record.variants.clear(); });
  EXPECT_EQ(gate("empty", kQuality, against_before()).code, 13);
  EXPECT_EQ(gate("before", kQuality, {"-o", "pdf:x", "--baseline", path("before").string()}).code, 2);
}

TEST_F(Gate, ComparesRunsAndRefusesWhatAVerdictWouldHide) {
  save("better", [](int) { return 0.9; });
  const auto ran = compare("before", "better", {"--metric", "token_f1"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(holds(ran.out, "1 better · 0 worse")) << ran.out;

  save(
      "faster", [](int) { return 0.8; },
      [](RunRecord& record) {
        record.settings = {{"load.concurrency", "8"}};
      });
  save(
      "slower", [](int) { return 0.8; },
      [](RunRecord& record) {
        record.settings = {{"load.concurrency", "4"}};
      });
  const auto refused = compare("slower", "faster");
  EXPECT_EQ(refused.code, kNotComparable) << refused.out;
  EXPECT_EQ(refused.out, "") << "nothing was compared";
  EXPECT_TRUE(holds(refused.err, "load.concurrency: 4 against 8")) << refused.err;
  const auto allowed = compare("slower", "faster", {"--despite", "workload"});
  EXPECT_EQ(allowed.code, 0) << allowed.err;
  EXPECT_TRUE(holds(allowed.out, "despite workload")) << allowed.out;
  EXPECT_EQ(compare("slower", "faster", {"--despite", "everything"}).code, 2);
  EXPECT_EQ(compare("slower", "nowhere").code, 11);
}

TEST_F(Gate, ComparesVariantsOfOneRunByMapping) {
  const auto ran =
      compare("before", "before", {"--variant", "lora-fp16=lora-int8", "--metric", "model_bytes", "--json"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(holds(ran.out, "\"verdict\": \"better\"")) << ran.out;
}

TEST_F(Gate, SetsThePublishedStudyBesideItself) {
  ASSERT_EQ(run_program({kProgram, "import", "--out", path("paper").string()}).code, 0);
  const auto ran = compare("paper", "paper/results.json");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(holds(ran.out, "0 better · 0 worse")) << "of itself";
  EXPECT_TRUE(holds(ran.out, "a figure has no interval")) << "published figures have none";
}

}  // namespace
}  // namespace edgeeval::testing
