// SPDX-License-Identifier: Apache-2.0
// A schedule that is replayed makes the same requests, byte for byte.
#include <mutex>

#include "core/json.hpp"
#include "unit/bench/bench_fixture.hpp"
#include "unit/load/scripted_server.hpp"

namespace edgeeval::testing {
namespace {

/// An OpenAI server that keeps the bodies of requests for four tokens, and tells as many prompt tokens as
/// there are words.
class Recorder {
 public:
  [[nodiscard]] Target target() const { return server_.target(); }
  /// Those since the last call, sorted.
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    auto taken = std::move(bodies_);
    bodies_.clear();
    std::sort(taken.begin(), taken.end());
    return taken;
  }

 private:
  void serve(Connection& connection, const std::string& request) {
    if (request.starts_with("GET /v1/models "))
      return connection.send(plain_answer(200, R"({"object":"list","data":[{"id":"m","owned_by":"us"}]})"));
    if (!request.starts_with("POST /v1/chat/completions ")) return connection.send(plain_answer(404, "{}"));
    const auto body = request.substr(request.find("\r\n\r\n") + 4);
    const auto json = parse_json(body, "body");
    ASSERT_TRUE(json.has_value()) << body;
    const auto text = json->at("messages").back().at("content").get<std::string>();
    const auto words = 1 + std::count(text.begin(), text.end(), ' ');
    if (json->at("max_tokens") == 4) {
      const std::lock_guard lock(mutex_);
      bodies_.push_back(body);
    }
    connection.send(
        chunked_answer({"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word\"}}]}\n\n",
                        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n",
                        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":" + std::to_string(words) +
                            ",\"completion_tokens\":1}}\n\n",
                        "data: [DONE]\n\n"}));
  }

  std::mutex mutex_;
  std::vector<std::string> bodies_;
  ScriptedServer server_{
      {[this](Connection& connection, const std::string& request) { serve(connection, request); }}};
};

class Replay : public BenchTest {
 protected:
  /// Settings of a replay as someone types them who gives nothing else.
  [[nodiscard]] BenchSettings replay_of(const Target& target, const std::string& name,
                                        const std::string& again) const {
    auto settings = settings_for(target, "single", std::nullopt, again);
    settings.max_tokens = 128;
    settings.schedule_file = folder_ / name / "schedule.jsonl";
    settings.warmup = 0;
    return settings;
  }
};

TEST_F(Replay, MakesTheSameBodies) {
  Recorder recorder;
  for (const std::size_t prompts : {0U, 3U}) {
    const std::string name = "load" + std::to_string(prompts);
    auto settings = settings_for(recorder.target(), "open:poisson@400", 9, name);
    settings.seeds = {7, 8, 9};
    settings.prompts.tokens = 30;
    settings.prompts.count = prompts;
    settings.warmup = 0;
    static_cast<void>(benched(settings));
    const auto original = recorder.take();
    ASSERT_EQ(original.size(), 9U);
    const auto once = benched(replay_of(recorder.target(), name, name + "-once"));
    EXPECT_EQ(recorder.take(), original) << prompts;
    const auto twice = benched(replay_of(recorder.target(), name, name + "-twice"));
    EXPECT_EQ(recorder.take(), original) << prompts;
    EXPECT_EQ(once.header.scenario, "open:poisson@400");
    EXPECT_EQ(once.header.seeds, (std::vector<std::uint64_t>{7, 8, 9}));
    EXPECT_EQ(once.header.settings.at("max-tokens"), "4");
    EXPECT_EQ(once.header.offered_rps, twice.header.offered_rps);
    EXPECT_FALSE(warned(once, "not those of the load"));
  }
}

TEST_F(Replay, OfAReplayIsTheSameAgain) {
  Recorder recorder;
  auto settings = settings_for(recorder.target(), "closed:2", 5, "load");
  settings.prompts.tokens = 20;
  settings.warmup = 2;
  static_cast<void>(benched(settings));
  static_cast<void>(recorder.take());
  static_cast<void>(benched(replay_of(recorder.target(), "load", "once")));
  const auto once = recorder.take();
  ASSERT_EQ(once.size(), 5U);
  const auto again = benched(replay_of(recorder.target(), "once", "twice"));
  EXPECT_EQ(recorder.take(), once);
  EXPECT_EQ(again.header.scenario, "closed:2");
  EXPECT_EQ(again.header.concurrency, 2);
}

TEST_F(Replay, NeedsTheFileThatThePromptsCameFrom) {
  Recorder recorder;
  auto settings = settings_for(recorder.target(), "closed:1", 2, "load");
  settings.prompts.file =
      file("own.jsonl", "{\"prompt\":\"Why is it so?\"}\n{\"prompt\":\"What is that?\"}\n");
  static_cast<void>(benched(settings));
  auto again = replay_of(recorder.target(), "load", "again");
  const CancelToken cancel;
  const auto refused = run_bench(again, cancel, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::usage);
  EXPECT_NE(refused.error().message.find("own.jsonl"), std::string::npos) << refused.error().message;
  again.prompts.file = file("other.jsonl", "{\"prompt\":\"A\"}\n{\"prompt\":\"B\"}\n");
  EXPECT_TRUE(warned(benched(again), "not those of the load that is replayed"));
}

}  // namespace
}  // namespace edgeeval::testing
