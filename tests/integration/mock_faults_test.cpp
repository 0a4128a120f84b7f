// SPDX-License-Identifier: Apache-2.0
// Each fault by name, over a socket: the bytes and the end that its line of meaning promises.
#include <fstream>
#include <map>

#include "mock/fault.hpp"
#include "mock_client.hpp"
#include "support/said.hpp"

namespace edgeeval::testing {
namespace {

constexpr const char* kPath = "/v1/chat/completions";
constexpr const char* kBody =
    R"({"messages":[{"content":"one two"}],"stream":true,"stream_options":{"include_usage":true}})";

/// What came of a request.
struct Outcome {
  std::string text;
  End end = End::open;
  unsigned segments = 0;
  [[nodiscard]] std::string body() const { return dechunked(text).value_or(std::string("(not whole)")); }
  [[nodiscard]] bool has(const std::string& part) const { return holds(text, part); }
  [[nodiscard]] bool status(int code) const {
    return text.starts_with("HTTP/1.1 " + std::to_string(code) + " ");
  }
  [[nodiscard]] std::size_t tokens() const { return count_of(text, "\"content\":\" "); }
  /// A whole stream of eight tokens to its end.
  [[nodiscard]] bool good() const {
    return whole(text) && tokens() == 8 && body().ends_with("data: [DONE]\n\n");
  }
  /// Four tokens, and then what is not the stream's end.
  [[nodiscard]] bool torn() const {
    return status(200) && !whole(text) && tokens() == 4 && end == End::closed;
  }
};

using Check = std::function<bool(const Outcome&)>;

Check refusal(int status, const std::string& part) {
  return
      [=](const Outcome& o) { return o.status(status) && o.has(part) && o.has("\"error\":{\"message\":"); };
}

/// What each fault is to look like: a row a fault.
const std::map<std::string, Check>& checks() {
  static const std::map<std::string, Check> kChecks{
      {"unauthorized", refusal(401, "WWW-Authenticate: Bearer\r\n")},
      {"not-found", refusal(404, "The model does not exist")},
      {"rate-limited", refusal(429, "Retry-After: 2\r\n")},
      {"overloaded", refusal(503, "Retry-After: 2\r\n")},
      {"loading", refusal(503, "Loading model")},
      {"server-error", refusal(500, "The engine failed")},
      {"bad-request", refusal(400, "cannot be read")},
      {"redirect", refusal(307, "Location: /moved\r\n")},
      {"html", [](const auto& o) { return o.status(200) && o.has("text/html") && o.has("<!DOCTYPE html>"); }},
      {"error-200", refusal(200, "Content-Type: application/json\r\n")},
      {"wrong-type", [](const auto& o) { return o.good() && o.has("Content-Type: text/plain\r\n"); }},
      {"close-unanswered", [](const auto& o) { return o.text.empty() && o.end == End::closed; }},
      {"reset-unanswered", [](const auto& o) { return o.text.empty() && o.end == End::reset; }},
      {"bad-status",
       [](const auto& o) { return o.text == "HTTP two hundred\r\n\r\n" && o.end == End::closed; }},
      {"huge-head", [](const auto& o) { return o.good() && o.text.find("\r\n\r\n") > 1U << 20U; }},
      {"interim",
       [](const auto& o) {
         return o.text.starts_with("HTTP/1.1 103 ") && o.has("\r\n\r\nHTTP/1.1 200 OK") && o.good();
       }},
      {"close-delimited",
       [](const auto& o) {
         return !o.has("chunked") && o.tokens() == 8 && o.text.ends_with("data: [DONE]\n\n") &&
                o.end == End::closed;
       }},
      {"short-length",
       [](const auto& o) {
         return o.has("Content-Length: 1000") && o.text.ends_with("data: {") && o.end == End::closed;
       }},
      {"error-event",
       [](const auto& o) {
         return whole(o.text) && o.tokens() == 4 &&
                holds(o.body(), "data: {\"error\":{\"message\":\"The engine failed midway\"") &&
                o.body().ends_with("data: [DONE]\n\n");
       }},
      {"reset-midway",
       [](const auto& o) { return o.end == End::reset && o.tokens() <= 4 && !whole(o.text); }},
      {"close-midway", [](const auto& o) { return o.torn() && o.text.ends_with("\n\n\r\n"); }},
      {"truncated-chunk",
       [](const auto& o) {
         return o.torn() && o.text.ends_with("100\r\ndata: {\"choices\":[{\"index\":0,");
       }},
      {"bad-chunk-size", [](const auto& o) { return o.torn() && o.has("\r\nzz\r\n"); }},
      {"stall", [](const auto& o) { return o.good(); }},
      {"giant-line",
       [](const auto& o) {
         const auto at = o.text.find("30d40\r\ndata: aaaa");  // 200,000 in hexadecimal.
         return at != std::string::npos && o.text.size() - at == 200'000 + 7 &&
                o.text.find('\n', at + 7) == std::string::npos && o.end == End::closed;
       }},
      {"invalid-utf8", [](const auto& o) { return o.good() && o.has("\"content\":\"\xC3\x28\xFF\""); }},
      {"deep-json",
       [](const auto& o) {
         return o.good() && o.has("data: " + std::string(500, '[') + std::string(500, ']') + "\n\n");
       }},
      {"bad-json", [](const auto& o) { return o.good() && o.has("data: {this is not JSON}\n\n"); }},
      {"truncated-json", [](const auto& o) { return o.good() && o.has("{\"content\":\"brok\n\n"); }},
      {"null-byte", [](const auto& o) { return o.good() && o.has(std::string("\"content\":\"\0\"", 13)); }},
      {"drip", [](const auto& o) { return o.good() && o.segments > o.body().size() / 2; }},
      {"drip-head", [](const auto& o) { return o.good() && o.segments > o.text.size() / 2; }},
      {"split-random", [](const auto& o) { return o.good() && o.segments >= 18; }},
      {"split-utf8", [](const auto& o) { return o.good() && o.segments >= 16; }},
      {"split-crlf", [](const auto& o) { return o.good() && o.segments >= 24; }},
      {"split-bytes", [](const auto& o) { return o.good() && o.segments > o.body().size() / 2; }},
      {"merged-writes", [](const auto& o) { return o.good() && o.segments <= 4; }},
      {"all-at-once", [](const auto& o) { return o.good(); }},
      {"close-after",
       [](const auto& o) { return o.good() && o.has("Connection: keep-alive") && o.end == End::closed; }},
      {"chunk-extension",
       [](const auto& o) {
         return o.good() && o.has(";part=1\r\n") && o.text.ends_with("0;last\r\nX-Tokens: 1\r\n\r\n");
       }},
      {"bundles",
       [](const auto& o) {
         return whole(o.text) && o.tokens() == 2 && o.has("\" the café costs 東京\"") &&
                o.has("\"completion_tokens\":8");
       }},
      {"role-early",
       [](const auto& o) { return o.good() && count_of(o.text, "\"role\":\"assistant\"") == 1; }},
      {"no-role", [](const auto& o) { return o.good() && !o.has("\"role\""); }},
      {"empty-chunks", [](const auto& o) { return o.good() && count_of(o.text, "{\"content\":\"\"}") == 2; }},
      {"reasoning",
       [](const auto& o) {
         return whole(o.text) && o.tokens() == 4 && count_of(o.text, "\"reasoning_content\":\" ") == 4;
       }},
      {"tool-call",
       [](const auto& o) {
         return whole(o.text) && count_of(o.text, "\"tool_calls\":[") == 8 &&
                o.has("\"finish_reason\":\"tool_calls\"");
       }},
      {"comments", [](const auto& o) { return o.good() && count_of(o.text, ": ping\n\n") == 3; }},
      {"usage-none", [](const auto& o) { return o.good() && !o.has("completion_tokens"); }},
      {"usage-every", [](const auto& o) { return o.good() && count_of(o.text, "completion_tokens") == 11; }},
      {"usage-finish",
       [](const auto& o) {
         return o.good() && count_of(o.text, "completion_tokens") == 1 && !o.has("\"choices\":[],");
       }},
      {"usage-wrong", [](const auto& o) { return o.good() && o.has("\"completion_tokens\":11"); }},
      {"no-done", [](const auto& o) { return whole(o.text) && o.tokens() == 8 && !o.has("[DONE]"); }},
      {"done-unterminated",
       [](const auto& o) { return whole(o.text) && o.body().ends_with("}\n\ndata: [DONE]\n"); }},
      {"after-done",
       [](const auto& o) {
         return whole(o.text) && o.text.find("\"content\":\"", o.text.find("[DONE]")) != std::string::npos;
       }},
      {"no-finish", [](const auto& o) { return o.good() && !o.has("\"finish_reason\":\"stop\""); }},
      {"no-tokens",
       [](const auto& o) { return whole(o.text) && o.tokens() == 0 && o.has("\"completion_tokens\":0"); }},
      {"one-token",
       [](const auto& o) { return whole(o.text) && o.tokens() == 1 && o.has("\"completion_tokens\":1,"); }},
      {"crlf-lines",
       [](const auto& o) {
         return whole(o.text) && o.tokens() == 8 && o.body().ends_with("data: [DONE]\r\n\r\n");
       }},
      {"cr-lines",
       [](const auto& o) {
         return whole(o.text) && o.tokens() == 8 && o.body().ends_with("data: [DONE]\r\r");
       }},
      {"no-space",
       [](const auto& o) {
         return whole(o.text) && o.body().starts_with("data:{") && o.body().ends_with("data:[DONE]\n\n");
       }},
      {"multi-line",
       [](const auto& o) {
         return o.good() && o.body().starts_with("data: {\"id\":\"chatcmpl-1\",\ndata: \"object\"");
       }},
      {"byte-order-mark",
       [](const auto& o) {
         return o.good() && o.body().starts_with(
                                "\xEF\xBB\xBF"
                                "data: {");
       }},
  };
  return kChecks;
}

/// Faults that keep silent; they have their own test.
const std::vector<std::string> kSilent{"hang", "head-only", "silence"};

class MockFaults : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(script())
        << "ttft: 2ms\nitl: 2ms\ntokens: 8\nlimits: {stall: 20ms, retry_after: 1500ms, drip: 20us, "
           "giant_bytes: 200000, json_depth: 500}\nreply: {split: {at: none, gap: 200us}}\n";
  }
  [[nodiscard]] std::string script() const { return (folder_.path() / "script.yaml").string(); }

 private:
  TempFolder folder_;
};

TEST_F(MockFaults, AreAllLookedAtHere) {
  for (const auto& name : mock::fault_names()) {
    const bool silent = std::find(kSilent.begin(), kSilent.end(), name) != kSilent.end();
    EXPECT_TRUE(silent || checks().contains(name)) << name;
  }
}

TEST_F(MockFaults, EachDoesWhatItsMeaningSays) {
  for (const auto& [name, check] : checks()) {
    const auto ran = with_server({"--script", script()}, [&, &fault = name, &good = check](int port) {
      RawClient client(port);
      client.send(post(kPath, kBody, fault, fault == "close-after"));
      EXPECT_TRUE(client.read_all()) << fault;
      const Outcome outcome{client.text(), client.end(), client.segments()};
      EXPECT_TRUE(good(outcome)) << fault << " (" << outcome.segments << " segments):\n"
                                 << outcome.text.substr(0, 6000);
    });
    EXPECT_EQ(ran.code, 0) << ran.err;
  }
}

TEST_F(MockFaults, SilentOnesKeepSilentWhileOthersAreServed) {
  const auto ran = with_server({"--script", script()}, [](int port) {
    std::vector<std::unique_ptr<RawClient>> silent;
    for (const auto& fault : kSilent) {
      silent.push_back(std::make_unique<RawClient>(port));
      silent.back()->send(post(kPath, kBody, fault));
    }
    // What would come of the silent ones would have come before the end of a stall asked for after them.
    RawClient other(port);
    other.send(post(kPath, kBody, "stall"));
    ASSERT_TRUE(other.read_until(whole));
    for (auto& client : silent) client->read_now();
    EXPECT_EQ(silent[0]->text(), "");
    EXPECT_TRUE(silent[1]->text().ends_with("\r\n\r\n")) << silent[1]->text();
    EXPECT_EQ(count_of(silent[2]->text(), "\"content\":\" "), 4U) << silent[2]->text();
    for (const auto& client : silent) EXPECT_EQ(client->end(), End::open);
  });
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("4 (1 complete, 3 abandoned, 4 with a fault)"), std::string::npos) << ran.out;
}

}  // namespace
}  // namespace edgeeval::testing
