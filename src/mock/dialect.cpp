// SPDX-License-Identifier: Apache-2.0
#include "mock/dialect.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace edgeeval::mock {
namespace {

struct Route {
  Dialect dialect;
  std::string_view path;
  Wire wire;
};

// The first row of a dialect is its main path.
constexpr std::array kRoutes{
    Route{Dialect::openai_chat, "/v1/chat/completions", Wire::chat},
    Route{Dialect::openai_chat, "/v1/completions", Wire::completions},
    Route{Dialect::openai_completions, "/v1/completions", Wire::completions},
    Route{Dialect::openai_completions, "/v1/chat/completions", Wire::chat},
    Route{Dialect::llama_server, "/v1/chat/completions", Wire::chat},
    Route{Dialect::llama_server, "/chat/completions", Wire::chat},
    Route{Dialect::llama_server, "/v1/completions", Wire::completions},
    Route{Dialect::llama_server, "/completion", Wire::llama_completion},
    Route{Dialect::llama_server, "/completions", Wire::llama_completion},
    Route{Dialect::ollama, "/api/chat", Wire::ollama_chat},
    Route{Dialect::ollama, "/api/generate", Wire::ollama_generate},
    Route{Dialect::ollama, "/v1/chat/completions", Wire::chat},
    Route{Dialect::ollama, "/v1/completions", Wire::completions},
    Route{Dialect::vllm, "/v1/chat/completions", Wire::chat},
    Route{Dialect::vllm, "/v1/completions", Wire::completions},
    Route{Dialect::sglang, "/v1/chat/completions", Wire::chat},
    Route{Dialect::sglang, "/v1/completions", Wire::completions},
    Route{Dialect::sglang, "/generate", Wire::sglang_generate},
    Route{Dialect::tgi, "/generate_stream", Wire::tgi_generate},
    Route{Dialect::tgi, "/generate", Wire::tgi_generate},
    Route{Dialect::tgi, "/v1/chat/completions", Wire::chat},
    Route{Dialect::tensorrt_llm, "/v1/chat/completions", Wire::chat},
    Route{Dialect::tensorrt_llm, "/v1/completions", Wire::completions},
    Route{Dialect::lm_studio, "/v1/chat/completions", Wire::chat},
    Route{Dialect::lm_studio, "/v1/completions", Wire::completions},
    Route{Dialect::lm_studio, "/api/v1/chat", Wire::lm_studio_chat},
};

}  // namespace

const std::vector<std::string>& dialect_names() {
  static const std::vector<std::string> kNames{
      "openai-chat", "openai-completions", "llama-server", "ollama", "vllm", "sglang",
      "tgi",         "tensorrt-llm",       "lm-studio"};
  return kNames;
}

std::string_view to_string(Dialect dialect) { return dialect_names()[static_cast<std::size_t>(dialect)]; }

Result<Dialect> parse_dialect(std::string_view name) {
  const auto& names = dialect_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    return fail(ErrorCode::usage, "unknown dialect \"" + std::string(name) + "\"", {},
                "known: " + join(names, ", "));
  }
  return static_cast<Dialect>(found - names.begin());
}

std::optional<Wire> wire_at(Dialect dialect, std::string_view path) {
  for (const auto& route : kRoutes) {
    if (route.dialect == dialect && route.path == path) return route.wire;
  }
  return std::nullopt;
}

std::string_view main_path(Dialect dialect) {
  const auto* found = std::find_if(kRoutes.begin(), kRoutes.end(),
                                   [&](const Route& route) { return route.dialect == dialect; });
  return found->path;
}

Style style_of(Dialect dialect, Wire wire) {
  Style style;
  switch (wire) {
    case Wire::chat:
      style.role_chunk =
          dialect != Dialect::ollama && dialect != Dialect::tgi && dialect != Dialect::lm_studio;
      break;
    case Wire::ollama_chat:
    case Wire::ollama_generate:
      style = {.content_type = "application/x-ndjson", .events = false, .done = false, .role_chunk = false};
      break;
    case Wire::lm_studio_chat:
    case Wire::llama_completion:
    case Wire::tgi_generate:
      style.done = false;
      [[fallthrough]];
    default:
      style.role_chunk = false;
  }
  // TGI has its token's text and the end in one event; vLLM too, and SGLang's own route.
  style.finish_with_last =
      dialect == Dialect::vllm || dialect == Dialect::tgi || wire == Wire::sglang_generate;
  style.space = dialect != Dialect::tgi;
  style.head_with_first = dialect == Dialect::sglang || dialect == Dialect::llama_server;
  style.close_after = dialect == Dialect::llama_server;
  style.usage_unless_refused = dialect == Dialect::tensorrt_llm;
  style.strict = dialect == Dialect::tensorrt_llm;
  return style;
}

}  // namespace edgeeval::mock
