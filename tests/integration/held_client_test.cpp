// SPDX-License-Identifier: Apache-2.0
// A load generator whose core is taken away for a part of its schedule: it must not pass its figures off as
// good ones.
#include <sys/inotify.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "core/json.hpp"
#include "mock_client.hpp"
#include "support/said.hpp"

namespace edgeeval::testing {
namespace {

namespace fs = std::filesystem;
using Seconds = std::chrono::duration<double>;

/// Waits until `name` is made or written in the folder that `watch` looks at; false after 30 s without.
bool wait_for(int notifier, const std::string& name) {
  alignas(inotify_event) std::array<char, 4096> buffer{};
  for (pollfd waiting{notifier, POLLIN, 0}; ::poll(&waiting, 1, 30'000) > 0;) {
    const auto got = ::read(notifier, buffer.data(), buffer.size());
    for (std::ptrdiff_t at = 0; at < got;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      if (event.len > 0 && name == buffer.data() + at + sizeof event) return true;
      at += static_cast<std::ptrdiff_t>(sizeof event + event.len);
    }
  }
  return false;
}

/// Once the load in `record` has written down its first requests, stops its process for as long as the server
/// takes for one reply. Returns for how long; nothing where the load was never seen.
std::optional<Seconds> hold_up(int notifier, const fs::path& record, int port) {
  if (!wait_for(notifier, record.filename().string())) return std::nullopt;
  ::inotify_add_watch(notifier, record.c_str(), IN_MODIFY);
  if (!wait_for(notifier, "requests.jsonl")) return std::nullopt;
  const auto clients = processes_with(record.string());
  if (clients.size() != 1) return std::nullopt;
  RawClient clock(port);
  ::kill(clients.front(), SIGSTOP);
  const auto begun = std::chrono::steady_clock::now();
  clock.send(post("/v1/chat/completions", R"({"messages":[{"role":"user","content":"x"}],"stream":true})"));
  const bool whole_reply = clock.read_until(whole);
  const Seconds held = std::chrono::steady_clock::now() - begun;
  ::kill(clients.front(), SIGCONT);
  return whole_reply ? std::optional(held) : std::nullopt;
}

TEST(HeldClient, AnOpenLoopThatWasHeldUpIsInvalidForItsScheduleLag) {
  const TempFolder folder;
  const auto record = folder.path() / "load";
  const auto report = folder.path() / "report.json";
  const int notifier = ::inotify_init1(IN_CLOEXEC);
  ASSERT_GE(::inotify_add_watch(notifier, folder.path().c_str(), IN_CREATE), 0);
  Ran ran;
  std::optional<Seconds> held;
  // A reply of two tokens takes the load 10 ms; one of 100 tokens, the clock of the hold, half a second.
  with_server({"--ttft", "5ms", "--itl", "5ms", "--tokens", "100"}, [&](int port) {
    std::jthread holder([&] { held = hold_up(notifier, record, port); });
    ran = run_program({std::string(EDGEEVAL_BIN_DIR) + "/edgeeval", "bench", "--url",
                       "http://127.0.0.1:" + std::to_string(port), "--scenario", "open:const@100", "-n",
                       "300", "--max-tokens", "2", "--warmup", "0", "--out", record.string(), "--no-energy",
                       "--no-scrape", "--quiet", "-o", "json:" + report.string()});
  });
  ::close(notifier);
  ASSERT_TRUE(held) << ran.err;
  EXPECT_EQ(ran.code, 21) << ran.err;
  const auto found = json_of(report);
  EXPECT_EQ(found.at("summary").at("requests").at("ok"), 300) << "late requests are sent, not dropped";
  EXPECT_FALSE(found.at("validity").at("valid"));
  const auto& checks = found.at("validity").at("checks");
  const auto lag = std::find_if(checks.begin(), checks.end(),
                                [](const Json& check) { return check.at("id") == "schedule-lag"; });
  ASSERT_NE(lag, checks.end());
  EXPECT_EQ(lag->at("verdict"), "failed");
  // More than 1 % of the requests fell due just after the stop, and waited for nearly all of it.
  EXPECT_GT(lag->at("value").get<double>(), 0.8 * held->count());
  EXPECT_NE(lag->at("advice").get<std::string>().find("core of its own"), std::string::npos);
}

}  // namespace
}  // namespace edgeeval::testing
