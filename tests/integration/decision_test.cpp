// SPDX-License-Identifier: Apache-2.0
// Decisions as a user asks for them: whatif, paper --honest, report --scenario, and scenarios that are wrong.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "support/run_program.hpp"
#include "support/said.hpp"

namespace edgeeval::testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const std::string kProgram = std::string(EDGEEVAL_BIN_DIR) + "/edgeeval";

Ran edgeeval(std::vector<std::string> arguments, const std::map<std::string, std::string>& environment = {}) {
  arguments.insert(arguments.begin(), kProgram);
  return run_program(arguments, {}, environment);
}

/// The published study as a run folder, made once.
class Decision : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    temp_ = std::make_unique<TempFolder>();
    ASSERT_EQ(edgeeval({"import", "--out", run()}).code, 0);
  }
  static void TearDownTestSuite() { temp_.reset(); }
  static std::string run() { return (temp_->path() / "run").string(); }
  static std::string file(const std::string& name, const std::string& text) {
    const auto path = temp_->path() / name;
    std::ofstream(path) << text;
    return path.string();
  }
  static Json json_of(const Ran& ran) {
    EXPECT_EQ(ran.code, 0) << ran.err;
    return Json::parse(ran.out, nullptr, false);
  }

 private:
  static std::unique_ptr<TempFolder> temp_;
};
std::unique_ptr<TempFolder> Decision::temp_;

TEST_F(Decision, OfThePublishedStudyStandsInResultsAndReportsAgreeByteForByte) {
  const auto first = edgeeval({"report", run(), "-o", "json:-"});
  const auto again = edgeeval({"report", run(), "-o", "json:-"});
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.out, again.out);
  const auto results = Json::parse(first.out);
  const auto& decision = results.at("decision");
  ASSERT_EQ(decision.at("variants").size(), 72U);
  EXPECT_EQ(decision.at("scenario").at("chosen").at("device"), "t4x2");
  EXPECT_EQ(decision.at("findings").size(), 6U);
  for (const auto& variant : decision.at("variants")) EXPECT_TRUE(variant.at("decision").is_string());
}

TEST_F(Decision, ChangesWithWhatIf) {
  const auto changed =
      json_of(edgeeval({"whatif", run(), "api=gpt-4o", "api_decay_per_year=0", "demand_per_day=2e5",
                        "retrains_per_year=0", "--json", "--draws", "500"}));
  ASSERT_EQ(changed.at("variants").size(), 72U);
  std::size_t local = 0;
  for (const auto& variant : changed.at("variants")) {
    EXPECT_LE(variant.at("before").at("spread").at("local_cheaper"),
              variant.at("after").at("spread").at("local_cheaper"));
    local += variant.at("after").at("decision") == "local" ? 1U : 0U;
  }
  EXPECT_EQ(changed.at("scenario_after").at("inputs").at("demand_per_day").at("value"), 2e5);
  EXPECT_EQ(local, 72U) << "200,000 requests a day against GPT-4o pay on two rented T4";
}

TEST_F(Decision, OfOneVariantIsShownWithItsLevers) {
  const auto one = edgeeval(
      {"whatif", run(), "rent_usd_per_h=0.2", "--variant", "llama-1b.rag.lora.int4", "--draws", "500"});
  EXPECT_EQ(one.code, 0) << one.err;
  EXPECT_TRUE(holds(one.out, "llama-1b.rag.lora.int4"));
  EXPECT_FALSE(holds(one.out, "qwen"));
  EXPECT_TRUE(holds(one.out, "Levers of llama-1b.rag.lora.int4"));
  EXPECT_TRUE(holds(one.out, " → "));
}

TEST_F(Decision, ListsEveryKey) {
  const auto list = json_of(edgeeval({"whatif", run(), "--list", "--json"}));
  EXPECT_EQ(list.size(), 44U);
  for (const auto& row : list) EXPECT_FALSE(row.at("source").get<std::string>().empty()) << row.at("key");
  EXPECT_EQ(edgeeval({"whatif", run(), "--list"}).code, 0);
}

TEST_F(Decision, RefusesWhatItCannotUnderstand) {
  const auto near_miss = edgeeval({"whatif", run(), "rent_usd_per_hour=1"});
  EXPECT_EQ(near_miss.code, 2);
  EXPECT_TRUE(holds(near_miss.err, "did you mean \"rent_usd_per_h\"?")) << near_miss.err;
  EXPECT_EQ(edgeeval({"whatif", run(), "pue=nan"}).code, 2);
  EXPECT_EQ(edgeeval({"whatif", run(), "pue=0.2"}).code, 2);
  EXPECT_EQ(edgeeval({"whatif", run()}).code, 2);
  EXPECT_EQ(edgeeval({"whatif", run(), "pue=1", "--variant", "llama-1b.rag.lora.int5"}).code, 2);
  EXPECT_EQ(edgeeval({"whatif", run(), "pue=1", "--draws", "0"}).code, 2);
  EXPECT_EQ(edgeeval({"whatif", run() + "-none", "pue=1"}).code, 11);
}

TEST_F(Decision, IsNotMadeOnARunWithoutVariants) {
  std::string line;
  std::ifstream record(fs::path(run()) / "record.jsonl");
  ASSERT_TRUE(std::getline(record, line));
  const auto folder = fs::path(run() + "-empty");
  fs::create_directories(folder);
  std::ofstream(folder / "record.jsonl") << line << "\n";
  const auto ran = edgeeval({"whatif", folder.string(), "pue=1"});
  EXPECT_EQ(ran.code, 13) << ran.out;
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(holds(ran.err, "the run holds no variant: there is nothing to decide on")) << ran.err;
}

TEST_F(Decision, ReadsScenariosAndRefusesWrongOnesOnceAndClearly) {
  const auto good = file("office.yaml", "device: l4\ndemand_per_day: 100\ndraws: 200\n");
  const auto report = json_of(edgeeval({"report", run(), "--scenario", good, "-o", "json:-"}));
  EXPECT_EQ(report.at("decision").at("scenario").at("name"), "office.yaml");
  EXPECT_EQ(report.at("decision").at("scenario").at("draws"), 200);
  const auto wrong = [&](const std::string& text, const std::string& says) {
    const auto ran = edgeeval({"report", run(), "--scenario", file("wrong.yaml", text), "-o", "json:-"});
    EXPECT_EQ(ran.code, 18) << text;
    EXPECT_TRUE(holds(ran.err, says)) << ran.err;
    EXPECT_EQ(ran.out, "");
  };
  wrong("devise: l4\n", "wrong.yaml:1:1: unknown key \"devise\"");
  wrong("pue: {value: 1.2, unit: kW}\n", "\"kW\" is not the unit of pue");
  wrong("pue: 99\n", "allowed: a number from 1 to 10");
  wrong("pue: .nan\n", "\".nan\" is no number");
  EXPECT_NE(edgeeval({"report", run(), "--scenario", run() + "-none.yaml"}).code, 0);
}

TEST_F(Decision, UsesTheRunFoldersScenario) {
  const auto copy = run() + "-copy";
  fs::copy(run(), copy, fs::copy_options::recursive);
  std::ofstream(copy + "/scenario.yaml") << "seed: 9\ndraws: 100\n";
  const auto report = json_of(edgeeval({"report", copy, "-o", "json:-"}));
  EXPECT_EQ(report.at("decision").at("scenario").at("seed"), 9);
  std::ofstream(copy + "/scenario.yaml") << "sede: 9\n";
  EXPECT_EQ(edgeeval({"report", copy, "-o", "json:-"}).code, 18);
}

TEST_F(Decision, IsMissingWhereTheTablesAreButTheReportIsNot) {
  const auto data = fs::path(run()).parent_path() / "data";
  fs::create_directories(data);
  const auto report =
      json_of(edgeeval({"report", run(), "-o", "json:-"}, {{"EDGEEVAL_DATA", data.string()}}));
  EXPECT_TRUE(report.at("decision").is_null());
  EXPECT_EQ(report.at("variants").size(), 72U);
  bool said = false;
  for (const auto& sentence : report.at("careful"))
    said = said || holds(sentence, "Nothing is decided on money");
  EXPECT_TRUE(said);
  fs::copy(fs::path(EDGEEVAL_SOURCE_DIR) / "data" / "economics", data / "economics");
  std::ofstream(data / "economics" / "sites.csv") << "name,key\nbroken\n";
  const auto damaged = edgeeval({"whatif", run(), "pue=1.1"}, {{"EDGEEVAL_DATA", data.string()}});
  EXPECT_EQ(damaged.code, 18);
  EXPECT_TRUE(holds(damaged.err, "sites.csv")) << damaged.err;
}

TEST_F(Decision, InHonestModeStandsBesideThePapersNumbers) {
  const auto paper = json_of(edgeeval({"paper", "--honest", "-o", "json:-"}));
  ASSERT_EQ(paper.at("variants").size(), 72U);
  for (const auto& variant : paper.at("variants")) {
    ASSERT_TRUE(variant.at("paper_n_break").is_number()) << variant.at("variant");
    ASSERT_TRUE(variant.at("full_use_requests").is_number()) << variant.at("variant");
    EXPECT_GT(variant.at("full_use_requests"), variant.at("paper_n_break")) << variant.at("variant");
  }
  for (const auto& price : paper.at("prices")) EXPECT_FALSE(price.at("source").get<std::string>().empty());
  for (const char* format : {"console:-", "md:-", "csv:-"})
    EXPECT_EQ(edgeeval({"paper", "--honest", "-o", format}).code, 0) << format;
  EXPECT_EQ(edgeeval({"paper", "--honest", "-o", "html:-"}).code, 2);
  EXPECT_EQ(edgeeval({"paper", "--scenario", "x.yaml"}).code, 2);
}

}  // namespace
}  // namespace edgeeval::testing
