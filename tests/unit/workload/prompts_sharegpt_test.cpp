// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "unit/workload/prompt_files.hpp"

namespace edgeeval {
namespace {

std::vector<Prompt> good(std::string_view text) { return test::good(text, PromptFormat::sharegpt); }
std::string bad(std::string_view text) { return test::bad(text, PromptFormat::sharegpt); }

constexpr const char* kTwo = R"([
  {
    "id": "first_0",
    "conversations": [
      {"from": "human", "value": "What is {this]?"},
      {"from": "gpt", "value": "A \"bracket\"."},
      {"from": "human", "value": "And that?"}
    ]
  },
  {"id": "second_0", "conversations": [{"from": "system", "value": "Be kind."}, {"from": "gpt", "value": "Hi"},
   {"from": "user", "value": "Bye \\"}]}
]
)";

TEST(PromptsShareGpt, TakesEarlierTurnsIntoThePromptAndWhatWasAnswered) {
  const auto prompts = good(R"([{"id": "c", "conversations": [
      {"from": "system", "value": "Be kind."}, {"from": "gpt", "value": "Hello"},
      {"from": "human", "value": "One?"}, {"from": "gpt", "value": "First."},
      {"from": "human", "value": "Two?"}, {"from": "gpt", "value": "Second answer."},
      {"from": "human", "value": "Three?"}]}])");
  ASSERT_EQ(prompts.size(), 1U);
  using Message = std::pair<std::string, std::string>;
  const std::vector<Message> wanted{
      {"system", "Be kind."}, {"user", "One?"}, {"assistant", "First."}, {"user", "Two?"}};
  EXPECT_EQ(prompts[0].messages, wanted) << "up to the last turn that was answered";
  EXPECT_EQ(prompts[0].reply, "Second answer.");
  EXPECT_EQ(prompts[0].text, "");
}

TEST(PromptsShareGpt, TakesAConversationOfOneTurnAsItsText) {
  const auto prompts = good(kTwo);
  ASSERT_EQ(prompts.size(), 2U);
  EXPECT_EQ(prompts[0].text, "What is {this]?");
  EXPECT_EQ(prompts[0].item, "first_0");
  EXPECT_EQ(prompts[0].system, "");
  EXPECT_EQ(prompts[0].reply, "A \"bracket\".");
  EXPECT_FALSE(prompts[0].max_tokens.has_value()) << "a reply's words are not tokens of this model";
  EXPECT_EQ(prompts[1].reply, "");
  EXPECT_EQ(prompts[1].text, "Bye \\");
  EXPECT_EQ(prompts[1].system, "Be kind.");
}

TEST(PromptsShareGpt, TakesMessagesAndLinesToo) {
  const auto messages =
      good(R"([{"messages": [{"role": "user", "content": "A"}, {"role": "assistant", "content": "B"}]}])");
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].text, "A");
  const auto lines = good(
      "{\"conversations\": [{\"from\": \"human\", \"value\": \"A\"}]}\n"
      "{\"conversations\": [{\"from\": \"human\", \"value\": \"B\"}]}\n");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1].text, "B");
}

TEST(PromptsShareGpt, LeavesOutConversationsThatNobodyBegan) {
  const auto prompts = good(R"([{"conversations": []}, {"conversations": [{"from": "gpt", "value": "Hi"}]},
                                {"conversations": [{"from": "human", "value": ""}]},
                                {"conversations": [{"from": "human", "value": "A"}]}])");
  ASSERT_EQ(prompts.size(), 1U);
  EXPECT_EQ(prompts[0].text, "A");
  EXPECT_EQ(bad(R"([{"conversations": []}])"), "file: the file holds no prompt");
  EXPECT_EQ(bad("[]"), "file: the file holds no prompt");
}

TEST(PromptsShareGpt, NamesWhatIsWrongAndItsLine) {
  EXPECT_EQ(bad("[\n\n{\"id\": \"x\"}]"),
            R"(file:3: neither "conversations" nor "messages" is there as a list)");
  EXPECT_EQ(bad("[{\"conversations\": [{\"from\": \"human\", \"value\": 1}]}]"),
            "file:1: a turn's \"value\" is no text");
  EXPECT_EQ(bad("[{\"conversations\": [{\"who\": \"human\"}]}]"),
            R"(file:1: a turn has neither "from" and "value" nor "role" and "content")");
  EXPECT_EQ(bad("[{\"id\": 1},\n{\"id\": 2}]"),
            "file:1: 2 items are broken:\n"
            "  line 1: neither \"conversations\" nor \"messages\" is there as a list\n"
            "  line 2: neither \"conversations\" nor \"messages\" is there as a list");
  EXPECT_TRUE(bad("[\n{\"conversations\": nonsense}]").starts_with("file:2: not valid JSON: "));
  EXPECT_TRUE(bad("[{\"conversations\": [}]}]").starts_with("file:1: "));
  EXPECT_EQ(bad("[\n{\"conversations\": \"\xC3\"}]"), "file:2: not valid UTF-8");
}

TEST(PromptsShareGpt, NoticesAFileThatIsCutShort) {
  const std::string whole = kTwo;
  EXPECT_EQ(bad(whole.substr(0, whole.find("A \\\""))),
            "file:2: the object that begins here has no end: the file is cut short");
  EXPECT_EQ(bad(whole.substr(0, whole.find("{\"id\": \"second"))),
            "file:10: the list has no end: the file is cut short");
  EXPECT_EQ(bad("[{\"conversations\": []} {}]"), "file:1: no comma between two items");
  EXPECT_EQ(bad("[{\"conversations\": []}, 5]"), "file:1: an item is no object");
  EXPECT_EQ(bad("[{\"conversations\": []}]\nmore"), "file:2: something follows the end of the list");
}

}  // namespace
}  // namespace edgeeval
