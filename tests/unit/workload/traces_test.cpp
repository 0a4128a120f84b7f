// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "unit/workload/prompt_files.hpp"

namespace edgeeval {
namespace {

using test::bad;
using test::good;

TEST(BurstGpt, GivesArrivalsAndLengths) {
  const auto trace = good(
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\r\n"
      "5,ChatGPT,472,18,490,Conversation log\r\n"
      "45.5,GPT-4,1087,0,1087,API log\r\n",
      PromptFormat::burstgpt);
  ASSERT_EQ(trace.size(), 2U);
  EXPECT_EQ(trace[0].at_s, 0.0) << "from the trace's first";
  EXPECT_EQ(trace[1].at_s, 40.5);
  EXPECT_EQ(trace[0].prompt_tokens, 472U);
  EXPECT_EQ(trace[0].max_tokens, 18U);
  EXPECT_EQ(trace[1].max_tokens, 1U) << "a request that failed asks for the least";
  EXPECT_TRUE(trace[0].text.empty());
}

TEST(BurstGpt, MayHaveSessionsAndColumnsInAnyOrder) {
  const auto trace = good(
      "Log Type,Session ID,Elapsed time,TIMESTAMP,Response tokens,Request tokens\n"
      "\"API log, \"\"x\"\"\",s1,0.5,9,20,10.0\n"
      "API log,s2,0.5,7,21,11\n",
      PromptFormat::burstgpt);
  ASSERT_EQ(trace.size(), 2U);
  EXPECT_EQ(trace[0].prompt_tokens, 10U);
  EXPECT_EQ(trace[0].max_tokens, 20U);
  EXPECT_EQ(trace[0].at_s, 2.0) << "from the earliest, which need not be the first row";
  EXPECT_EQ(trace[1].at_s, 0.0);
}

TEST(BurstGpt, NamesWhatIsWrongAndItsLine) {
  const std::string header = "Timestamp,Request tokens,Response tokens\n";
  EXPECT_EQ(bad("Timestamp,Response tokens\n1,2\n", PromptFormat::burstgpt),
            "file:1: the column \"Request tokens\" is missing");
  EXPECT_EQ(bad("Timestamp\r1,2,3\r1,2\n", PromptFormat::burstgpt),
            "file:1: 2 items are broken:\n"
            "  line 1: the column \"Request tokens\" is missing\n"
            "  line 1: the column \"Response tokens\" is missing");
  EXPECT_EQ(bad(header + "1,2\n", PromptFormat::burstgpt), "file:2: 2 fields where the header has 3");
  EXPECT_EQ(bad(header + "x,2,3\n1,-2,3\n1,2,3.5\nnan,1,1\n1,2,3\n1,99999999,1\n", PromptFormat::burstgpt),
            "file:2: 5 items are broken:\n"
            "  line 2: Timestamp is \"x\", not a number of seconds\n"
            "  line 3: Request tokens is \"-2\", not a whole number of tokens\n"
            "  line 4: Response tokens is \"3.5\", not a whole number of tokens\n"
            "  line 5: Timestamp is \"nan\", not a number of seconds\n"
            "  line 7: Request tokens is \"99999999\", not a whole number of tokens");
  EXPECT_TRUE(bad(header + "1,\"2\"x,3\n", PromptFormat::burstgpt).starts_with("file:2: malformed CSV: "));
  EXPECT_TRUE(bad(header + "1,\"2,3\n", PromptFormat::burstgpt).starts_with("file:2: malformed CSV: "));
  EXPECT_EQ(bad(header, PromptFormat::burstgpt), "file: the file holds no prompt");
  EXPECT_EQ(bad("", PromptFormat::burstgpt), "file: the file holds no prompt");
}

TEST(Azure, ReadsDatesToTheirLastDigit) {
  const auto trace = good(
      "TIMESTAMP,ContextTokens,GeneratedTokens\n"
      "2023-11-16 23:59:59.9799600,4808,10\n"
      "2023-11-17 00:00:00.0000001,110,27\n"
      "2023-11-17T00:00:01Z,5,6\n"
      "2023-11-17 02:00:01.5+02:00,7,8\n",
      PromptFormat::azure);
  ASSERT_EQ(trace.size(), 4U);
  EXPECT_EQ(trace[0].at_s, 0.0);
  EXPECT_NEAR(*trace[1].at_s, 0.0200401, 2e-7);
  EXPECT_NEAR(*trace[2].at_s, 1.02004, 2e-7);
  EXPECT_NEAR(*trace[3].at_s, 1.52004, 2e-7);
  EXPECT_EQ(trace[0].prompt_tokens, 4808U);
  EXPECT_EQ(trace[0].max_tokens, 10U);
}

TEST(Azure, CountsAcrossLeapDays) {
  const auto trace = good(
      "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-02-28 12:00:00,1,1\n2024-03-01 12:00:00,1,1\n"
      "2023-02-28 12:00:00,1,1\n",
      PromptFormat::azure);
  ASSERT_EQ(trace.size(), 3U);
  EXPECT_EQ(*trace[1].at_s - *trace[0].at_s, 2.0 * 86400.0);
  EXPECT_EQ(*trace[0].at_s - *trace[2].at_s, 365.0 * 86400.0);
}

TEST(Azure, RefusesWhatIsNoDate) {
  for (const auto* date :
       {"2023-02-29 00:00:00", "2023-13-01 00:00:00", "2023-11-16", "2023-11-16 24:00:00", "2023-11-16 18:17",
        "2023-11-16 18:17:03.", "2023-11-16 18:17:03 x", "16.11.2023 18:17:03", "2023-1-16 18:17:03",
        "2023-11-16 18:17:03+99:00", "1700158623", "", "2023--1-16 18:17:03"}) {
    EXPECT_EQ(
        bad("TIMESTAMP,ContextTokens,GeneratedTokens\n" + std::string(date) + ",1,2\n", PromptFormat::azure),
        "file:2: TIMESTAMP is \"" + std::string(date) + "\", not a time such as 2023-11-16 18:17:03.9799600");
  }
}

TEST(Mooncake, GivesArrivalsLengthsAndBlocks) {
  const auto trace = good(
      "{\"timestamp\": 3052, \"input_length\": 1030, \"output_length\": 26, \"hash_ids\": [0, 1, "
      "18446744073709551615]}\n"
      "{\"timestamp\": 27482.5, \"input_length\": 7, \"output_length\": 0}\n",
      PromptFormat::mooncake);
  ASSERT_EQ(trace.size(), 2U);
  EXPECT_EQ(trace[0].at_s, 0.0);
  EXPECT_NEAR(*trace[1].at_s, 24.4305, 1e-9);
  EXPECT_EQ(trace[0].prompt_tokens, 1030U);
  EXPECT_EQ(trace[0].max_tokens, 26U);
  EXPECT_EQ(trace[0].blocks, (std::vector<std::uint64_t>{0, 1, ~std::uint64_t{0}}));
  EXPECT_EQ(trace[1].max_tokens, 1U);
  EXPECT_TRUE(trace[1].blocks.empty());
}

TEST(Mooncake, NamesWhatIsWrongAndItsLine) {
  const auto line = [](const char* text) { return bad(text, PromptFormat::mooncake); };
  EXPECT_EQ(line(R"({"input_length": 1, "output_length": 1})"),
            "file:1: \"timestamp\" is missing or no number of milliseconds");
  EXPECT_EQ(line(R"({"timestamp": 1, "output_length": 1})"), "file:1: \"input_length\" is missing");
  EXPECT_EQ(line(R"({"timestamp": 1, "input_length": 1})"), "file:1: \"output_length\" is missing");
  EXPECT_EQ(line(R"({"timestamp": 1, "input_length": 1.5, "output_length": 1})"),
            "file:1: \"input_length\" is 1.5, not a whole number from 0 to 10000000");
  EXPECT_EQ(line(R"({"timestamp": 1, "input_length": 1, "output_length": 1, "hash_ids": 5})"),
            "file:1: \"hash_ids\" is no list");
  EXPECT_EQ(line(R"({"timestamp": 1, "input_length": 1, "output_length": 1, "hash_ids": [-5]})"),
            "file:1: \"hash_ids\" holds something that is no whole number from 0 on");
}

}  // namespace
}  // namespace edgeeval
