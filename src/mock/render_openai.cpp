// SPDX-License-Identifier: Apache-2.0
// Chunks of OpenAI's chat and completion routes, as each server words them.
#include <fmt/format.h>

#include <iterator>

#include "mock/render.hpp"

namespace edgeeval::mock {
namespace {

template <class... Args>
void put(std::string& out, fmt::format_string<Args...> format, Args&&... arguments) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(arguments)...);
}

/// The field that holds reasoning: vLLM and those after it say "reasoning", the others "reasoning_content".
std::string_view reasoning_field(Dialect dialect) {
  const bool plain = dialect == Dialect::vllm || dialect == Dialect::ollama || dialect == Dialect::lm_studio;
  return plain ? "reasoning" : "reasoning_content";
}

/// Servers that name the role in every delta.
bool role_everywhere(Dialect dialect) {
  return dialect == Dialect::ollama || dialect == Dialect::tgi || dialect == Dialect::lm_studio;
}

/// A tool call's arguments are one JSON object with the tokens as its text.
void append_tool_call(std::string& out, const Reply& reply, const Step& step) {
  const bool first = step.number == reply.script.reasoning || step.number == 0;
  out += "\"tool_calls\":[{\"index\":0,";
  if (first) put(out, "\"id\":\"call_{}\",\"type\":\"function\",", reply.number);
  out += "\"function\":{";
  if (first) out += "\"name\":\"lookup\",";
  out += "\"arguments\":\"";
  if (first) out += R"({\"q\":\")";
  append_tokens(out, step.number, step.tokens);
  if (step.so_far == reply.tokens) out += R"(\"})";
  out += "\"}}]";
}

void append_delta(std::string& out, const Reply& reply, const Step& step) {
  out += '{';
  const bool everywhere = role_everywhere(reply.dialect);
  if (step.kind == StepKind::finish && !everywhere) {
    if (reply.dialect == Dialect::sglang)
      out += R"("role":null,"content":null,"reasoning_content":null,"tool_calls":null)";
    out += '}';
    return;
  }
  if (step.kind == StepKind::role) {
    out += "\"role\":\"assistant\",\"content\":";
    out += reply.dialect == Dialect::llama_server ? "null" : "\"\"";
  } else {
    if (everywhere) out += "\"role\":\"assistant\",";
    if (reply.dialect == Dialect::sglang) out += "\"role\":null,";
    switch (step.kind) {
      case StepKind::reasoning:
        if (reply.dialect == Dialect::sglang) out += "\"content\":null,";
        put(out, "\"{}\":\"", reasoning_field(reply.dialect));
        append_tokens(out, step.number, step.tokens);
        out += '"';
        break;
      case StepKind::tool_call:
        append_tool_call(out, reply, step);
        break;
      default:
        out += "\"content\":\"";
        append_tokens(out, step.number, step.tokens);
        out += '"';
    }
  }
  if (reply.dialect == Dialect::sglang) {
    if (step.kind != StepKind::reasoning) out += ",\"reasoning_content\":null";
    if (step.kind != StepKind::tool_call) out += ",\"tool_calls\":null";
  }
  out += '}';
}

void append_token_ids(std::string& out, const Reply& reply, const Step& step) {
  if (!reply.asked.token_ids || step.tokens == 0) {
    out += "null";
    return;
  }
  for (std::uint32_t i = 0; i < step.tokens; ++i)
    put(out, "{}{}", i == 0 ? '[' : ',', token_id(step.number + i));
  out += ']';
}

void append_reason(std::string& out, const Reply& reply, bool finished) {
  if (!finished) {
    out += "null";
    return;
  }
  put(out, "\"{}\"", finish_reason(reply));
}

void append_choice(std::string& out, const Reply& reply, const Step& step) {
  const bool finished = step.kind == StepKind::finish || step.last;
  if (reply.dialect == Dialect::llama_server) {
    out += "{\"finish_reason\":";
    append_reason(out, reply, finished);
    out += ",\"index\":0,\"delta\":";
    append_delta(out, reply, step);
    out += '}';
    return;
  }
  out += "{\"index\":0,\"delta\":";
  append_delta(out, reply, step);
  if (reply.dialect != Dialect::ollama) out += ",\"logprobs\":null";
  out += ",\"finish_reason\":";
  append_reason(out, reply, finished);
  if (reply.dialect == Dialect::sglang)
    out += finished && !reply.cut_short ? ",\"matched_stop\":2" : ",\"matched_stop\":null";
  if (reply.dialect == Dialect::tensorrt_llm || (reply.dialect == Dialect::vllm && finished))
    out += ",\"stop_reason\":null";
  if (reply.dialect == Dialect::vllm) {
    out += ",\"token_ids\":";
    append_token_ids(out, reply, step);
  }
  out += '}';
}

/// What stands between the choices and the end: counts and timings.
void append_counts(std::string& out, const Reply& reply, const Step& step) {
  const bool last = step.kind == StepKind::usage;
  const bool finished = step.kind == StepKind::finish || step.last;
  const bool here = last || reply.usage_every || (finished && reply.script.usage == UsageChunk::finish);
  if (here) {
    out += ",\"usage\":";
    append_usage(out, reply, last || finished ? reply.tokens + reply.script.usage_surplus : step.so_far);
  } else if (reply.dialect == Dialect::ollama && reply.wire == Wire::completions) {
    // Ollama's completion route has zeros in every chunk.
    out += R"(,"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0})";
  } else if (reply.dialect == Dialect::sglang || reply.dialect == Dialect::tgi ||
             reply.dialect == Dialect::tensorrt_llm ||
             (reply.asked.include_usage.value_or(false) &&
              (reply.dialect == Dialect::openai_chat || reply.dialect == Dialect::openai_completions))) {
    out += ",\"usage\":null";
  }
  if (reply.dialect != Dialect::llama_server || reply.script.usage == UsageChunk::none) return;
  if (reply.asked.timings_per_token ? step.tokens > 0 || last || finished
                                    : last || (finished && !reply.usage_last)) {
    out += ",\"timings\":";
    append_timings(out, reply, last || finished ? reply.tokens : step.so_far);
  }
}

void append_fingerprint(std::string& out, const Reply& reply) {
  switch (reply.dialect) {
    case Dialect::openai_chat:
    case Dialect::openai_completions:
      out += ",\"system_fingerprint\":\"fp_mock\"";
      break;
    case Dialect::ollama:
      out += ",\"system_fingerprint\":\"fp_ollama\"";
      break;
    case Dialect::tgi:
      out += ",\"system_fingerprint\":\"0.0.0-mock\"";
      break;
    case Dialect::lm_studio:
      out += ",\"system_fingerprint\":" + reply.model_json;
      break;
    default:
      break;
  }
}

void append_choices(std::string& out, const Reply& reply, const Step& step) {
  out += "\"choices\":[";
  if (step.kind == StepKind::progress) {
    out += R"({"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}})";
  } else if (step.kind != StepKind::usage && reply.wire == Wire::chat) {
    append_choice(out, reply, step);
  } else if (step.kind != StepKind::usage) {
    out += "{\"index\":0,\"text\":\"";
    append_tokens(out, step.number, step.tokens);
    out += "\",\"logprobs\":null,\"finish_reason\":";
    append_reason(out, reply, step.kind == StepKind::finish || step.last);
    out += '}';
  }
  out += ']';
}

}  // namespace

std::string_view finish_reason(const Reply& reply) {
  if (reply.cut_short) return "length";
  return reply.script.tool_call && reply.wire == Wire::chat ? "tool_calls" : "stop";
}

void append_openai(std::string& out, const Reply& reply, const Step& step) {
  const bool chat = reply.wire == Wire::chat;
  const std::string_view id = chat ? "chatcmpl-" : "cmpl-";
  const std::string_view object = chat ? "chat.completion.chunk" : "text_completion";
  if (reply.dialect == Dialect::llama_server && chat) {
    out += '{';
    append_choices(out, reply, step);
    put(out,
        ",\"created\":{},\"id\":\"{}{}\",\"model\":{},\"system_fingerprint\":\"b0-mock\",\"object\":\"{}\"",
        kCreated, id, reply.number, reply.model_json, object);
    if (step.kind == StepKind::progress) {
      const auto processed =
          reply.cached_tokens + (reply.asked.prompt_tokens - reply.cached_tokens) * step.number / 2;
      put(out, ",\"prompt_progress\":{{\"total\":{},\"cache\":{},\"processed\":{},\"time_ms\":{}}}",
          reply.asked.prompt_tokens, reply.cached_tokens, processed, step.due / 1'000'000);
    }
  } else if (reply.dialect == Dialect::tgi && chat) {
    put(out, "{{\"object\":\"{}\",\"id\":\"\",\"created\":{},\"model\":{}", object, kCreated,
        reply.model_json);
    append_fingerprint(out, reply);
    out += ',';
    append_choices(out, reply, step);
  } else {
    put(out, "{{\"id\":\"{}{}\",\"object\":\"{}\",\"created\":{},\"model\":{}", id, reply.number, object,
        kCreated, reply.model_json);
    append_fingerprint(out, reply);
    out += ',';
    append_choices(out, reply, step);
    if (reply.dialect == Dialect::vllm && step.kind == StepKind::role) out += ",\"prompt_token_ids\":null";
  }
  append_counts(out, reply, step);
  out += '}';
}

}  // namespace edgeeval::mock
