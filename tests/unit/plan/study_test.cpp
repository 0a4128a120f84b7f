// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "core/files.hpp"
#include "options.hpp"

namespace edgeeval {
namespace {

using testing::kSmallStudy;
using testing::plan_of;
using testing::with;

/// All errors of a study, one "where|message|hint" each.
std::string errors_of(const std::string& text) {
  const auto plan = plan_of(text);
  std::string all;
  if (plan) return all;
  for (const auto& error : plan.error()) {
    EXPECT_EQ(error.code, ErrorCode::invalid_study);
    all += error.where + "|" + error.message + "|" + error.hint + "\n";
  }
  return all;
}

void expect_error(const std::string& text, const std::string& part) {
  const auto errors = errors_of(text);
  EXPECT_NE(errors.find(part), std::string::npos) << "wanted: " << part << "\nfound:\n" << errors;
}

TEST(Study, KeepsRequestedAndEffectiveSettings) {
  const auto plan = plan_of(kSmallStudy + "adapt: {rank: 8}\nload: {concurrency: 4}\n");
  ASSERT_TRUE(plan);
  const auto setting = [&](const std::string& key) {
    return *std::find_if(plan->settings.begin(), plan->settings.end(), [&](const Setting& s) { return s.key == key; });
  };
  EXPECT_EQ(setting("adapt.rank").requested, "8");
  EXPECT_EQ(setting("adapt.rank").origin, "study");
  EXPECT_EQ(setting("adapt.alpha").requested, "");
  EXPECT_EQ(setting("adapt.alpha").effective, "16");
  EXPECT_EQ(setting("adapt.alpha").origin, "default");
  EXPECT_EQ(setting("engine.threads").effective, "2");
  EXPECT_EQ(setting("engine.threads").origin, "machine");
  EXPECT_EQ(setting("engine.slots").effective, "4");
  EXPECT_EQ(setting("load.items").effective, "all");
  EXPECT_EQ(plan->study.adapt.rank, 8);
  EXPECT_EQ(plan->study.load.concurrency, 4);
}

TEST(Study, TakesHowEnergyIsMeasured) {
  const auto plain = plan_of(kSmallStudy);
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->study.energy.idle_s) << "left to the sensors at hand";
  EXPECT_EQ(plain->study.energy.require, "any");
  const auto asked = plan_of(kSmallStudy + "energy: {idle_s: 0, require: measured}\n");
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->study.energy.idle_s, 0.0);
  EXPECT_EQ(asked->study.energy.require, "measured");
  EXPECT_EQ(asked->key, plain->key) << "a run may go on with it changed";
  expect_error(kSmallStudy + "energy: {idle_s: -1}\n", "energy.idle_s");
  expect_error(kSmallStudy + "energy: {require: mesured}\n", "did you mean \"measured\"?");
}

TEST(Study, NamesAnUnknownKeyWithItsPlaceAndSuggestsTheNearest) {
  EXPECT_EQ(errors_of(kSmallStudy + "adapt:\n  rnak: 8\n"),
            "study.yaml:10:3|adapt: unknown key \"rnak\"|allowed: rank, alpha, dropout, learning_rate, steps, epochs, batch_size, "
            "max_tokens, seed\ndid you mean \"rank\"?\n");
}

TEST(Study, TellsAllErrorsInOneGo) {
  const auto errors = errors_of(with(kSmallStudy, "lora,", "lorra,") + "adapt: {rank: many}\nload: {items: 0}\nengin: {}\n");
  EXPECT_EQ(std::count(errors.begin(), errors.end(), '|'), 8) << errors;
  for (const char* part : {"did you mean \"lora\"?", "study.yaml:9:15|adapt.rank: found \"many\"", "load.items: found \"0\"", "\"engine\""}) {
    EXPECT_NE(errors.find(part), std::string::npos) << part << "\n" << errors;
  }
}

TEST(Study, RefusesWrongTypesAndRanges) {
  expect_error(kSmallStudy + "adapt: {rank: 1.5}\n", "adapt.rank: found \"1.5\"|allowed: a whole number from 1 to 1024");
  expect_error(kSmallStudy + "adapt: {rank: \"8\"}\n", "adapt.rank");
  expect_error(kSmallStudy + "adapt: {dropout: nan}\n", "adapt.dropout");
  expect_error(kSmallStudy + "adapt: {dropout: -0.1}\n", "allowed: a number from 0 to 0.95");
  expect_error(kSmallStudy + "adapt: {steps: 99999999999999999999}\n", "adapt.steps");
  expect_error(kSmallStudy + "adapt: 3\n", "adapt: must be a map, found \"3\"");
  expect_error(kSmallStudy + "load: [1]\n", "load: must be a map, found a list");
  expect_error(kSmallStudy + "prices: {electricity_usd_per_kwh: -1}\n", "prices.electricity_usd_per_kwh");
  expect_error(with(kSmallStudy, "[rag]", "rag"), "tasks: must be a list, found \"rag\"");
  expect_error(with(kSmallStudy, "[fp16]", "[]"), "at least one item");
  expect_error(with(kSmallStudy, "name: small", "name: ../etc"), "name: cannot be part of a file name");
}

TEST(Study, RefusesWhatIsMissingOrGivenTwice) {
  expect_error(with(kSmallStudy, "name: small\n", ""), "name: is missing");
  expect_error(with(kSmallStudy, "tasks: [rag]\n", ""), "tasks: is missing");
  expect_error(kSmallStudy + "name: again\n", "name: given twice");
  expect_error(with(kSmallStudy, "[rag]", "[rag, rag]"), "given twice");
  expect_error(with(kSmallStudy, "int8, int4", "int8, int8"), "lora int8 is given twice");
  expect_error(with(kSmallStudy, "tasks:", "  - {name: m, family: F, size: 1B, source: {file: x.gguf}}\ntasks:"), "two models");
  expect_error(with(kSmallStudy, "{installed: smollm2-135m-instruct}", "{}"), "has 0 of installed, file and huggingface");
  expect_error(with(kSmallStudy, "{installed: ", "{file: a, installed: "), "has 2 of installed");
}

TEST(Study, RefusesImpossibleCombinations) {
  expect_error(with(kSmallStudy, "[merged]", "[int4]"), "adaptation qlora cannot have precision int4");
  expect_error(with(kSmallStudy, "[fp16]", "[merged]"), "adaptation none cannot have precision merged");
  expect_error(with(kSmallStudy, "[fp16, int8, int4]", "[merged]"), "adaptation lora cannot have precision merged");
  expect_error(with(kSmallStudy, "[rag]", "[ragg]"), "unknown task \"ragg\"");
  expect_error(kSmallStudy + "adapt: {steps: 4, epochs: 2}\n", "both steps and epochs");
  expect_error(kSmallStudy + "load: {max_tokens: 1024}\n", "do not fit into engine.context_tokens");
  expect_error(kSmallStudy + "engine: {name: lama-server}\n", "did you mean \"llama-server\"?");
  expect_error(kSmallStudy + "engine: {extra_arguments: [--api-key=x]}\n", "\"--api-key\" cannot be given here");
}

TEST(Study, RefusesWhatIsNoStudy) {
  expect_error("", "the study is empty");
  expect_error("# only a comment\n", "the study is empty");
  expect_error("just words\n", "must be a map");
  expect_error("name: [\n", "study.yaml:");
  expect_error("a: 1\n---\nb: 2\n", "several YAML documents");
  expect_error(std::string(4000, '['), "not YAML");
  expect_error("&a [*a]\n", "must be a map, found a list");
  expect_error("\t- x: \x01\xff\n", "study.yaml");
}

TEST(Study, FileErrorsAreErrorsOfTheStudy) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "study_test";
  ASSERT_TRUE(make_folder(folder));
  const auto code_of = [](const std::filesystem::path& path) {
    const auto plan = load_plan(path, testing::small_machine());
    return plan ? std::string() : plan.error().front().message;
  };
  EXPECT_EQ(code_of(folder / "none.yaml"), "there is no such study file");
  EXPECT_EQ(code_of(folder), "is not a file");
  ASSERT_TRUE(write_file(folder / "large.yaml", std::string(300000, '#')));
  EXPECT_EQ(code_of(folder / "large.yaml"), "is 300000 bytes long");
}

TEST(Study, AMissingModelIsNotedByCheckAndRefusedByRun) {
  const auto text = with(kSmallStudy, "smollm2-135m-instruct", "other");
  auto options = testing::small_machine();
  const auto checked = plan_of(text, options);
  ASSERT_TRUE(checked);
  ASSERT_EQ(checked->missing.size(), 1U);
  options.need_all = true;
  EXPECT_TRUE(plan_of(kSmallStudy, options));
  const auto run = plan_of(text, options);
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().front().code, ErrorCode::bad_model);
  const auto hub = plan_of(with(kSmallStudy, "installed: smollm2-135m-instruct", "huggingface: a/b"), options);
  ASSERT_FALSE(hub);
  EXPECT_EQ(hub.error().front().code, ErrorCode::unsupported);
  const auto task = plan_of(with(kSmallStudy, "[rag]", "[chat]"), options);
  ASSERT_FALSE(task);
  EXPECT_EQ(task.error().front().code, ErrorCode::invalid_task);
}

TEST(Study, AMissingEngineIsNotedByCheckAndRefusedByRun) {
  auto options = testing::small_machine();
  options.identify_engine = [](const std::string&) -> Result<std::string> { return fail(ErrorCode::engine_missing, "no engine"); };
  ASSERT_TRUE(plan_of(kSmallStudy, options));
  EXPECT_EQ(plan_of(kSmallStudy, options)->missing.size(), 1U);
  options.need_all = true;
  ASSERT_FALSE(plan_of(kSmallStudy, options));
  EXPECT_EQ(plan_of(kSmallStudy, options).error().front().code, ErrorCode::engine_missing);
}

TEST(Study, EveryKeyIsDocumented) {
  const auto doc = read_file(std::filesystem::path(EDGEEVAL_SOURCE_DIR) / "docs/study-format.md");
  ASSERT_TRUE(doc);
  for (const auto& key : study_keys()) EXPECT_NE(doc->find("`" + key + "`"), std::string::npos) << key;
}

TEST(Study, RandomChangesOfTheTextNeverEscapeAsExceptions) {
  std::mt19937 random(7);
  const std::string pieces = "{}[]:,&*#|>-'\"\n\t !%@0.9e~?\\x\xff";
  const auto text = kSmallStudy + "adapt: {rank: 8}\nload: {items: 3}\nengine: {extra_arguments: [a, b]}\n";
  int refused = 0;
  for (int round = 0; round < 1500; ++round) {
    auto changed = text;
    for (int edits = 1 + round % 4; edits > 0; --edits) {
      const auto at = random() % changed.size();
      switch (random() % 3) {
        case 0: changed[at] = pieces[random() % pieces.size()]; break;
        case 1: changed.erase(at, random() % 8); break;
        default: changed.insert(at, changed.substr(random() % changed.size(), random() % 24)); break;
      }
      if (changed.empty()) changed = " ";
    }
    const auto plan = plan_of(changed);
    if (plan) continue;
    ++refused;
    ASSERT_FALSE(plan.error().empty());
    for (const auto& error : plan.error()) ASSERT_EQ(error.where.rfind("study.yaml", 0), 0U);
  }
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace edgeeval
