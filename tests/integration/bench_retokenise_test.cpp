// SPDX-License-Identifier: Apache-2.0
// Replies that a server does not count, counted by its tokenizer after the load.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "mock_client.hpp"
#include "support/said.hpp"

namespace edgeeval::testing {
namespace {

namespace fs = std::filesystem;

const std::string kProgram = std::string(EDGEEVAL_BIN_DIR) + "/edgeeval";

/// Six replies of twelve tokens, three an event, by a server that plays `dialect` and tells counts or none.
class UncountedBench : public ::testing::Test {
 protected:
  void load(const std::string& dialect, const std::string& usage, std::vector<std::string> options = {}) {
    const auto script = (folder_.path() / "mock.yaml").string();
    std::ofstream(script) << "dialect: " << dialect << "\nttft: 2ms\nitl: 2ms\ntokens: 12\n"
                          << "reply: {bundle: 3, usage: " << usage << "}\n";
    with_server({"--script", script}, [&](int port) {
      std::vector<std::string> arguments{kProgram, "bench", "--url",
                                         "http://127.0.0.1:" + std::to_string(port)};
      const std::vector<std::string> usual{"-n",           "6",     "--warmup",       "1",
                                           "--max-tokens", "12",    "--no-energy",    "--allow-invalid",
                                           "--json",       "--out", record().string()};
      arguments.insert(arguments.end(), usual.begin(), usual.end());
      arguments.insert(arguments.end(), options.begin(), options.end());
      ran_ = run_program(arguments);
    });
    ASSERT_EQ(ran_.code, 0) << ran_.err;
    report_ = *parse_json(ran_.out, "stdout");
  }
  [[nodiscard]] fs::path record() const { return folder_.path() / "load"; }
  /// The median of a metric over the whole load; absent where it has none.
  [[nodiscard]] std::optional<double> median(const std::string& metric) const {
    for (const auto& figure : report_.at("summary").at("metrics")) {
      if (figure.at("metric") == metric && figure.at("window") == "whole" && figure.contains("distribution"))
        return figure.at("distribution").at("quantiles").at(0).at("value").get<double>();
    }
    return std::nullopt;
  }
  [[nodiscard]] Json sources() const { return report_.at("summary").at("events").at("token_sources"); }
  [[nodiscard]] Json check(const std::string& id) const {
    for (const auto& each : report_.at("validity").at("checks"))
      if (each.at("id") == id) return each;
    return Json::object();
  }
  TempFolder folder_;
  Ran ran_;
  Json report_;
};

TEST_F(UncountedBench, IsCountedByTheServersTokenizerAndSaysSo) {
  load("llama-server", "none");
  EXPECT_EQ(sources(), (Json{{"retokenised", 6}}));
  EXPECT_EQ(median("output_tokens"), 12.0);
  EXPECT_TRUE(median("tpot"));
  EXPECT_FALSE(median("itl_amortised")) << "which event carried how many is not told";
  EXPECT_TRUE(holds(ran_.err, "6 of 6 replies that the server does not count: the server's /tokenize"))
      << ran_.err;
  const auto file = *parse_json(text_of(record() / "retokenised.json"), "retokenised.json");
  EXPECT_EQ(file.at("index"), (Json{1, 2, 3, 4, 5, 6})) << "the warm-up is not counted";
  EXPECT_EQ(file.at("tokens"), (Json{12, 12, 12, 12, 12, 12}));
  // No text stays in the record, and no count that the server did not tell.
  const auto requests = text_of(record() / "requests.jsonl");
  EXPECT_FALSE(holds(requests, "\"text\"")) << requests;
  EXPECT_FALSE(holds(requests, "completion_tokens")) << requests;
  EXPECT_EQ(run_program({kProgram, "report", record().string(), "--json"}).out, ran_.out);
}

TEST_F(UncountedBench, IsTheSameFromAFileOfTimelines) {
  load("vllm", "none", {"--extra", "\"return_token_ids\":false"});
  const auto file = (folder_.path() / "t.jsonl").string();
  ASSERT_EQ(run_program({kProgram, "report", record().string(), "-o", "jsonl:" + file}).code, 0);
  const auto again = run_program({kProgram, "report", file, "--json"});
  ASSERT_EQ(again.code, 0) << again.err;
  const auto told = *parse_json(again.out, "stdout");
  EXPECT_EQ(told.at("summary"), report_.at("summary"));
  EXPECT_EQ(told.at("validity"), report_.at("validity"));
  EXPECT_EQ(told.at("load"), report_.at("load"));
}

TEST_F(UncountedBench, HasOneSentenceWhereTheServerHasNoTokenizer) {
  load("openai-chat", "none");
  EXPECT_EQ(sources(), (Json{{"unknown", 6}}));
  EXPECT_FALSE(median("output_tokens"));
  const std::string sentence =
      "none of 6 replies that the server does not count: openai-chat has no route that tokenizes a text";
  std::string words = ran_.err;
  words.erase(std::unique(words.begin(), words.end(), [](char a, char b) { return a <= ' ' && b <= ' '; }),
              words.end());
  std::replace(words.begin(), words.end(), '\n', ' ');
  EXPECT_EQ(count_of(words, sentence), 1U) << ran_.err;
}

TEST_F(UncountedBench, CountsEveryReplyOnDemandAndComparesBothCounts) {
  load("llama-server", "asked", {"--retokenize", "all", "--keep-text", "5"});
  EXPECT_EQ(sources().size(), 1U);
  EXPECT_FALSE(sources().contains("retokenised")) << "the server's own counts stand";
  const auto compared = check("retokenised");
  EXPECT_EQ(compared.at("verdict"), "passed") << compared;
  EXPECT_TRUE(holds(compared.at("found").get<std::string>(),
                    "of 6 replies the server counts 72 tokens and its tokenizer 72 (+0 %)"))
      << compared;
  EXPECT_TRUE(holds(text_of(record() / "requests.jsonl"), "\"text\"")) << "as much as --keep-text says";
}

TEST_F(UncountedBench, LeavesTheServerAloneWhereAsked) {
  load("llama-server", "none", {"--retokenize", "never"});
  EXPECT_EQ(sources(), (Json{{"unknown", 6}}));
  EXPECT_FALSE(fs::exists(record() / "retokenised.json"));
  EXPECT_EQ(check("retokenised"), Json::object());
}

}  // namespace
}  // namespace edgeeval::testing
