// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "unit/workload/prompt_files.hpp"

namespace edgeeval {
namespace {

std::vector<Prompt> good(std::string_view text) { return test::good(text, PromptFormat::jsonl); }
std::string bad(std::string_view text) { return test::bad(text, PromptFormat::jsonl); }

TEST(PromptsJsonl, TakesFourWaysToGiveWords) {
  const auto prompts = good(
      "\xEF\xBB\xBF{\"prompt\": \"Hello\", \"id\": \"a\", \"system\": \"Be brief.\", \"max_tokens\": 32}\r\n"
      "\n"
      "{\"text\": \"caf\\u00e9 \\ud83d\\ude00\", \"id\": 17, \"max_tokens\": null}\n"
      "  \t\n"
      "{\"messages\": [{\"role\": \"system\", \"content\": \"S\"}, {\"role\": \"user\", \"content\": "
      "[{\"type\": "
      "\"text\", \"text\": \"one \"}, {\"type\": \"text\", \"text\": \"two\"}]}]}\n"
      "{\"context\": \"Bonn lies on the Rhine.\", \"question\": \"Where is Bonn?\", \"answers\": {\"text\": "
      "[\"x\"]}}\n"
      "{\"question\": \"Why?\"}");
  ASSERT_EQ(prompts.size(), 5U);
  EXPECT_EQ(prompts[0].text, "Hello");
  EXPECT_EQ(prompts[0].item, "a");
  EXPECT_EQ(prompts[0].system, "Be brief.");
  EXPECT_EQ(prompts[0].max_tokens, 32U);
  EXPECT_FALSE(prompts[0].at_s.has_value());
  EXPECT_EQ(prompts[1].text, "caf\xC3\xA9 \xF0\x9F\x98\x80");
  EXPECT_EQ(prompts[1].item, "17");
  EXPECT_FALSE(prompts[1].max_tokens.has_value());
  EXPECT_EQ(prompts[2].text, "");
  EXPECT_EQ(prompts[2].messages,
            (std::vector<std::pair<std::string, std::string>>{{"system", "S"}, {"user", "one two"}}));
  EXPECT_EQ(prompts[3].text, "Bonn lies on the Rhine.\n\nWhere is Bonn?");
  EXPECT_EQ(prompts[4].text, "Why?");
}

TEST(PromptsJsonl, NamesWhatIsWrongAndItsLine) {
  const std::string first = "{\"prompt\": \"ok\"}\n\n";
  const auto third = [&](const std::string& line) {
    const auto problem = bad(first + line);
    EXPECT_TRUE(problem.starts_with("file:3: ")) << problem;
    return problem.substr(std::min<std::size_t>(8, problem.size()));
  };
  EXPECT_TRUE(third("{\"prompt\": }").starts_with("not valid JSON: "));
  EXPECT_TRUE(third("{\"prompt\": \"cut").starts_with("not valid JSON: "));
  EXPECT_EQ(third("{\"prompt\": \"\xFF\"}"), "not valid UTF-8");
  EXPECT_TRUE(third("{\"prompt\": \"\\ud800\"}").starts_with("not valid JSON: ")) << "half a surrogate pair";
  EXPECT_EQ(third("[\"prompt\"]"), "not a JSON object");
  EXPECT_EQ(third("{\"id\": \"x\"}"), R"(none of "prompt", "text", "messages" and "question" is there)");
  EXPECT_EQ(third(R"({"prompt": "a", "messages": []})"),
            R"(both "prompt" and "messages" are there; one must go)");
  EXPECT_EQ(third(R"({"prompt": 5})"), "\"prompt\" is no text");
  EXPECT_EQ(third(R"({"prompt": ""})"), "\"prompt\" is empty");
  EXPECT_EQ(third(R"({"prompt": "a", "id": [1]})"), "\"id\" is neither text nor a whole number");
  EXPECT_EQ(third(R"({"prompt": "a", "system": 1})"), "\"system\" is no text");
  EXPECT_EQ(third(R"({"prompt": "a", "max_tokens": 0})"),
            "\"max_tokens\" is 0, not a whole number from 1 to 10000000");
  EXPECT_EQ(third(R"({"prompt": "a", "max_tokens": "9"})"),
            "\"max_tokens\" is \"9\", not a whole number from 1 to 10000000");
  EXPECT_EQ(third(R"({"question": "a", "context": 1})"), "\"context\" is no text");
  EXPECT_EQ(third(R"({"messages": "a"})"), "\"messages\" is no list");
  EXPECT_EQ(third(R"({"messages": []})"), "\"messages\" is empty");
  EXPECT_EQ(third(R"({"messages": [{"content": "a"}]})"), "a message has no \"role\"");
  EXPECT_EQ(third(R"({"messages": ["a"]})"), "a message has no \"role\"");
  EXPECT_EQ(third(R"({"messages": [{"role": "user"}]})"), "a message has no \"content\"");
  EXPECT_EQ(third(R"({"messages": [{"role": "user", "content": 1}]})"), "a message's \"content\" is no text");
  EXPECT_EQ(third(R"({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]})"),
            "a message holds something that is no text (only text can be sent)");
}

TEST(PromptsJsonl, TellsSeveralBrokenLinesAtOnce) {
  EXPECT_EQ(bad("{\"id\": 1}\n{\"prompt\": \"ok\"}\n{\"prompt\": 5}\n"),
            "file:1: 2 items are broken:\n"
            "  line 1: none of \"prompt\", \"text\", \"messages\" and \"question\" is there\n"
            "  line 3: \"prompt\" is no text");
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "[]\n";
  const auto problem = bad(many);
  EXPECT_TRUE(problem.starts_with("file:1: at least 10 items are broken:\n")) << problem;
  EXPECT_NE(problem.find("line 10: "), std::string::npos);
  EXPECT_EQ(problem.find("line 11: "), std::string::npos) << "it stops after ten";
}

TEST(PromptsJsonl, RefusesLinesWithoutEndAndJsonBombs) {
  const std::string huge = "{\"prompt\": \"" + std::string(std::size_t{17} << 20U, 'x') + "\"}";
  EXPECT_EQ(bad(huge), "file:1: longer than 16 MiB");
  EXPECT_TRUE(bad("{\"prompt\": " + std::string(100'000, '[')).starts_with("file:1: not valid JSON: "));
  const std::string deep = std::string(5000, '[') + std::string(5000, ']');
  EXPECT_TRUE(bad("{\"prompt\": \"a\", \"id\": " + deep + "}").starts_with("file:1: not valid JSON: "));
}

TEST(PromptsJsonl, WithoutAPromptIsAnError) {
  EXPECT_EQ(bad(""), "file: the file holds no prompt");
  EXPECT_EQ(bad("\n \n\r\n"), "file: the file holds no prompt");
}

}  // namespace
}  // namespace edgeeval
