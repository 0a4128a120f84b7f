// SPDX-License-Identifier: Apache-2.0
// Counts, timings, and answers that are not streamed.
#include <fmt/format.h>

#include <iterator>

#include "mock/render.hpp"

namespace edgeeval::mock {
namespace {

template <class... Args>
void put(std::string& out, fmt::format_string<Args...> format, Args&&... arguments) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(arguments)...);
}

/// A member that is null where there is nothing to divide by.
void put_ratio(std::string& out, std::string_view key, double above, double below) {
  if (below > 0.0) {
    put(out, ",\"{}\":{}", key, above / below);
  } else {
    put(out, ",\"{}\":null", key);
  }
}

void put_all_tokens(std::string& out, const Reply& reply) {
  out += '"';
  append_tokens(out, 0, reply.tokens);
  out += '"';
}

void append_openai_whole(std::string& out, const Reply& reply) {
  const bool chat = reply.wire == Wire::chat;
  put(out, "{{\"id\":\"{}{}\",\"object\":\"{}\",\"created\":{},\"model\":{},\"choices\":[{{\"index\":0,",
      chat ? "chatcmpl-" : "cmpl-", reply.number, chat ? "chat.completion" : "text_completion", kCreated,
      reply.model_json);
  out += chat ? "\"message\":{\"role\":\"assistant\",\"content\":" : "\"text\":";
  put_all_tokens(out, reply);
  if (chat) out += '}';
  put(out, ",\"logprobs\":null,\"finish_reason\":\"{}\"}}]", finish_reason(reply));
  if (reply.script.usage != UsageChunk::none) {
    out += ",\"usage\":";
    append_usage(out, reply, reply.tokens + reply.script.usage_surplus);
    if (reply.dialect == Dialect::llama_server) {
      out += ",\"timings\":";
      append_timings(out, reply, reply.tokens);
    }
  }
  out += '}';
}

}  // namespace

void append_usage(std::string& out, const Reply& reply, std::uint32_t completion) {
  const auto prompt = reply.asked.prompt_tokens;
  if (reply.dialect == Dialect::vllm) {
    put(out, "{{\"prompt_tokens\":{},\"total_tokens\":{},\"completion_tokens\":{}", prompt,
        prompt + completion, completion);
  } else {
    put(out, "{{\"prompt_tokens\":{},\"completion_tokens\":{},\"total_tokens\":{}", prompt, completion,
        prompt + completion);
  }
  if (reply.dialect != Dialect::ollama && reply.dialect != Dialect::tgi &&
      reply.dialect != Dialect::lm_studio)
    put(out, ",\"prompt_tokens_details\":{{\"cached_tokens\":{}}}", reply.cached_tokens);
  out += '}';
}

void append_timings(std::string& out, const Reply& reply, std::uint32_t predicted) {
  const auto fresh = reply.asked.prompt_tokens - reply.cached_tokens;
  const double prompt_ms = static_cast<double>(reply.first_ns) / 1e6;
  const double whole_ms = static_cast<double>(reply.last_ns - reply.first_ns) / 1e6;
  // Midway the decode time told is the share of the tokens' gaps that have passed.
  const double predicted_ms =
      reply.tokens > 1 && predicted > 0 ? whole_ms * (predicted - 1) / (reply.tokens - 1) : 0.0;
  put(out, "{{\"cache_n\":{},\"prompt_n\":{},\"prompt_ms\":{}", reply.cached_tokens, fresh, prompt_ms);
  put_ratio(out, "prompt_per_token_ms", prompt_ms, fresh);
  put_ratio(out, "prompt_per_second", 1e3 * fresh, prompt_ms);
  put(out, ",\"predicted_n\":{},\"predicted_ms\":{}", predicted, predicted_ms);
  put_ratio(out, "predicted_per_token_ms", predicted_ms, predicted);
  put_ratio(out, "predicted_per_second", 1e3 * predicted, predicted_ms);
  out += '}';
}

void append_whole(std::string& out, const Reply& reply) {
  if (reply.wire == Wire::chat || reply.wire == Wire::completions) return append_openai_whole(out, reply);
  Step end;
  std::string_view event;
  end.kind = StepKind::usage;
  end.so_far = reply.tokens;
  switch (reply.wire) {
    case Wire::tgi_generate:
      out += "{\"generated_text\":";
      put_all_tokens(out, reply);
      out += '}';
      return;
    case Wire::lm_studio_chat: {
      // The result of the last event is the answer.
      std::string all;
      append_native(all, reply, end, event);
      const auto from = all.find("\"result\":") + 9;
      out += std::string_view(all).substr(from, all.size() - from - 1);
      return;
    }
    case Wire::sglang_generate:
      end.last = true;
      [[fallthrough]];
    default:
      end.tokens = reply.tokens;
      append_native(out, reply, end, event);
      // llama-server's last event has no text; the whole answer has it all.
      if (reply.wire == Wire::llama_completion) {
        std::string text = "\"content\":\"";
        append_tokens(text, 0, reply.tokens);
        out.replace(out.find("\"content\":\""), 11, text);
      }
  }
}

}  // namespace edgeeval::mock
