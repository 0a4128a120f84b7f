// SPDX-License-Identifier: Apache-2.0
#include "examples.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "shared/lora_names.hpp"
#include "support/run_program.hpp"

namespace edgeeval::train {
namespace {

using edgeeval::testing::TempFolder;

std::vector<Example> of_lengths(const std::vector<std::size_t>& lengths) {
  std::vector<Example> examples;
  for (const auto length : lengths)
    examples.push_back({"", std::vector<std::int64_t>(length, 1), std::vector<std::int64_t>(length, 1)});
  return examples;
}

TEST(ReadExamples, NamesTheBrokenLine) {
  const TempFolder temp;
  const auto file = temp.path() / "tokens.jsonl";
  std::ofstream(file) << R"({"id":"a","input_ids":[1,2],"labels":[-100,2]})"
                         "\n"
                         R"({"id":"b","input_ids":[1,2],"labels":[2]})"
                         "\n";
  const auto examples = read_examples(file, 10, 100);
  ASSERT_FALSE(examples);
  EXPECT_EQ(examples.error().code, ErrorCode::invalid_task);
  EXPECT_NE(examples.error().where.find("tokens.jsonl:2"), std::string::npos);
}

TEST(ReadExamples, LeavesOutTheTooLongAndTheUntaughtAndRefusesNothingLeft) {
  const TempFolder temp;
  const auto file = temp.path() / "tokens.jsonl";
  std::ofstream(file) << R"({"id":"long","input_ids":[1,2,3],"labels":[1,2,3]})"
                         "\n"
                         R"({"id":"dumb","input_ids":[1,2],"labels":[1,-100]})"
                         "\n"
                      << R"({"id":"kept","input_ids":[1,2],"labels":[-100,2]})"
                         "\n";
  const auto examples = read_examples(file, 10, 2);
  ASSERT_TRUE(examples) << examples.error().message;
  ASSERT_EQ(examples->size(), 1U);
  EXPECT_EQ(examples->front().id, "kept");
  EXPECT_EQ(read_examples(file, 10, 1).error().code, ErrorCode::invalid_task);
  EXPECT_EQ(read_examples(file, 2, 10).error().code, ErrorCode::invalid_task);
}

TEST(Schedule, TakesEveryExampleOnceAPassInAnOrderThatTheSeedFixes) {
  const auto examples = of_lengths({5, 9, 3, 7, 4, 8, 6});
  const auto batches = schedule(examples, 2, 4, 3);
  std::multiset<std::size_t> seen;
  for (const auto& batch : batches) seen.insert(batch.begin(), batch.end());
  EXPECT_EQ(seen, (std::multiset<std::size_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(batches, schedule(examples, 2, 4, 3));
  EXPECT_NE(batches, schedule(examples, 2, 4, 4));
  EXPECT_EQ(schedule(examples, 2, 9, 3).size(), 9U);
}

TEST(HuggingFaceRows, InterleavesTheHalvesOfEachHead) {
  EXPECT_EQ(hugging_face_rows(8, 2), (std::vector<std::size_t>{0, 2, 1, 3, 4, 6, 5, 7}));
}

}  // namespace
}  // namespace edgeeval::train
