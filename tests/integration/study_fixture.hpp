// SPDX-License-Identifier: Apache-2.0
// A short study on a tiny model with a task of its own, run by the real programs.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "support/run_program.hpp"

namespace edgeeval::testing {

/// The path of a program built with this tree.
inline std::string program(const std::string& name) { return std::string(EDGEEVAL_BIN_DIR) + "/" + name; }
inline std::string test_program(const std::string& name) {
  return std::string(EDGEEVAL_TEST_DIR) + "/" + name;
}

inline void write_text(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// One task item whose answer is a number in its context.
inline std::string item_line(const std::string& id, int number) {
  const auto answer = std::to_string(number);
  return Json{{"id", id},
              {"title", "code"},
              {"style", "log"},
              {"context", "code " + answer},
              {"question", "code?"},
              {"answers", {{"text", {answer}}, {"answer_start", {5}}}}}
             .dump() +
         "\n";
}

/// A folder with a tiny model, a task and a study file.
class StudyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(run_program({test_program("tiny-gguf"), "--out", model().string()}).code, 0);
    write_text(folder() / "task/task.yaml",
               "name: codes\ntitle: codes\nsystem_prompt: s\nuser_template: \"{context} "
               "{question}\"\nmax_answer_tokens: 4\n"
               "train: train.jsonl\neval: eval.jsonl\nscorer: squad\n");
    std::string train;
    std::string eval;
    for (int i = 0; i < 6; ++i) train += item_line("train-" + std::to_string(i), 100 + i);
    for (int i = 0; i < 4; ++i) eval += item_line("eval-" + std::to_string(i), 200 + i);
    write_text(folder() / "task/train.jsonl", train);
    write_text(folder() / "task/eval.jsonl", eval);
    write_text(study(), study_text());
  }

  [[nodiscard]] virtual std::string study_text() const {
    return "name: short\nmodels:\n  - {name: tiny, family: Tiny, size: 1M, source: {file: tiny.gguf}}\n"
           "tasks: [{name: codes, folder: task}]\nvariants:\n  - {adaptation: none, precisions: [fp16]}\n"
           "  - {adaptation: lora, precisions: [fp16, int8]}\n  - {adaptation: qlora, precisions: [merged]}\n"
           "adapt: {steps: 2, batch_size: 2}\nload: {concurrency: 2, max_tokens: 4, warmup_requests: 1}\n"
           "energy: {idle_s: 0.1}\n";
  }

  [[nodiscard]] const std::filesystem::path& folder() const { return temp_.path(); }
  [[nodiscard]] std::filesystem::path model() const { return folder() / "tiny.gguf"; }
  [[nodiscard]] std::filesystem::path study() const { return folder() / "study.yaml"; }

  /// `edgeeval run` on the study into `run_folder`, with events as JSON lines.
  [[nodiscard]] Ran run(const std::filesystem::path& run_folder, const OnLine& on_line = {},
                        const std::map<std::string, std::string>& environment = {}) const {
    return run_program({program("edgeeval"), "run", study().string(), "--out", run_folder.string(), "--json"},
                       on_line, environment);
  }

 private:
  TempFolder temp_;
};

/// How often each stage of a record has been finished.
inline std::map<std::string, int> finished_stages(const std::filesystem::path& run_folder) {
  std::map<std::string, int> counts;
  std::ifstream file(run_folder / "record.jsonl");
  for (std::string line; std::getline(file, line);) {
    const auto entry = parse_json(line, "record");
    if (!entry || value_or(*entry, "type", std::string()) != "stage") continue;
    if (value_or(*entry, "outcome", std::string()) == "finished")
      ++counts[value_or(*entry, "id", std::string())];
  }
  return counts;
}

/// The names of all files of a run folder, relative to it.
inline std::set<std::string> files_of(const std::filesystem::path& run_folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(run_folder)) {
    if (entry.is_regular_file()) names.insert(std::filesystem::relative(entry.path(), run_folder).string());
  }
  return names;
}

}  // namespace edgeeval::testing
