// SPDX-License-Identifier: Apache-2.0
#include "load/engine.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "core/files.hpp"
#include "load/client.hpp"
#include "load/one_question.hpp"
#include "support/run_program.hpp"
#include "unit/load/scripted_server.hpp"

namespace edgeeval {
namespace {

/// How the engine behaves, for the life of the object.
class Behaviour {
 public:
  explicit Behaviour(const char* name) { ::setenv("FAKE_LLAMA", name, 1); }
  Behaviour(const Behaviour&) = delete;
  Behaviour& operator=(const Behaviour&) = delete;
  ~Behaviour() { ::unsetenv("FAKE_LLAMA"); }
};

class LlamaServerTest : public ::testing::Test {
 protected:
  LlamaServerTest() {
    launch_.program = FAKE_LLAMA_SERVER;
    launch_.model = folder_.path() / "model.gguf";
    launch_.log_file = folder_.path() / "engine.log";
    launch_.ready_timeout_s = 30.0;
    std::ofstream(launch_.model) << "weights";
  }
  Result<LlamaServer> start() { return LlamaServer::launch(launch_, cancel_); }
  ErrorCode code_of_start() {
    const auto server = start();
    EXPECT_FALSE(server.has_value());
    return server ? ErrorCode::internal : server.error().code;
  }
  Answered ask(const LlamaServer& server) {
    Question question;
    question.dialect = engine_dialect();
    question.text = "What colour is the sea?";
    question.max_tokens = 8;
    question.timeout_s = 20.0;
    const auto answered = ask_once(server.target(), question, cancel_, {});
    EXPECT_TRUE(answered.has_value());
    return answered ? *answered : Answered();
  }

  testing::TempFolder folder_;
  EngineLaunch launch_;
  CancelToken cancel_;
};

/// Whether processes of `text` are gone before the deadline.
bool gone(const std::string& text) {
  for (int look = 0; look < 2000; ++look) {
    if (testing::processes_with(text).empty()) return true;
    ::poll(nullptr, 0, 5);
  }
  return false;
}

TEST_F(LlamaServerTest, OrdersThePhasesOfItsStart) {
  auto server = start();
  ASSERT_TRUE(server.has_value()) << server.error().message;
  const auto& cold = server->cold_start();
  EXPECT_GT(cold.port_open.value(), 0.0);
  EXPECT_LE(cold.port_open, cold.ready);
  EXPECT_LE(cold.ready, cold.first_token);
  EXPECT_TRUE(server->alive());
  EXPECT_GT(server->peak_resident().value_or(Bytes(0)).value(), 0.0);
  server->stop();
  EXPECT_FALSE(server->alive());
  EXPECT_EQ(server->peak_resident(), std::nullopt);
}

TEST_F(LlamaServerTest, Answers) {
  auto server = start();
  ASSERT_TRUE(server.has_value()) << server.error().message;
  const auto answered = ask(*server);
  EXPECT_TRUE(answered.request.ok()) << answered.request.error;
  EXPECT_EQ(answered.request.completion_tokens, 3);
  ASSERT_TRUE(answered.first_token_ns && answered.request.issued_ns && answered.request.closed_ns);
  EXPECT_LE(*answered.request.issued_ns, *answered.first_token_ns);
  EXPECT_LE(*answered.first_token_ns, *answered.request.closed_ns);
}

TEST_F(LlamaServerTest, WaitsWhileTheModelLoads) {
  const Behaviour busy("503-first");
  auto server = start();
  ASSERT_TRUE(server.has_value()) << server.error().message;
  EXPECT_LT(server->cold_start().port_open, server->cold_start().ready);
  // It is busy when it is asked its second question, and that is told.
  EXPECT_EQ(ask(*server).request.failure, FailureClass::overloaded);
  EXPECT_TRUE(ask(*server).request.ok());
}

TEST_F(LlamaServerTest, TakesTheEndOfAReplyWithoutTextForItsFirstToken) {
  const Behaviour wordless("no-words");
  auto server = start();
  ASSERT_TRUE(server.has_value()) << server.error().message;
  EXPECT_LE(server->cold_start().ready, server->cold_start().first_token);
}

TEST_F(LlamaServerTest, SaysThatTheEngineEndedAtOnce) {
  const Behaviour ending("exit-at-once");
  const auto server = start();
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().code, ErrorCode::engine_failed);
  EXPECT_NE(server.error().message.find("model.gguf"), std::string::npos) << server.error().message;
  EXPECT_NE(server.error().message.find("exit 1"), std::string::npos) << server.error().message;
  EXPECT_EQ(server.error().where, launch_.log_file.string());
  EXPECT_NE(read_file(launch_.log_file).value().find("failed to load"), std::string::npos);
}

TEST_F(LlamaServerTest, FailsOnAModelThatIsNotThere) {
  launch_.model = folder_.path() / "absent.gguf";
  EXPECT_EQ(code_of_start(), ErrorCode::engine_failed);
}

TEST_F(LlamaServerTest, SaysThatThePortIsTaken) {
  const testing::ScriptedServer other({[](testing::Connection&, const std::string&) {}});
  launch_.port = other.target().port;
  const auto server = start();
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().code, ErrorCode::port_taken);
  EXPECT_NE(server.error().message.find(std::to_string(launch_.port)), std::string::npos);
}

/// How often the engine has been started.
int starts_of(const EngineLaunch& launch) {
  int starts = 0;
  std::ifstream(launch.model.string() + ".starts") >> starts;
  return starts;
}

TEST_F(LlamaServerTest, TakesAnotherPortWhereItsOwnChoiceIsTakenMeanwhile) {
  const Behaviour taken("port-taken=2");
  auto server = start();
  ASSERT_TRUE(server.has_value()) << server.error().message;
  EXPECT_EQ(starts_of(launch_), 3);
  EXPECT_TRUE(ask(*server).request.ok());
}

TEST_F(LlamaServerTest, GivesUpWhereEveryPortIsTaken) {
  const Behaviour taken("port-taken=100");
  EXPECT_EQ(code_of_start(), ErrorCode::port_taken);
  EXPECT_EQ(starts_of(launch_), 3);
}

TEST_F(LlamaServerTest, KeepsToThePortThatWasAskedFor) {
  const Behaviour taken("port-taken=1");
  launch_.port = free_port().value();
  EXPECT_EQ(code_of_start(), ErrorCode::port_taken);
  EXPECT_EQ(starts_of(launch_), 1);
}

TEST_F(LlamaServerTest, DoesNotTakeAnEarlierServersWordsForThisOnes) {
  std::ofstream(launch_.log_file) << "start: couldn't bind HTTP server socket, port: 8080\n";
  const Behaviour ending("exit-at-once");
  EXPECT_EQ(code_of_start(), ErrorCode::engine_failed);
}

TEST_F(LlamaServerTest, GivesUpOnAnEngineThatIsNeverReady) {
  const Behaviour hanging("hang");
  launch_.ready_timeout_s = 0.5;
  EXPECT_EQ(code_of_start(), ErrorCode::timed_out);
  EXPECT_TRUE(gone(launch_.model.string()));
}

TEST_F(LlamaServerTest, SaysThatTheEngineEndedBeforeItsFirstToken) {
  const Behaviour ending("exit-after=0");
  EXPECT_EQ(code_of_start(), ErrorCode::engine_failed);
}

TEST_F(LlamaServerTest, SaysAtOnceThatTheFirstRequestIsRefused) {
  const Behaviour refusing("refuse-chat");
  const auto server = start();
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().code, ErrorCode::engine_failed);
  EXPECT_NE(server.error().message.find("500"), std::string::npos) << server.error().message;
}

TEST_F(LlamaServerTest, SeesAnEngineThatEndsUnderLoad) {
  const Behaviour ending("exit-after=1");
  auto server = start();
  ASSERT_TRUE(server.has_value()) << server.error().message;
  EXPECT_FALSE(ask(*server).request.ok());
  for (int look = 0; look < 2000 && server->alive(); ++look) ::poll(nullptr, 0, 5);
  ASSERT_TRUE(server->ended().has_value());
  EXPECT_EQ(server->ended()->code, 1);
}

TEST_F(LlamaServerTest, NamesAProgramThatIsNotThere) {
  launch_.program = folder_.path() / "llama-server";
  EXPECT_EQ(code_of_start(), ErrorCode::engine_missing);
}

TEST_F(LlamaServerTest, StopsWhenCancelled) {
  const Behaviour hanging("hang");
  cancel_.request();
  EXPECT_EQ(code_of_start(), ErrorCode::cancelled);
  EXPECT_TRUE(gone(launch_.model.string()));
}

TEST_F(LlamaServerTest, KillsAnEngineThatIgnoresSigterm) {
  const Behaviour stubborn("ignore-term");
  auto server = start();
  ASSERT_TRUE(server.has_value()) << server.error().message;
  EXPECT_EQ(server->stop().signal, SIGKILL);
}

TEST_F(LlamaServerTest, DiesWithAParentThatIsKilled) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t parent = ::fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    auto server = start();
    const char word = server ? 'r' : 'f';
    if (::write(ready[1], &word, 1) == 1) ::pause();
    ::_exit(1);
  }
  char word = 0;
  EXPECT_EQ(::read(ready[0], &word, 1), 1);
  EXPECT_EQ(word, 'r');
  EXPECT_FALSE(testing::processes_with(launch_.model.string()).empty());
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
  EXPECT_TRUE(gone(launch_.model.string()));
}

TEST(FreePort, IsOneThatNobodyAnswersOn) {
  const auto port = free_port();
  ASSERT_TRUE(port.has_value());
  const Target target{false, "127.0.0.1", static_cast<std::uint16_t>(*port)};
  const auto reply = call_once(target, "/", "", 20.0);
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace edgeeval
