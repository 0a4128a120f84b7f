// SPDX-License-Identifier: Apache-2.0
#include "mock/fault.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/files.hpp"

namespace edgeeval::mock {
namespace {

TEST(Faults, AreManyAndEachHasAnOwnNameAndALineOfMeaning) {
  std::set<std::string_view> names;
  for (const auto& fault : faults()) {
    EXPECT_TRUE(names.insert(fault.name).second) << fault.name;
    EXPECT_FALSE(fault.meaning.empty()) << fault.name;
    EXPECT_EQ(fault.meaning.find('\n'), std::string_view::npos) << fault.name;
  }
  EXPECT_GE(names.size(), 30U);
}

TEST(Faults, AreFoundByName) {
  ASSERT_NE(find_fault("html"), nullptr);
  ReplyScript reply;
  find_fault("html")->apply(reply);
  EXPECT_EQ(reply.answer, Answer::html);
  EXPECT_EQ(find_fault("none-such"), nullptr);
}

TEST(Faults, ReasoningLeavesATokenOfTextWhereThereAreTwo) {
  ReplyScript reply;
  reply.tokens_from = reply.tokens_to = 2;
  find_fault("reasoning")->apply(reply);
  EXPECT_EQ(reply.reasoning, 1U);
}

TEST(Faults, StandInTheDocumentation) {
  const auto page = read_file(EDGEEVAL_SOURCE_DIR "/docs/mock-server.md");
  ASSERT_TRUE(page);
  for (const auto& fault : faults()) {
    const auto row = "| `" + std::string(fault.name) + "` | " + std::string(fault.meaning) + " |";
    EXPECT_NE(page->find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace edgeeval::mock
