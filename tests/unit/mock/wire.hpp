// SPDX-License-Identifier: Apache-2.0
// Replies as bytes without a socket, and the requests behind the golden captures.
#pragma once

#include <string>
#include <vector>

#include "core/files.hpp"
#include "mock/render.hpp"
#include "mock/reply_maker.hpp"

namespace edgeeval::mock {

/// The request that a golden capture answers: 5 words, 3 tokens, first after 20 ms, then every 30 ms.
struct Golden {
  const char* file;
  Dialect dialect;
  const char* path;
  const char* body;
  const char* fault = "";
};

inline constexpr const char* kChat =
    R"({"messages":[{"role":"user","content":"one two three four five"}],"max_tokens":3,"stream":true})";
inline constexpr const char* kChatUsage =
    R"({"messages":[{"role":"user","content":"one two three four five"}],"max_tokens":3,"stream":true,)"
    R"("stream_options":{"include_usage":true}})";

/// All golden captures.
inline const std::vector<Golden>& goldens() {
  static const std::vector<Golden> kGoldens{
      {"openai-chat", Dialect::openai_chat, "/v1/chat/completions", kChatUsage},
      {"openai-completions", Dialect::openai_completions, "/v1/completions",
       R"({"prompt":"one two three four five","max_tokens":3,"stream":true})"},
      {"llama-server-chat", Dialect::llama_server, "/v1/chat/completions", kChat},
      {"llama-server-chat-usage", Dialect::llama_server, "/v1/chat/completions", kChatUsage},
      {"llama-server-chat-error", Dialect::llama_server, "/v1/chat/completions", kChat, "error-event"},
      {"llama-server-completion", Dialect::llama_server, "/completion",
       R"({"prompt":"one two three four five","n_predict":3,"stream":true})"},
      {"ollama-chat", Dialect::ollama, "/api/chat",
       R"({"messages":[{"role":"user","content":"one two three four five"}],"options":{"num_predict":3}})"},
      {"ollama-chat-error", Dialect::ollama, "/api/chat",
       R"({"messages":[{"role":"user","content":"one two three four five"}],"options":{"num_predict":3}})",
       "error-event"},
      {"ollama-generate", Dialect::ollama, "/api/generate",
       R"({"prompt":"one two three four five","options":{"num_predict":3}})"},
      {"ollama-openai-chat", Dialect::ollama, "/v1/chat/completions", kChatUsage},
      {"vllm-chat", Dialect::vllm, "/v1/chat/completions", kChatUsage},
      {"vllm-chat-reasoning", Dialect::vllm, "/v1/chat/completions", kChatUsage, "reasoning"},
      {"vllm-chat-error", Dialect::vllm, "/v1/chat/completions", kChatUsage, "error-event"},
      {"vllm-chat-continuous", Dialect::vllm, "/v1/chat/completions",
       R"({"messages":[{"role":"user","content":"one two three four five"}],"max_tokens":3,"stream":true,)"
       R"("stream_options":{"include_usage":true,"continuous_usage_stats":true},"return_token_ids":true})"},
      {"sglang-chat", Dialect::sglang, "/v1/chat/completions", kChatUsage},
      {"sglang-generate", Dialect::sglang, "/generate",
       R"({"text":"one two three four five","sampling_params":{"max_new_tokens":3},"stream":true})"},
      {"tgi-generate", Dialect::tgi, "/generate_stream",
       R"({"inputs":"one two three four five","parameters":{"max_new_tokens":3}})"},
      {"tgi-generate-error", Dialect::tgi, "/generate_stream",
       R"({"inputs":"one two three four five","parameters":{"max_new_tokens":3}})", "error-event"},
      {"tgi-chat", Dialect::tgi, "/v1/chat/completions", kChatUsage},
      {"tensorrt-llm-chat", Dialect::tensorrt_llm, "/v1/chat/completions", kChatUsage},
      {"lm-studio-chat", Dialect::lm_studio, "/v1/chat/completions", kChatUsage},
      {"lm-studio-native", Dialect::lm_studio, "/api/v1/chat",
       R"({"input":"one two three four five","max_output_tokens":3,"stream":true})"},
      {"lm-studio-native-error", Dialect::lm_studio, "/api/v1/chat",
       R"({"input":"one two three four five","max_output_tokens":3,"stream":true})", "error-event"},
  };
  return kGoldens;
}

inline std::string golden_path(const std::string& file) {
  return std::string(EDGEEVAL_SOURCE_DIR) + "/tests/golden/wire/" + file + ".txt";
}

/// The reply of `script`'s server to its first request.
inline Reply first_reply(const Script& script, const std::string& path, const std::string& body,
                         const std::string& fault = {}) {
  ReplyMaker maker(script, std::nullopt);
  return maker.make({"POST", path, body, fault, true}, *wire_at(script.dialect, path), {0, 0});
}

/// All bytes of a reply.
inline std::string bytes_of(const Reply& reply) {
  Renderer renderer;
  std::string bytes;
  for (const auto& step : reply.steps) renderer.append(bytes, reply, step);
  return bytes;
}

}  // namespace edgeeval::mock
