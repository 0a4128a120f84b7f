// SPDX-License-Identifier: Apache-2.0
// `edgeeval mock-server` from outside: streams, captures, loading, slow readers, its log and its end.
#include <algorithm>
#include <fstream>
#include <map>
#include <memory>

#include "../unit/mock/wire.hpp"
#include "core/json.hpp"
#include "mock_client.hpp"
#include "support/said.hpp"

namespace edgeeval::testing {
namespace {

constexpr const char* kPath = "/v1/chat/completions";
constexpr const char* kBody = R"({"messages":[{"content":"one two"}],"stream":true})";

/// Reads all clients at once until each has a whole answer.
void read_all_of(std::vector<std::unique_ptr<RawClient>>& clients) {
  std::size_t left = clients.size();
  std::vector<bool> done(clients.size(), false);
  while (left > 0) {
    std::vector<pollfd> waiting;
    for (std::size_t i = 0; i < clients.size(); ++i)
      waiting.push_back({done[i] ? -1 : clients[i]->socket(), POLLIN, 0});
    ASSERT_GT(::poll(waiting.data(), waiting.size(), 30'000), 0);
    for (std::size_t i = 0; i < clients.size(); ++i) {
      if (waiting[i].revents == 0) continue;
      clients[i]->read_now();
      done[i] = clients[i]->end() != End::open || clients[i]->text().ends_with("0\r\n\r\n");
      if (done[i]) --left;
    }
  }
}

TEST(MockServer, SendsTheGoldenCapturesAndReplaysThem) {
  for (const auto& golden : mock::goldens()) {
    const auto expected = read_file(mock::golden_path(golden.file));
    ASSERT_TRUE(expected);
    const auto ask = [&](int port, const std::string& fault) {
      RawClient client(port);
      client.send(post(golden.path, golden.body, fault));
      EXPECT_TRUE(client.read_until([](const std::string& text) { return text.ends_with("\r\n0\r\n\r\n"); }));
      EXPECT_EQ(client.text(), *expected) << golden.file;
    };
    const std::string dialect(mock::to_string(golden.dialect));
    auto ran = with_server({"--dialect", dialect, "--ttft", "20ms", "--itl", "30ms", "--tokens", "3"},
                           [&](int port) { ask(port, golden.fault); });
    EXPECT_EQ(ran.code, 0) << ran.err;
    ran = with_server(
        {"--dialect", dialect, "--ttft", "1ms", "--itl", "1ms", "--replay", mock::golden_path(golden.file)},
        [&](int port) { ask(port, ""); });
    EXPECT_EQ(ran.code, 0) << ran.err;
  }
}

TEST(MockServer, SixtyFourStreamsAtOnceLoseNoEvent) {
  const TempFolder folder;
  const auto log = (folder.path() / "sent.jsonl").string();
  constexpr std::size_t kStreams = 64;
  const auto ran =
      with_server({"--ttft", "5ms", "--itl", "1ms", "--tokens", "100", "--log", log}, [&](int port) {
        std::vector<std::unique_ptr<RawClient>> clients;
        for (std::size_t i = 0; i < kStreams; ++i) {
          clients.push_back(std::make_unique<RawClient>(port));
          clients.back()->send(post(kPath, kBody));
        }
        read_all_of(clients);
        for (const auto& client : clients) {
          EXPECT_TRUE(whole(client->text()));
          EXPECT_EQ(count_of(client->text(), "\"content\":\" "), 100U);
        }
      });
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(holds(ran.out, "requests  64 (64 complete, 0 abandoned, 0 with a fault)")) << ran.out;
  EXPECT_TRUE(holds(ran.out, "6400 events with 6400 tokens")) << ran.out;
  // The log has each event of each request, in order, sent no earlier than due.
  const auto lines = read_lines(log);
  ASSERT_TRUE(lines);
  std::map<std::uint64_t, std::int64_t> tokens;
  std::map<std::uint64_t, std::int64_t> before;
  std::size_t requests = 0;
  std::size_t ends = 0;
  for (const auto& line : *lines) {
    const auto json = parse_json(line, log);
    ASSERT_TRUE(json) << line;
    const auto request = json->at("request").get<std::uint64_t>();
    requests += json->contains("received_ns") ? 1 : 0;
    ends += json->contains("end") ? 1 : 0;
    if (!json->contains("kind")) continue;
    EXPECT_GE(json->at("before_ns"), json->at("due_ns"));
    EXPECT_GE(json->at("after_ns"), json->at("before_ns"));
    EXPECT_GE(json->at("before_ns").get<std::int64_t>(), before[request]);
    before[request] = json->at("before_ns").get<std::int64_t>();
    tokens[request] += json->at("tokens").get<std::int64_t>();
  }
  EXPECT_EQ(requests, kStreams);
  EXPECT_EQ(ends, kStreams);
  ASSERT_EQ(tokens.size(), kStreams);
  for (const auto& [request, count] : tokens) EXPECT_EQ(count, 100) << request;
}

TEST(MockServer, KeepsAConnectionForMoreRequestsAndAnswersPipelinedOnesInTurn) {
  with_server({"--ttft", "1ms", "--itl", "1ms", "--tokens", "2"}, [](int port) {
    RawClient client(port);
    client.send(post(kPath, kBody) + get("/v1/models") + post(kPath, kBody));
    ASSERT_TRUE(
        client.read_until([](const std::string& text) { return count_of(text, "\r\n0\r\n\r\n") == 2; }));
    const auto models = client.text().find("\"object\":\"list\"");
    EXPECT_LT(client.text().find("chatcmpl-1"), models);
    EXPECT_GT(client.text().find("chatcmpl-2"), models);
    EXPECT_EQ(client.end(), End::open);
  });
}

TEST(MockServer, LlamaServerAnnouncesKeepAliveAndClosesAfterAStream) {
  with_server({"--dialect", "llama-server", "--ttft", "1ms", "--itl", "1ms", "--tokens", "2"}, [](int port) {
    RawClient client(port);
    client.send(get("/health"));
    ASSERT_TRUE(client.read_until([](const std::string& text) { return holds(text, "\"ok\""); }));
    client.send(post(kPath, kBody));
    ASSERT_TRUE(client.read_all());
    EXPECT_TRUE(holds(client.text(), "Keep-Alive: timeout=5, max=100"));
    EXPECT_EQ(client.end(), End::closed);
  });
}

TEST(MockServer, ASlowReaderHoldsUpNoOther) {
  // One reply of some 40 MB is not read at all; the kernel takes a few MB of it.
  const auto ran = with_server({"--ttft", "0ms", "--itl", "0ms", "--tokens", "1000"}, [](int port) {
    RawClient slow(port);
    slow.send(post(kPath, R"({"messages":[],"stream":true,"max_tokens":200000,"ignore_eos":true})"));
    RawClient quick(port);
    quick.send(post(kPath, kBody));
    ASSERT_TRUE(quick.read_until(whole));
    EXPECT_EQ(count_of(quick.text(), "\"content\":\" "), 1000U);
    ASSERT_TRUE(
        slow.read_until([](const std::string& text) { return text.ends_with("[DONE]\n\n\r\n0\r\n\r\n"); }));
    EXPECT_EQ(count_of(slow.text(), "\"content\":\" "), 200'000U);
  });
  EXPECT_TRUE(holds(ran.out, "2 complete, 0 abandoned")) << ran.out;
  EXPECT_FALSE(holds(ran.out, "; 0 events waited")) << ran.out;
}

TEST(MockServer, AnswersAsLoadingForAsLongAsTold) {
  const auto ran =
      with_server({"--dialect", "llama-server", "--loading", "1s", "--tokens", "1"}, [](int port) {
        RawClient client(port);
        client.send(get("/health"));
        ASSERT_TRUE(client.read_until([](const std::string& text) { return holds(text, "}}"); }));
        EXPECT_TRUE(client.text().starts_with("HTTP/1.1 503 ")) << client.text();
        client.forget();
        client.send(post(kPath, kBody));
        ASSERT_TRUE(client.read_until([](const std::string& text) { return holds(text, "}}"); }));
        EXPECT_TRUE(client.text().starts_with("HTTP/1.1 503 ")) << client.text();
        // Asked until it is ready.
        do {
          client.forget();
          client.send(get("/health"));
          ASSERT_TRUE(client.read_until([](const std::string& text) { return holds(text, "}"); }));
        } while (client.end() == End::open && !holds(client.text(), "{\"status\":\"ok\"}"));
        EXPECT_EQ(client.end(), End::open);
      });
  EXPECT_EQ(ran.code, 0) << ran.err;
}

TEST(MockServer, RefusesConnectionsWhileLoadingWhereItIsToldTo) {
  const TempFolder folder;
  const auto script = (folder.path() / "s.yaml").string();
  std::ofstream(script) << "dialect: vllm\nloading: {for: 1s, how: refuse}\n";
  with_server({"--script", script}, [](int port) {
    std::size_t refused = 0;
    for (;;) {
      RawClient client(port);
      if (client.connected()) break;
      ++refused;
    }
    EXPECT_GT(refused, 0U);
  });
}

TEST(MockServer, EndsCleanlyOnEitherSignalWithRepliesUnderWay) {
  for (const int signal : {SIGTERM, SIGINT}) {
    std::unique_ptr<RawClient> client;
    const auto ran = with_server(
        {"--ttft", "1ms", "--itl", "10s"},
        [&](int port) {
          client = std::make_unique<RawClient>(port);
          client->send(post(kPath, kBody));
          ASSERT_TRUE(client->read_until(
              [](const std::string& text) { return holds(text, "\"content\":\" the\""); }));
        },
        signal);
    EXPECT_EQ(ran.code, 0);
    EXPECT_TRUE(holds(ran.out, "1 (0 complete, 1 abandoned")) << ran.out;
  }
}

TEST(MockServer, SpeaksJsonWhereAsked) {
  const auto ran = run_program({std::string(EDGEEVAL_BIN_DIR) + "/edgeeval", "mock-server", "--json"},
                               [](const std::string& line) -> std::optional<int> {
                                 const auto json = parse_json(line, "stdout");
                                 if (!json || !json->contains("listening")) return std::nullopt;
                                 EXPECT_GT(json->at("listening").at("port").get<int>(), 0);
                                 return SIGINT;
                               });
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto last = ran.out.substr(ran.out.find('\n') + 1);
  const auto totals = parse_json(last, "stdout");
  ASSERT_TRUE(totals) << ran.out;
  EXPECT_EQ(totals->at("requests"), 0);
  EXPECT_FALSE(totals->contains("late_p50_s"));
}

TEST(MockServer, TellsWhatIsWrongWithItsOptions) {
  const auto edgeeval = std::string(EDGEEVAL_BIN_DIR) + "/edgeeval";
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {edgeeval, "mock-server"});
    return run_program(arguments);
  };
  auto ran = run({"--dialect", "vlm"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(holds(ran.err, "llama-server")) << ran.err;
  ran = run({"--fault", "stal:2%"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_TRUE(holds(ran.err, "did you mean \"stall\"")) << ran.err;
  EXPECT_EQ(run({"--fault", "stall:200%"}).code, 2);
  EXPECT_EQ(run({"--ttft", "20"}).code, 2);
  EXPECT_EQ(run({"--script", "/nowhere.yaml"}).code, 11);
  EXPECT_EQ(run({"--replay", std::string(EDGEEVAL_SOURCE_DIR) + "/README.md"}).code, 3);
  with_server({}, [&](int port) { EXPECT_EQ(run({"--port", std::to_string(port)}).code, 9); });
  ran = run({"--list-faults"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_GE(count_of(ran.out, "\n"), 30U);
}

TEST(MockServer, BytesThatAreNoRequestEndTheirConnectionOnly) {
  const auto ran = with_server({"--ttft", "1ms", "--itl", "1ms", "--tokens", "1"}, [](int port) {
    RawClient bad(port);
    bad.send("\x16\x03\x01 this is TLS\r\n\r\n");
    ASSERT_TRUE(bad.read_all());
    EXPECT_TRUE(bad.text().starts_with("HTTP/1.1 400 ")) << bad.text();
    RawClient good(port);
    good.send(post(kPath, kBody));
    EXPECT_TRUE(good.read_until(whole));
  });
  EXPECT_EQ(ran.code, 0);
}

}  // namespace
}  // namespace edgeeval::testing
