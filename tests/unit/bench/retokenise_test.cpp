// SPDX-License-Identifier: Apache-2.0
#include "bench/retokenise.hpp"

#include <gtest/gtest.h>

#include "core/json.hpp"

namespace edgeeval {
namespace {

/// Takes what a load's client tells.
class Recording final : public LoadSink {
 public:
  void event(const EventRecord& event) noexcept override { last_event = event.request; }
  void request(RequestRecord&& request) override { requests.push_back(std::move(request)); }
  std::vector<RequestRecord> requests;
  std::uint32_t last_event = 0;
};

RequestRecord reply(std::uint32_t index, const std::string& text,
                    std::optional<std::int64_t> tokens = std::nullopt) {
  RequestRecord request;
  request.index = index;
  request.text = text;
  request.completion_tokens = tokens;
  return request;
}

TEST(TextKeeper, HoldsTheTextsThatLackACountAndLeavesNoneInTheRecord) {
  Recording first;
  Recording second;
  TextKeeper keeper({&first, &second}, false, 0);
  const auto sinks = keeper.sinks();
  ASSERT_EQ(sinks.size(), 2U);
  sinks[0]->request(reply(4, "one two"));
  sinks[0]->request(reply(5, "counted", 1));
  auto failed = reply(6, "half a");
  failed.failure = FailureClass::truncated;
  sinks[0]->request(std::move(failed));
  auto warm = reply(0, "warm");
  warm.phase = LoadPhase::warmup;
  sinks[1]->request(std::move(warm));
  sinks[1]->request(reply(3, std::string(TextKeeper::kLongest, 'x')));
  EventRecord event;
  event.request = 3;
  sinks[1]->event(event);
  EXPECT_EQ(second.last_event, 3U);
  EXPECT_EQ(keeper.wanted(), 2U);
  const auto held = keeper.take();
  ASSERT_EQ(held.size(), 2U);
  EXPECT_EQ(held[0].request, 3U);
  EXPECT_TRUE(held[0].cut);
  EXPECT_EQ(held[1].text, "one two");
  EXPECT_FALSE(held[1].cut);
  ASSERT_EQ(first.requests.size(), 3U);
  for (const auto* sink : {&first, &second})
    for (const auto& request : sink->requests) EXPECT_EQ(request.text, "") << request.index;
}

TEST(TextKeeper, LeavesAsMuchTextInTheRecordAsWasAskedFor) {
  Recording record;
  TextKeeper keeper({&record}, true, 3);
  keeper.sinks()[0]->request(reply(1, "one two", 2));
  EXPECT_EQ(record.requests[0].text, "one");
  EXPECT_EQ(keeper.take().at(0).text, "one two");
}

/// vLLM's tokenizer route, whose tokens are words.
Result<SmallAnswer> words(const std::string& path, const std::string& body) {
  EXPECT_EQ(path, "/tokenize");
  const auto text = value_or(*parse_json(body, "body"), "prompt", std::string());
  return SmallAnswer{
      200, "{\"count\":" + std::to_string(1 + std::count(text.begin(), text.end(), ' ')) + "}", {}};
}

ProbedServer vllm() {
  ProbedServer server;
  server.dialect = dialects_of(ServerKind::vllm).front();
  return server;
}

const std::vector<HeldText> kTexts{
    {2, "one two", false}, {4, "one", false}, {5, "cut off", true}, {7, "", false}};

TEST(Retokenise, CountsEachTextAndTellsWhichItLeftOut) {
  const std::vector<HeldText> whole{kTexts[0], kTexts[1]};
  auto counted = retokenise(words, vllm(), "tiny", RetokeniseWish::missing, 2, whole, [] { return true; });
  EXPECT_EQ(counted.counts, (std::vector<CountedReply>{{2, 2}, {4, 1}}));
  EXPECT_EQ(counted.summary, (Retokenising{"missing", "/tokenize", 2, 2, ""}));
  counted = retokenise(words, vllm(), "tiny", RetokeniseWish::all, 4, kTexts, [] { return true; });
  EXPECT_EQ(counted.counts.size(), 2U);
  EXPECT_EQ(counted.summary, (Retokenising{"all", "/tokenize", 4, 2, "1 reply shows no text"}));
  counted = retokenise(words, vllm(), "tiny", RetokeniseWish::all, 9, whole, [] { return true; });
  EXPECT_EQ(counted.summary.problem, "the texts of 7 replies are beyond the 268435456 bytes that are held");
}

TEST(Retokenise, StopsWhereItIsToldToAndWhereTheServerFails) {
  int asked = 0;
  auto counted =
      retokenise(words, vllm(), "tiny", RetokeniseWish::missing, 4, kTexts, [&] { return asked++ < 1; });
  EXPECT_EQ(counted.summary,
            (Retokenising{"missing", "/tokenize", 4, 1, "counting was ended before it was through"}));
  const SmallCall gone = [](const std::string&, const std::string&) -> Result<SmallAnswer> {
    return SmallAnswer{404, "", {}};
  };
  counted = retokenise(gone, vllm(), "tiny", RetokeniseWish::missing, 4, kTexts, [] { return true; });
  EXPECT_EQ(counted.summary.problem, "POST /tokenize answers 404: the server has no such route");
  EXPECT_TRUE(counted.counts.empty());
}

TEST(Retokenise, SaysOnceThatAServerHasNoRoute) {
  ProbedServer strict;
  const SmallCall never = [](const std::string&, const std::string&) -> Result<SmallAnswer> {
    ADD_FAILURE() << "there is no route to ask";
    return SmallAnswer{};
  };
  const std::vector<HeldText> bare{{1, "", false}, {2, "", false}};
  const auto counted = retokenise(never, strict, "m", RetokeniseWish::missing, 2, bare, [] { return true; });
  EXPECT_EQ(counted.summary,
            (Retokenising{"missing", "", 2, 0, "openai-chat has no route that tokenizes a text"}));
}

}  // namespace
}  // namespace edgeeval
