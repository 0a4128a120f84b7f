// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <memory>
#include <sstream>

#include "decision/decision.hpp"
#include "report/renderers.hpp"
#include "report/report.hpp"
#include "support/sample_run.hpp"

namespace edgeeval {
namespace {

std::string text_of(const StudyReport& report) {
  std::ostringstream out;
  render::model_card(report, out);
  return out.str();
}

StudyReport only(const std::string& variant, RunRecord record = sample_run()) {
  auto report = only_variant(make_report(std::move(record)), variant);
  EXPECT_TRUE(report);
  return *report;
}

/// The metadata of one variant, read as the Hub does: what stands between two lines of three dashes.
YAML::Node card(const StudyReport& report) {
  const auto text = text_of(report);
  EXPECT_EQ(text.substr(0, 4), "---\n");
  EXPECT_EQ(text.substr(text.size() - 5), "\n---\n");
  return YAML::Load(text.substr(4, text.size() - 8));
}

TEST(ModelCard, ANameCannotEndItsComment) {
  auto report = make_report(sample_run());
  ASSERT_GT(report.record.variants.size(), 1U);
  report.record.variants.front().id = "x\nlicense: mit\n---\ninjected: true";
  const auto text = text_of(report);
  EXPECT_NE(text.find("\n# x license: mit --- injected: true\n"), std::string::npos) << text;
  const auto documents = YAML::LoadAll(text);
  for (const auto& document : documents) {
    if (!document.IsMap()) continue;
    EXPECT_FALSE(document["license"]);
    EXPECT_FALSE(document["injected"]);
  }
}

TEST(ModelCard, GivesEmissionsInGrams) {
  // Import 10 J, LoRA 3.6e5 J, merge and INT4 1,000 J each: 362,010 J, at 480 g for 3.6e6 J.
  auto report = only("lora-int4");
  report.decision = nullptr;  // No scenario, so no grid but the stated default.
  const auto metadata = card(report);
  const auto emissions = metadata["co2_eq_emissions"];
  EXPECT_NEAR(emissions["emissions"].as<double>(), 362010.0 * 480.0 / 3.6e6, 1e-9) << "48 grams, not 0.048";
  EXPECT_EQ(emissions["training_type"].as<std::string>(), "fine-tuning");
  EXPECT_EQ(emissions["hardware_used"].as<std::string>(), "a CPU (2 logical CPUs)");
  EXPECT_FALSE(emissions["geographical_location"]) << "a record does not know it";
  const auto source = emissions["source"].as<std::string>();
  for (const char* part : {"modelled", "480 g/kWh", "Ember", "between 24.1 and 96.5 g", "shared"})
    EXPECT_NE(source.find(part), std::string::npos) << part << " in " << source;
}

TEST(ModelCard, TakesTheScenariosGridWhereThereIsOne) {
  auto report = only("lora-int4");
  auto decision = std::make_shared<StudyDecision>();
  decision->scenario.assumptions["carbon_g_per_kwh"] = {{56.0, 56.0, 56.0}, Grade::assumed, "grid FR"};
  report.decision = decision;
  const auto emissions = card(report)["co2_eq_emissions"];
  EXPECT_NEAR(emissions["emissions"].as<double>(), 362010.0 * 56.0 / 3.6e6, 1e-9);
  EXPECT_NE(emissions["source"].as<std::string>().find("grid FR"), std::string::npos);
}

TEST(ModelCard, HasNoEmissionsWhereNothingWasTrainedOrRead) {
  EXPECT_FALSE(card(only("base"))["co2_eq_emissions"]);
  EXPECT_NE(text_of(only("base")).find("# co2_eq_emissions: absent, since nothing was trained"),
            std::string::npos);
  auto record = sample_run();
  record.stages["merge:m.lora"].windows.front().energy.clear();
  const auto unread = only("lora-int4", record);
  EXPECT_FALSE(card(unread)["co2_eq_emissions"]) << "a sum without its parts would be too small";
  EXPECT_NE(text_of(unread).find("the energy of merge:m.lora is not known"), std::string::npos)
      << text_of(unread);
}

TEST(ModelCard, GivesResultsAsTheHubReadsThem) {
  const auto index = card(only("lora-int4"))["model-index"];
  ASSERT_EQ(index.size(), 1U);
  EXPECT_EQ(index[0]["name"].as<std::string>(), "lora-int4");
  const auto result = index[0]["results"][0];
  EXPECT_EQ(result["task"]["type"].as<std::string>(), "question-answering");
  EXPECT_EQ(result["dataset"]["type"].as<std::string>(), "rag");
  EXPECT_EQ(result["dataset"]["name"].as<std::string>(), "rag");
  const auto f1 = result["metrics"][0];
  EXPECT_EQ(f1["type"].as<std::string>(), "f1");
  EXPECT_DOUBLE_EQ(f1["value"].as<double>(), 0.75);
  EXPECT_EQ(f1["name"].as<std::string>(), "Token F1, 95 % interval [0.500, 1.00]");
  const auto energy = result["metrics"][3];
  EXPECT_EQ(energy["name"].as<std::string>(), "Energy per request (J), range of the model [50.0, 200], modelled")
      << "a model's range has no probability";
}

TEST(ModelCard, OfSeveralVariantsIsAStreamOfDocuments) {
  const auto documents = YAML::LoadAll(text_of(make_report(sample_run())));
  std::size_t cards = 0;
  for (const auto& document : documents) cards += document["model-index"] ? 1U : 0U;
  EXPECT_EQ(cards, 5U);
}

TEST(ModelCard, KeepsHostileNamesInTheirPlace) {
  auto record = sample_run();
  const std::string text = "\"\n---\nlicense: mit # \x1b[2J";
  for (auto& variant : record.variants) variant.task = text;
  record.sittings.back().environment["cpu"] = text;
  const auto metadata = card(only("lora-int4", record));
  EXPECT_FALSE(metadata["license"]);
  EXPECT_EQ(metadata["model-index"][0]["results"][0]["task"]["type"].as<std::string>(), "text-generation");
}

}  // namespace
}  // namespace edgeeval
