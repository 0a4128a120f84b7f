// SPDX-License-Identifier: Apache-2.0
// Every wire capture read, against what its format says (tests/golden/wire-read). EDGEEVAL_UPDATE_GOLDEN=1
// writes them anew; read the difference before you keep it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <charconv>
#include <cstdlib>
#include <fstream>

#include "core/files.hpp"
#include "mock/capture.hpp"
#include "unit/wire/framed.hpp"
#include "unit/wire/reading.hpp"

namespace edgeeval {
namespace {

struct Golden {
  const char* name;
  ServerKind kind;
  RouteKind route;
};

constexpr Golden kGoldens[] = {
    {"openai-chat", ServerKind::openai_chat, RouteKind::chat},
    {"openai-completions", ServerKind::openai_completions, RouteKind::completions},
    {"llama-server-chat", ServerKind::llama_server, RouteKind::chat},
    {"llama-server-chat-usage", ServerKind::llama_server, RouteKind::chat},
    {"llama-server-chat-error", ServerKind::llama_server, RouteKind::chat},
    {"llama-server-completion", ServerKind::llama_server, RouteKind::llama_completion},
    {"ollama-chat", ServerKind::ollama, RouteKind::ollama_chat},
    {"ollama-chat-error", ServerKind::ollama, RouteKind::ollama_chat},
    {"ollama-generate", ServerKind::ollama, RouteKind::ollama_generate},
    {"ollama-openai-chat", ServerKind::ollama, RouteKind::chat},
    {"vllm-chat", ServerKind::vllm, RouteKind::chat},
    {"vllm-chat-reasoning", ServerKind::vllm, RouteKind::chat},
    {"vllm-chat-error", ServerKind::vllm, RouteKind::chat},
    {"vllm-chat-continuous", ServerKind::vllm, RouteKind::chat},
    {"sglang-chat", ServerKind::sglang, RouteKind::chat},
    {"sglang-generate", ServerKind::sglang, RouteKind::sglang_generate},
    {"tgi-generate", ServerKind::tgi, RouteKind::tgi_generate},
    {"tgi-generate-error", ServerKind::tgi, RouteKind::tgi_generate},
    {"tgi-chat", ServerKind::tgi, RouteKind::chat},
    {"tensorrt-llm-chat", ServerKind::tensorrt_llm, RouteKind::chat},
    {"lm-studio-chat", ServerKind::lm_studio, RouteKind::chat},
    {"lm-studio-native", ServerKind::lm_studio, RouteKind::lm_studio_chat},
    {"lm-studio-native-error", ServerKind::lm_studio, RouteKind::lm_studio_chat},
};

std::string source_path(const std::string& below) {
  return std::string(EDGEEVAL_SOURCE_DIR) + "/tests/golden/" + below;
}

/// The body of a chunk of a capture, without its framing.
std::string inside(std::string_view part) {
  const auto line = part.find("\r\n");
  std::size_t size = 0;
  std::from_chars(part.data(), part.data() + line, size, 16);
  return std::string(part.substr(line + 2, size));
}

template <class Value>
void put(std::string& out, const char* name, const std::optional<Value>& value) {
  if (value) out += fmt::format(" {}={}", name, *value);
}

std::string event_line(const KeptPiece& piece) {
  std::string flags;
  if (piece.finish()) flags += "+finish";
  if (piece.usage()) flags += "+usage";
  auto line =
      fmt::format("{}{} tokens={}", to_string(piece.kind), flags,
                  piece.known() ? fmt::format("{} by {}", piece.tokens, to_string(piece.source)) : "?");
  if (!piece.text.empty()) line += fmt::format(" \"{}\"", piece.text);
  if (piece.failure != FailureClass::none)
    line += fmt::format(" {}: {}", to_string(piece.failure), piece.message);
  return line + "\n";
}

std::string state_lines(const ReplyState& state) {
  std::string out = "reply";
  put(out, "prompt", state.prompt_tokens);
  put(out, "cached", state.cached_tokens);
  put(out, "completion", state.completion_tokens);
  if (state.completion_tokens) out += fmt::format(" by {}", to_string(state.completion_source));
  put(out, "reasoning", state.reasoning_tokens);
  out += fmt::format(" counted={} uncounted_events={}", state.counted_tokens, state.uncounted_events);
  if (state.finished) out += " finished=" + state.finish_reason;
  out += state.done ? " done" : " not-done";
  if (state.after_done) out += " after-done";
  out += '\n';
  if (!state.server) return out;
  const auto& server = *state.server;
  out += "server";
  put(out, "queue_ms", server.queue_ms);
  put(out, "load_ms", server.load_ms);
  put(out, "prompt_ms", server.prompt_ms);
  put(out, "predicted_ms", server.predicted_ms);
  put(out, "total_ms", server.total_ms);
  put(out, "first_token_ms", server.first_token_ms);
  put(out, "prompt", server.prompt_tokens);
  put(out, "cached", server.cached_tokens);
  put(out, "predicted", server.predicted_tokens);
  return out + "\n";
}

/// The capture's events and the reply's counts; `portion` bytes at a time, or chunk by chunk where it is 0.
std::string read_capture_text(const Golden& golden, std::size_t portion) {
  const auto capture = mock::read_capture(source_path("wire/" + std::string(golden.name) + ".txt"));
  if (!capture) return capture.error().message;
  std::string body;
  std::vector<std::string> portions;
  for (const auto& part : capture->parts) {
    portions.push_back(inside(part));
    body += portions.back();
  }
  if (portion > 0) {
    portions.clear();
    for (std::size_t at = 0; at < body.size(); at += portion) portions.push_back(body.substr(at, portion));
  }
  const auto dialect = dialect_at(golden.kind, golden.route);
  Reading read(dialect);
  std::string out;
  for (const auto& event : framed(dialect.framing, portions).events) {
    Frame frame;
    frame.data = event.data;
    frame.event = event.event;
    frame.comment = event.comment;
    out += event_line(read.read(frame));
  }
  return out + state_lines(read.state);
}

class WireGolden : public testing::TestWithParam<Golden> {};

TEST_P(WireGolden, IsReadAsItsFormatSays) {
  const auto& golden = GetParam();
  const auto text = read_capture_text(golden, 0);
  const auto path = source_path("wire-read/" + std::string(golden.name) + ".txt");
  if (std::getenv("EDGEEVAL_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << text;
    return;
  }
  const auto expected = read_file(path);
  ASSERT_TRUE(expected) << expected.error().message;
  EXPECT_EQ(text, *expected);
  for (const std::size_t portion : {1, 7, 64}) EXPECT_EQ(read_capture_text(golden, portion), text) << portion;
}

std::string test_name(const testing::TestParamInfo<Golden>& golden) {
  std::string name = golden.param.name;
  for (auto& c : name) c = c == '-' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, WireGolden, testing::ValuesIn(kGoldens), test_name);

TEST(WireGoldens, AreAllRead) {
  std::size_t captures = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source_path("wire")))
    captures += entry.path().extension() == ".txt" ? 1U : 0U;
  EXPECT_EQ(captures, std::size(kGoldens));
}

}  // namespace
}  // namespace edgeeval
