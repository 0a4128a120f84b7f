// SPDX-License-Identifier: Apache-2.0
// TLS, IPv6 and Unix sockets, for loads and for small requests.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "load/call_once.hpp"
#include "load/client.hpp"
#include "unit/load/front.hpp"
#include "unit/load/load_fixture.hpp"
#include "unit/load/scripted_server.hpp"

namespace edgeeval {
namespace {

using testing::Front;
using testing::job_for;
using testing::make_certificate;
using testing::make_load;
using testing::MockRun;
using testing::quick_script;

std::string temporary(const std::string& name) {
  return (std::filesystem::path(::testing::TempDir()) / (name + "-" + std::to_string(::getpid()))).string();
}

/// A TLS front before a mock server, and the file that says to trust it.
class TlsFront : public ::testing::Test {
 protected:
  void start(const std::string& names) {
    const auto certificate = make_certificate(names);
    front_ = std::make_unique<Front>(Front::Kind::tcp4, server_.port(), "", &certificate);
    ca_file_ = temporary("ca.pem");
    std::ofstream(ca_file_) << certificate.pem();
  }
  void TearDown() override { std::filesystem::remove(ca_file_); }
  [[nodiscard]] Target target(const std::string& host) const {
    Target target;
    target.tls = true;
    target.host = host;
    target.port = front_->port();
    return target;
  }
  /// One request's record.
  [[nodiscard]] static RequestRecord ask(const Target& target) {
    auto loaded = make_load(job_for(target, 1), "single");
    EXPECT_EQ(loaded.requests.size(), 1U);
    return loaded.requests.empty() ? RequestRecord() : loaded.requests[0];
  }
  MockRun server_{quick_script()};
  std::unique_ptr<Front> front_;
  std::string ca_file_;
};

TEST_F(TlsFront, IsTrustedByAFileOfAuthorities) {
  start("DNS:localhost,IP:127.0.0.1");
  for (const char* host : {"localhost", "127.0.0.1"}) {
    auto job = job_for(target(host), 6);
    job.target.ca_file = ca_file_;
    job.preconnect = false;
    const auto loaded = make_load(job, "closed:2");
    ASSERT_EQ(loaded.requests.size(), 6U);
    for (const auto& request : loaded.requests) {
      ASSERT_TRUE(request.ok()) << host << ": " << request.error;
      EXPECT_EQ(loaded.token_events(request.index).size(), 8U);
      EXPECT_EQ(request.tls_ns.has_value(), request.connect_begun_ns.has_value());
      EXPECT_GE(request.tls_ns.value_or(0), request.connected_ns.value_or(0));
    }
    for (const auto& event : loaded.events)
      EXPECT_EQ(event.flags & (kTls | kKernelStamp), kTls | kKernelStamp);
    EXPECT_TRUE(loaded.outcome.warnings.empty());
  }
}

TEST_F(TlsFront, IsRefusedWhereItSignsItself) {
  start("DNS:localhost,IP:127.0.0.1");
  const auto request = ask(target("127.0.0.1"));
  EXPECT_EQ(request.failure, FailureClass::tls);
  EXPECT_NE(request.error.find("self-signed certificate"), std::string::npos) << request.error;
}

TEST_F(TlsFront, IsRefusedForAnotherHost) {
  start("DNS:other.example,IP:192.0.2.1");
  for (const char* host : {"localhost", "127.0.0.1"}) {
    auto wrong = target(host);
    wrong.ca_file = ca_file_;
    const auto request = ask(wrong);
    EXPECT_EQ(request.failure, FailureClass::tls);
    EXPECT_NE(request.error.find("mismatch"), std::string::npos) << request.error;
  }
}

TEST_F(TlsFront, IsTakenUncheckedWithAWarning) {
  start("DNS:other.example");
  auto unchecked = target("127.0.0.1");
  unchecked.insecure = true;
  const auto loaded = make_load(job_for(unchecked, 2), "single");
  ASSERT_EQ(loaded.requests.size(), 2U);
  EXPECT_EQ(loaded.outcome.failed, 0U);
  ASSERT_EQ(loaded.outcome.warnings.size(), 1U);
  EXPECT_NE(loaded.outcome.warnings[0].find("not checked"), std::string::npos);
}

TEST_F(TlsFront, IsAskedBySmallRequestsToo) {
  start("DNS:localhost,IP:127.0.0.1");
  auto trusted = target("localhost");
  trusted.ca_file = ca_file_;
  const auto reply = call_once(trusted, "/v1/models", "", 5.0);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 200);
  EXPECT_NE(reply->body.find("mock"), std::string::npos);
  const auto refused = call_once(target("localhost"), "/v1/models", "", 5.0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::io);
}

TEST_F(TlsFront, NeedsAFileOfAuthoritiesThatCanBeRead) {
  start("DNS:localhost");
  auto broken = target("localhost");
  broken.ca_file = "/no/such/file.pem";
  const auto reply = call_once(broken, "/", "", 5.0);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().where, "/no/such/file.pem");
}

TEST(ClientTransport, AServerWithoutTlsIsATlsFailure) {
  const testing::ScriptedServer server({[](testing::Connection& c, const std::string&) {
    c.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  }});
  Target target;
  target.tls = true;
  target.host = "127.0.0.1";
  target.port = server.target().port;
  auto job = job_for(target, 1);
  job.limits.connect_s = 0.2;
  const auto loaded = make_load(job, "single");
  ASSERT_EQ(loaded.requests.size(), 1U);
  // The server waits for an HTTP head that never comes; so does the handshake.
  EXPECT_EQ(loaded.requests[0].failure, FailureClass::connect_timeout) << loaded.requests[0].error;
}

TEST(ClientTransport, GoesThroughAUnixSocket) {
  const MockRun server(quick_script());
  const auto path = temporary("front.sock");
  const Front front(Front::Kind::unix_socket, server.port(), path);
  ASSERT_TRUE(front.open());
  Target target;
  target.unix_path = path;
  const auto loaded = make_load(job_for(target, 4), "closed:2");
  ASSERT_EQ(loaded.requests.size(), 4U);
  for (const auto& request : loaded.requests) EXPECT_TRUE(request.ok()) << request.error;
  for (const auto& event : loaded.events) {
    EXPECT_EQ(event.flags & kKernelStamp, 0);
    EXPECT_EQ(event.kernel_ns, event.user_ns);
  }
  ASSERT_EQ(loaded.outcome.warnings.size(), 1U);
  EXPECT_NE(loaded.outcome.warnings[0].find("Unix"), std::string::npos);
  const auto reply = call_once(target, "/v1/models", "", 5.0);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 200);
}

TEST(ClientTransport, TellsAUnixSocketThatIsNotThere) {
  Target target;
  target.unix_path = temporary("nobody.sock");
  const auto loaded = make_load(job_for(target, 2), "single");
  ASSERT_EQ(loaded.requests.size(), 2U);
  EXPECT_EQ(loaded.requests[0].failure, FailureClass::unreachable) << loaded.requests[0].error;
}

TEST(ClientTransport, GoesThroughIPv6) {
  const MockRun server(quick_script());
  const Front front(Front::Kind::tcp6, server.port());
  if (!front.open()) GTEST_SKIP() << "this machine has no IPv6";
  Target target;
  target.host = "::1";
  target.port = front.port();
  const auto loaded = make_load(job_for(target, 4), "closed:2");
  ASSERT_EQ(loaded.requests.size(), 4U);
  for (const auto& request : loaded.requests) {
    EXPECT_TRUE(request.ok()) << request.error;
    EXPECT_TRUE(request.tx_ns);
  }
  EXPECT_EQ(loaded.outcome.client.kernel_stamped_reads, loaded.outcome.client.reads);
}

TEST(ClientTransport, TriesEveryAddressOfAName) {
  // "localhost" often has ::1 first, where the mock does not listen.
  const MockRun server(quick_script());
  auto target = server.target();
  target.host = "localhost";
  const auto loaded = make_load(job_for(target, 3), "closed:1");
  ASSERT_EQ(loaded.requests.size(), 3U);
  for (const auto& request : loaded.requests) EXPECT_TRUE(request.ok()) << request.error;
}

TEST(CallOnce, TellsStatusBodyAndHeaders) {
  const testing::ScriptedServer server({[](testing::Connection& c, const std::string& request) {
    EXPECT_TRUE(request.starts_with("POST /base/x HTTP/1.1\r\n"));
    EXPECT_TRUE(request.ends_with("\r\n\r\n{\"a\":1}"));
    c.send(
        "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nTransfer-Encoding: "
        "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  }});
  Target target;
  target.host = "127.0.0.1";
  target.port = server.target().port;
  target.base = "/base";
  const auto reply = call_once(target, "/x", "{\"a\":1}", 5.0);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 503);
  EXPECT_EQ(reply->body, "abcde");
  const std::pair<std::string, std::string> wanted{"retry-after", "7"};
  EXPECT_EQ(reply->headers.front(), wanted);
}

TEST(CallOnce, GetsWithoutABodyAndTakesAnAnswerInSingleBytes) {
  const testing::ScriptedServer server({[](testing::Connection& c, const std::string& request) {
    EXPECT_TRUE(request.starts_with("GET /x HTTP/1.1\r\n"));
    c.send_split(testing::chunked_answer({"ab", "c", "def"}));
  }});
  const auto reply = call_once(server.target(), "/x", "", 20.0);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "abcdef");
}

TEST(CallOnce, TellsAnswersThatAreNoneFromEachOther) {
  const auto problem = [](const std::string& answer) {
    const testing::ScriptedServer server(
        {[&](testing::Connection& c, const std::string&) { c.send(answer); }});
    const auto reply = call_once(server.target(), "/", "", 20.0);
    EXPECT_FALSE(reply.has_value());
    return reply ? std::string() : reply.error().message;
  };
  const auto silent = problem("");
  const auto early = problem("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  const auto no_http = problem("SSH-2.0-x\r\n\r\n");
  EXPECT_NE(early.find("ended"), std::string::npos) << early;
  EXPECT_NE(no_http, early);
  EXPECT_NE(silent, no_http) << silent;
}

TEST(CallOnce, TellsWhyThereIsNoAnswer) {
  const testing::ScriptedServer silent(
      {[](testing::Connection& c, const std::string&) { c.wait_for_close(); }});
  Target target;
  target.host = "127.0.0.1";
  target.port = silent.target().port;
  EXPECT_EQ(call_once(target, "/", "", 0.1).error().code, ErrorCode::timed_out);
  CancelToken cancel;
  cancel.request();
  EXPECT_EQ(call_once(target, "/", "", 600.0, &cancel).error().code, ErrorCode::cancelled);
  const testing::ScriptedServer short_spoken(
      {[](testing::Connection& c, const std::string&) { c.send("HTTP/1.1 2"); }});
  target.port = short_spoken.target().port;
  EXPECT_EQ(call_once(target, "/", "", 5.0).error().code, ErrorCode::io);
  target.port = 1;
  EXPECT_EQ(call_once(target, "/", "", 5.0).error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace edgeeval
