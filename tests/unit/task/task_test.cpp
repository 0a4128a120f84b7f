// SPDX-License-Identifier: Apache-2.0
#include "task/task.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "support/run_program.hpp"

namespace edgeeval {
namespace {

const std::string kGood =
    "name: t\ntitle: T\nsystem_prompt: Be brief.\nuser_template: \"{context} / {question}\"\n"
    "max_answer_tokens: 9\ntrain: train.jsonl\neval: eval.jsonl\nscorer: squad\n";

class LoadTaskTest : public ::testing::Test {
 protected:
  Result<Task> load(const std::string& content) {
    std::ofstream(folder_.path() / "task.yaml") << content;
    return load_task(folder_.path());
  }
  Error problem(const std::string& content) {
    auto task = load(content);
    EXPECT_FALSE(task.has_value());
    return task ? Error{} : task.error();
  }
  [[nodiscard]] std::string place(const std::string& at) const {
    return (folder_.path() / "task.yaml").string() + at;
  }
  testing::TempFolder folder_;
};

std::string with(const std::string& from, const std::string& to) {
  auto text = kGood;
  return text.replace(text.find(from), from.size(), to);
}

TEST_F(LoadTaskTest, ReadsATaskWithItsFilesBesideIt) {
  const auto task = load(kGood);
  ASSERT_TRUE(task.has_value()) << task.error().message;
  EXPECT_EQ(task->name, "t");
  EXPECT_EQ(task->max_answer_tokens, 9);
  EXPECT_EQ(task->eval_file, folder_.path() / "eval.jsonl");
}

TEST_F(LoadTaskTest, NamesAnUnknownKeyWithItsPlace) {
  const auto error = problem(kGood + "scoring: squad\n");
  EXPECT_EQ(error.code, ErrorCode::invalid_task);
  EXPECT_EQ(error.message, "unknown key \"scoring\"");
  EXPECT_EQ(error.where, place(":9:1"));
  EXPECT_NE(error.hint.find("scorer"), std::string::npos);
}

TEST_F(LoadTaskTest, NamesAMissingOrEmptyKey) {
  EXPECT_EQ(problem(with("eval: eval.jsonl\n", "")).message, "the key \"eval\" is missing or empty");
  EXPECT_EQ(problem(with("title: T\n", "title: \"\"\n")).message, "the key \"title\" is missing or empty");
}

TEST_F(LoadTaskTest, WantsBothPlacesInTheTemplate) {
  EXPECT_NE(problem(with("{question}", "")).message.find("user_template"), std::string::npos);
  EXPECT_NE(problem(with("{context}", "")).message.find("user_template"), std::string::npos);
}

TEST_F(LoadTaskTest, NamesAnUnknownScorer) {
  EXPECT_EQ(problem(with("squad", "bleu")).message, "unknown scorer \"bleu\"");
}

TEST_F(LoadTaskTest, NamesThePlaceOfBadYamlAndOfAValueOfTheWrongKind) {
  EXPECT_EQ(problem(with("tokens: 9", "tokens: nine")).where, place(":5:20"));
  const auto broken = problem("name: t\ntitle: [\n");
  EXPECT_TRUE(broken.where.starts_with(place(":"))) << broken.where << ": " << broken.message;
  EXPECT_EQ(problem("- a\n").code, ErrorCode::invalid_task);
  EXPECT_EQ(problem("").code, ErrorCode::invalid_task);
  EXPECT_EQ(problem(with("title: T", "title: [T]")).code, ErrorCode::invalid_task);
  EXPECT_EQ(problem("? [a]\n: b\n").code, ErrorCode::invalid_task);
}

TEST_F(LoadTaskTest, NamesAFolderWithoutATask) {
  const auto task = load_task(folder_.path());
  ASSERT_FALSE(task.has_value());
  EXPECT_EQ(task.error().code, ErrorCode::io);
}

TEST(MessagesOf, FillsTheTemplateAndLeavesTheContextAsItIs) {
  Task task;
  task.system_prompt = "Be brief.";
  task.user_template = "{question}: {context} {question}";
  const auto messages = messages_of(task, {"i", "", "", "holds {question} and {context}", "Who?", {"x"}});
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0], (std::pair<std::string, std::string>{"system", "Be brief."}));
  EXPECT_EQ(messages[1].second, "Who?: holds {question} and {context} Who?");
}

TEST_F(LoadTaskTest, FindsAFolderOfOnesOwnFirstAndSaysWhatIsShipped) {
  ::setenv("EDGEEVAL_DATA", EDGEEVAL_SOURCE_DIR "/data", 1);
  std::filesystem::create_directory(folder_.path() / "rag");
  EXPECT_EQ(find_task("rag", folder_.path()).value(),
            std::filesystem::path(EDGEEVAL_SOURCE_DIR "/data/tasks/rag"));
  std::ofstream(folder_.path() / "rag/task.yaml") << kGood;
  EXPECT_EQ(find_task("rag", folder_.path()).value(), folder_.path() / "rag");
  const auto none = find_task("rga", folder_.path());
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code, ErrorCode::invalid_task);
  EXPECT_NE(none.error().hint.find("rag"), std::string::npos);
  ::unsetenv("EDGEEVAL_DATA");
}

TEST_F(LoadTaskTest, DigestsEverythingTheTaskConsistsOf) {
  std::ofstream(folder_.path() / "task.yaml") << kGood;
  std::ofstream(folder_.path() / "train.jsonl") << "1";
  std::ofstream(folder_.path() / "eval.jsonl") << "2";
  const auto first = task_digest(folder_.path());
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(task_digest(folder_.path()).value(), *first);
  std::ofstream(folder_.path() / "eval.jsonl") << "3";
  const auto changed = task_digest(folder_.path());
  EXPECT_NE(changed.value(), *first);
  std::filesystem::remove(folder_.path() / "train.jsonl");
  EXPECT_FALSE(task_digest(folder_.path()).has_value());
}

}  // namespace
}  // namespace edgeeval
