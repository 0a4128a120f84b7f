// SPDX-License-Identifier: Apache-2.0
#include "mock/connection.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <utility>

#include "wire.hpp"

namespace edgeeval::mock {
namespace {

constexpr std::int64_t kAllIsDue = 60'000'000'000;

/// A server's end of a connection, with the reply to a first request under way on it.
class MockConnection : public ::testing::Test {
 protected:
  void begin(const Script& script) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
    client_ = Descriptor(ends[1]);
    connection_.emplace(Descriptor(ends[0]), 7, shared_);
    connection_->begin(first_reply(script, "/v1/chat/completions", kChat));
  }
  void expect_abandoned() const {
    EXPECT_TRUE(connection_->closed());
    EXPECT_FALSE(connection_->busy());
    EXPECT_EQ(connection_->next_due(), Connection::kNever);
    EXPECT_EQ(shared_.streams, 0U);
    EXPECT_EQ(shared_.totals.abandoned, 1U);
    EXPECT_EQ(shared_.totals.completed, 0U);
  }

  Shared shared_;
  Descriptor client_;
  std::optional<Connection> connection_;
};

TEST_F(MockConnection, SendsAllThatIsDue) {
  begin({});
  connection_->perform(kAllIsDue);
  EXPECT_FALSE(connection_->busy());
  EXPECT_EQ(shared_.totals.completed, 1U);
  EXPECT_EQ(shared_.totals.tokens, 3U);
  EXPECT_EQ(shared_.totals.events, 3U);
}

TEST_F(MockConnection, OfAClientThatWentAwayUnseenCountsNothing) {
  begin({});
  client_.close();
  connection_->perform(kAllIsDue);
  expect_abandoned();
  EXPECT_EQ(shared_.totals.tokens, 0U);
  EXPECT_EQ(shared_.totals.events, 0U);
}

TEST_F(MockConnection, OfAClientThatWentAwayMidwayCountsWhatWasSent) {
  begin({});
  // The head and the first token are due after 20 ms, each further one 20 ms later.
  connection_->perform(30'000'000);
  EXPECT_EQ(shared_.totals.tokens, 1U);
  client_.close();
  connection_->perform(kAllIsDue);
  expect_abandoned();
  EXPECT_EQ(shared_.totals.tokens, 1U);
}

TEST_F(MockConnection, OfAClientThatWentAwayTheRestOfACutEventIsNotSent) {
  Script script;
  script.reply.cut = Cut::every_byte;
  script.reply.cut_head = true;
  begin(script);
  client_.close();
  connection_->perform(kAllIsDue);
  expect_abandoned();
  EXPECT_EQ(shared_.totals.tokens, 0U);
}

}  // namespace
}  // namespace edgeeval::mock
