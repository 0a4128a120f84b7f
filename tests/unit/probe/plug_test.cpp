// SPDX-License-Identifier: Apache-2.0
#include "probe/plug.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <future>
#include <mutex>
#include <thread>

#include "unit/probe/sysfs_trees.hpp"

namespace edgeeval {
namespace {

/// Answers each request on 127.0.0.1 with what `answer` says to its target; an empty answer is none at all.
class FakePlug {
 public:
  using Answer = std::function<std::string(const std::string& target)>;
  explicit FakePlug(Answer answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  FakePlug(const FakePlug&) = delete;
  FakePlug& operator=(const FakePlug&) = delete;
  ~FakePlug() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  [[nodiscard]] std::string named(const std::string& kind) const {
    return kind + "://127.0.0.1:" + std::to_string(port_);
  }
  [[nodiscard]] std::vector<std::string> targets() {
    const std::lock_guard lock(mutex_);
    return targets_;
  }

 private:
  void serve() {
    std::vector<int> silent;
    for (int peer = ::accept(listener_, nullptr, nullptr); peer >= 0;
         peer = ::accept(listener_, nullptr, nullptr)) {
      std::string request;
      char part[1024];
      while (request.find("\r\n\r\n") == std::string::npos) {
        const auto got = ::recv(peer, part, sizeof part, 0);
        if (got <= 0) break;
        request.append(part, static_cast<std::size_t>(got));
      }
      const auto target = request.substr(4, request.find(' ', 4) - 4);
      {
        const std::lock_guard lock(mutex_);
        targets_.push_back(target);
      }
      const auto answer = answer_(target);
      if (answer.empty()) {
        silent.push_back(peer);
        continue;
      }
      ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
      ::close(peer);
    }
    for (const int peer : silent) ::close(peer);
  }

  Answer answer_;
  int listener_ = -1;
  int port_ = 0;
  std::mutex mutex_;
  std::vector<std::string> targets_;
  std::thread thread_;
};

std::string json_answer(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

constexpr const char* kShelly =
    R"({"id":0,"source":"init","output":true,"apower":42.7,"voltage":230.1,"aenergy":{"total":6.532,"by_minute":[1,2,3]}})";
constexpr const char* kTasmota =
    R"({"StatusSNS":{"Time":"2025-01-01T00:00:00","ENERGY":{"Total":1.250,"Today":0.1,"Power":37,"Voltage":229}}})";

TEST(PlugAddress, IsReadFromItsText) {
  const auto plain = parse_plug_address("shelly://plug.local");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->address.host, "plug.local");
  EXPECT_EQ(plain->address.port, 80);
  const auto full = parse_plug_address("shelly://192.0.2.7:8080/2");
  ASSERT_TRUE(full.has_value());
  EXPECT_EQ(full->address.port, 8080);
  EXPECT_EQ(full->channel, 2);
  const auto six = parse_plug_address("shelly://[::1]:8080/1");
  ASSERT_TRUE(six.has_value()) << six.error().message;
  EXPECT_EQ(six->address.host, "::1");
  EXPECT_EQ(six->address.port, 8080);
  EXPECT_EQ(six->channel, 1);
  EXPECT_EQ(parse_plug_address("shelly://[fe80::1]")->address.port, 80);
  EXPECT_EQ(parse_plug_address("tasmota://x")->dialect, PlugAddress::Dialect::tasmota);
  for (const char* wrong :
       {"", "plug.local", "http://x", "shelly://", "shelly://x:0", "shelly://x:port", "shelly://x/a",
        "shelly://::1", "shelly://[::1", "shelly://[::1]80", "shelly://[]"}) {
    const auto refused = parse_plug_address(wrong);
    ASSERT_FALSE(refused.has_value()) << wrong;
    EXPECT_EQ(refused.error().code, ErrorCode::usage);
    EXPECT_FALSE(refused.error().hint.empty());
  }
}

TEST(HostAddress, NeedsNoLookupWhereItIsNumeric) {
  const auto never = [](const std::string& host) -> Result<std::vector<std::string>> {
    ADD_FAILURE() << host << " was looked up";
    return fail(ErrorCode::io, "looked up");
  };
  for (const char* host : {"192.0.2.7", "::1"}) {
    const auto address = resolved({host, 80}, std::chrono::milliseconds(1000), never);
    ASSERT_TRUE(address.has_value());
    EXPECT_EQ(address->numeric, std::vector<std::string>{host});
  }
}

TEST(HostAddress, IsLookedUpOnceAndKeepsAllThatTheNameStandsFor) {
  const auto lookup = [](const std::string&) -> Result<std::vector<std::string>> {
    return std::vector<std::string>{"::1", "127.0.0.1"};
  };
  const auto address = resolved({"plug.local", 80}, std::chrono::minutes(1), lookup);
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(address->host, "plug.local");
  EXPECT_EQ(address->numeric.size(), 2U);
}

// A resolver whose server is silent takes its own time, and held the slow readings up for as long.
TEST(HostAddress, IsGivenUpPastItsLimit) {
  std::promise<void> end;
  const auto ended = end.get_future().share();
  const auto lookup = [ended](const std::string&) -> Result<std::vector<std::string>> {
    ended.wait();
    return std::vector<std::string>{"127.0.0.1"};
  };
  const auto address = resolved({"plug.local", 80}, std::chrono::milliseconds(10), lookup);
  end.set_value();
  ASSERT_FALSE(address.has_value());
  EXPECT_EQ(address.error().code, ErrorCode::timed_out);
}

TEST(PlugAnswers, AreTakenApart) {
  EXPECT_EQ(parse_shelly(kShelly)->watts, 42.7);
  EXPECT_NEAR(*parse_shelly(kShelly)->joules, 6.532 * 3600.0, 1e-9);
  EXPECT_EQ(parse_tasmota(kTasmota)->watts, 37.0);
  EXPECT_NEAR(*parse_tasmota(kTasmota)->joules, 1.25 * 3.6e6, 1e-6);
  EXPECT_FALSE(parse_shelly(R"({"apower":1})")->joules.has_value());
}

TEST(PlugAnswers, AreAbsentAndNotZero) {
  for (const char* wrong : {"", "[]", "{}", "null", R"({"apower":"12"})", R"({"StatusSNS":7})", "<html>"}) {
    EXPECT_FALSE(parse_shelly(wrong).has_value()) << wrong;
    EXPECT_FALSE(parse_tasmota(wrong).has_value()) << wrong;
  }
}

TEST(Plug, GivesCounterAndWattsOfAShellyByOneRequest) {
  FakePlug plug([](const std::string&) { return json_answer(kShelly); });
  FakeClock clock;
  const auto set = std::move(open_plug(plug.named("shelly"), clock).value());
  ASSERT_EQ(set.probes.size(), 2U);
  EXPECT_EQ(set.probes[0]->info().kind, ReadingKind::counter);
  EXPECT_EQ(set.probes[1]->info().kind, ReadingKind::power);
  EXPECT_EQ(set.probes[0]->info().measuring_point(), set.probes[1]->info().measuring_point());
  EXPECT_EQ(set.probes[0]->info().domain, "wall");
  EXPECT_GE(set.probes[0]->info().pace, std::chrono::seconds(1));
  clock.advance(1.0);
  EXPECT_NEAR(set.probes[0]->read()->energy.value(), 6.532 * 3600.0, 1e-9);
  EXPECT_EQ(set.probes[1]->read()->power, Watts(42.7));
  EXPECT_EQ(plug.targets(),
            (std::vector<std::string>{"/rpc/Switch.GetStatus?id=0", "/rpc/Switch.GetStatus?id=0"}));
}

TEST(Plug, IsFoundByItsName) {
  FakePlug plug([](const std::string&) { return json_answer(kShelly); });
  FakeClock clock;
  auto named = plug.named("shelly");
  named.replace(named.find("127.0.0.1"), 9, "localhost");
  const auto set = open_plug(named, clock, std::chrono::minutes(1));
  ASSERT_TRUE(set.has_value()) << set.error().message;
  clock.advance(1.0);
  EXPECT_TRUE(set->probes.at(0)->read().has_value());
}

TEST(Plug, AsksAnOldTasmotaInItsOwnWay) {
  FakePlug plug([](const std::string& target) {
    return json_answer(target == "/cm?cmnd=Status%208" ? kTasmota : R"({"Command":"Unknown"})");
  });
  FakeClock clock;
  const auto set = std::move(open_plug(plug.named("tasmota"), clock).value());
  ASSERT_EQ(set.probes.size(), 2U);
  clock.advance(1.0);
  EXPECT_EQ(set.probes[1]->read()->power, Watts(37.0));
  EXPECT_EQ(plug.targets(),
            (std::vector<std::string>{"/cm?cmnd=Status%2010", "/cm?cmnd=Status%208", "/cm?cmnd=Status%208"}));
}

TEST(Plug, SaysWhyItIsNotUsed) {
  const FakeClock clock;
  FakePlug locked(
      [](const std::string&) { return "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"; });
  const auto why = [&](const std::string& text) {
    const auto set = open_plug(text, clock);
    EXPECT_FALSE(set.has_value());
    return set ? Error{} : set.error();
  };
  EXPECT_NE(why(locked.named("shelly")).message.find("password"), std::string::npos);
  FakePlug other([](const std::string&) { return json_answer("{}"); });
  EXPECT_NE(why(other.named("shelly")).message.find("not that of a Shelly"), std::string::npos);
  EXPECT_NE(why("plug").message.find("names no plug"), std::string::npos);
  EXPECT_EQ(why("plug").code, ErrorCode::usage);
}

TEST(Plug, DoesNotWaitForOneThatIsSilent) {
  FakePlug plug([](const std::string&) { return std::string(); });
  const FakeClock clock;
  const auto set = open_plug(plug.named("shelly"), clock, std::chrono::milliseconds(50));
  ASSERT_FALSE(set.has_value());
  EXPECT_EQ(set.error().code, ErrorCode::timed_out);
  EXPECT_NE(set.error().message.find("no answer within 50 ms"), std::string::npos);
}

TEST(Plug, FailsAReadWhenThePlugIsUnplugged) {
  FakeClock clock;
  SourceSet set;
  {
    FakePlug plug([](const std::string&) { return json_answer(kShelly); });
    set = std::move(open_plug(plug.named("shelly"), clock).value());
  }
  ASSERT_EQ(set.probes.size(), 2U);
  clock.advance(1.0);
  EXPECT_FALSE(set.probes[0]->read().has_value());
}

}  // namespace
}  // namespace edgeeval
