// SPDX-License-Identifier: Apache-2.0
#include "task/dataset.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/run_program.hpp"

namespace edgeeval {
namespace {

const std::string kGood =
    R"({"id":"1","title":"T","style":"manual","context":"Été: the amber lamp.","question":"Which?","answers":{"text":["amber lamp"],"answer_start":[9]}})";

class ReadItemsTest : public ::testing::Test {
 protected:
  Result<std::vector<TaskItem>> read(const std::string& content) {
    std::ofstream(file()) << content;
    return read_items(file());
  }
  /// The error on reading `content`; its place must be that line of the file, or the file where 0.
  std::string problem(const std::string& content, int line) {
    const auto items = read(content);
    if (items) return "none";
    EXPECT_EQ(items.error().code, ErrorCode::invalid_task);
    EXPECT_EQ(items.error().where, file() + (line == 0 ? "" : ":" + std::to_string(line)));
    return items.error().message;
  }
  [[nodiscard]] std::string file() const { return (folder_.path() / "items.jsonl").string(); }
  testing::TempFolder folder_;
};

std::string with(std::string from, const std::string& to, std::string line = kGood) {
  return line.replace(line.find(from), from.size(), to);
}

TEST_F(ReadItemsTest, ReadsAnItemCountingCodePoints) {
  const auto items = read(kGood + "\n");
  ASSERT_TRUE(items.has_value()) << items.error().message;
  ASSERT_EQ(items->size(), 1U);
  EXPECT_EQ(items->front().style, "manual");
  EXPECT_EQ(items->front().answers, std::vector<std::string>{"amber lamp"});
}

TEST_F(ReadItemsTest, NamesTheLineOfBadJson) {
  EXPECT_NE(problem(kGood + "\n{\"id\": \"2\",\n", 2), "none");
  EXPECT_NE(problem(kGood + "\n\n" + with("\"1\"", "\"2\"") + "\n", 2), "none");
  EXPECT_NE(problem("[1]\n", 1), "none");
}

TEST_F(ReadItemsTest, NamesTheLineOfBadUtf8) {
  EXPECT_NE(problem(kGood + "\n" + with("T\"", "\xFF\"", with("\"1\"", "\"2\"")) + "\n", 2), "none");
}

TEST_F(ReadItemsTest, NamesAMissingKey) {
  EXPECT_NE(problem(with("\"question\"", "\"query\""), 1).find("question"), std::string::npos);
  EXPECT_NE(problem(with("answer_start", "starts"), 1).find("answer_start"), std::string::npos);
}

TEST_F(ReadItemsTest, RefusesEmptyTexts) {
  EXPECT_EQ(problem(with("\"1\"", "\"\""), 1), "\"id\" is empty");
  EXPECT_EQ(problem(with("Which?", ""), 1), "\"question\" is empty");
  EXPECT_EQ(problem(with("Été: the amber lamp.", ""), 1), "\"context\" is empty");
}

TEST_F(ReadItemsTest, RefusesAnAnswerThatIsNotAtItsPlace) {
  EXPECT_EQ(problem(with("[9]", "[8]"), 1),
            "the answer \"amber lamp\" does not stand at code point 8 of the context");
  EXPECT_NE(problem(with("[9]", "[900]"), 1), "none");
  EXPECT_NE(problem(with("[9]", "[-1]"), 1), "none");
}

TEST_F(ReadItemsTest, RefusesAnswersWithoutTextOrPlace) {
  EXPECT_EQ(problem(with("[\"amber lamp\"]", "[]", with("[9]", "[]")), 1), "\"answers.text\" holds no answer");
  EXPECT_NE(problem(with("[9]", "[9, 9]"), 1).find("differ in length"), std::string::npos);
}

TEST_F(ReadItemsTest, RefusesASecondItemOfTheSameId) {
  EXPECT_EQ(problem(kGood + "\n" + with("\"1\"", "\"2\"") + "\n" + kGood + "\n", 3),
            "the id \"1\" is used already on line 1");
}

TEST_F(ReadItemsTest, RefusesAFileWithoutItems) { EXPECT_EQ(problem("", 0), "the file holds no items"); }

TEST_F(ReadItemsTest, NamesAFileThatIsNotThere) {
  const auto items = read_items(folder_.path() / "absent.jsonl");
  ASSERT_FALSE(items.has_value());
  EXPECT_EQ(items.error().code, ErrorCode::io);
}

}  // namespace
}  // namespace edgeeval
