// SPDX-License-Identifier: Apache-2.0
// Events of servers' own routes: llama-server, Ollama, SGLang, TGI, LM Studio.
#include <fmt/format.h>

#include <array>
#include <iterator>

#include "mock/render.hpp"

namespace edgeeval::mock {
namespace {

// 1,700,000,000 s since 1970.
constexpr std::string_view kCreatedText = "2023-11-14T22:13:20Z";
constexpr double kNanosPerSecond = 1e9;

template <class... Args>
void put(std::string& out, fmt::format_string<Args...> format, Args&&... arguments) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(arguments)...);
}

void put_text(std::string& out, std::uint32_t first, std::uint32_t count) {
  out += '"';
  append_tokens(out, first, count);
  out += '"';
}

void append_ids(std::string& out, std::uint32_t first, std::uint32_t count) {
  out += '[';
  for (std::uint32_t i = 0; i < count; ++i) put(out, "{}{}", i == 0 ? "" : ",", token_id(first + i));
  out += ']';
}

void append_llama(std::string& out, const Reply& reply, const Step& step) {
  if (step.kind != StepKind::usage) {
    out += "{\"index\":0,\"content\":";
    put_text(out, step.number, step.tokens);
    out += ",\"tokens\":";
    append_ids(out, step.number, step.tokens);
    put(out, ",\"stop\":false,\"id_slot\":0,\"tokens_predicted\":{},\"tokens_evaluated\":{}", step.so_far,
        reply.asked.prompt_tokens);
    if (reply.asked.timings_per_token) {
      out += ",\"timings\":";
      append_timings(out, reply, step.so_far);
    }
    out += '}';
    return;
  }
  put(out,
      "{{\"index\":0,\"content\":\"\",\"tokens\":[],\"id_slot\":0,\"stop\":true,\"model\":{},\"tokens_"
      "predicted\":{},"
      "\"tokens_evaluated\":{},\"truncated\":false,\"stop_type\":\"{}\",\"stopping_word\":\"\",\"tokens_"
      "cached\":{}",
      reply.model_json, reply.tokens + reply.script.usage_surplus, reply.asked.prompt_tokens,
      reply.cut_short ? "limit" : "eos", reply.asked.prompt_tokens + reply.tokens);
  if (reply.script.usage != UsageChunk::none) {
    out += ",\"timings\":";
    append_timings(out, reply, reply.tokens);
  }
  out += '}';
}

void append_ollama_end(std::string& out, const Reply& reply) {
  put(out, ",\"done\":true,\"done_reason\":\"{}\"",
      reply.asked.prompt_tokens == 0 ? "load" : finish_reason(reply));
  if (reply.asked.prompt_tokens == 0 || reply.script.usage == UsageChunk::none) return;
  if (reply.wire == Wire::ollama_generate) out += ",\"context\":[1,2,3]";
  // Ollama tells a little time of loading even where the model was there.
  const auto load = reply.load_ns > 0 ? reply.load_ns : 1'000'000;
  put(out,
      ",\"total_duration\":{},\"load_duration\":{},\"prompt_eval_count\":{},\"prompt_eval_duration\":{},"
      "\"eval_count\":{},\"eval_duration\":{}",
      reply.last_ns, load, reply.asked.prompt_tokens, reply.first_ns - reply.load_ns,
      reply.tokens + reply.script.usage_surplus, reply.last_ns - reply.first_ns);
}

void append_ollama(std::string& out, const Reply& reply, const Step& step) {
  const bool end = step.kind == StepKind::usage;
  const bool thinking = step.kind == StepKind::reasoning;
  const bool chat = reply.wire == Wire::ollama_chat;
  put(out, "{{\"model\":{},\"created_at\":\"{}\",{}", reply.model_json, kCreatedText,
      chat ? "\"message\":{\"role\":\"assistant\",\"content\":" : "\"response\":");
  if (thinking) {
    out += "\"\",\"thinking\":";
  }
  put_text(out, step.number, step.tokens);
  if (chat) out += '}';
  if (end) {
    append_ollama_end(out, reply);
  } else {
    out += ",\"done\":false";
  }
  out += '}';
}

void append_sglang(std::string& out, const Reply& reply, const Step& step) {
  out += "{\"text\":";
  put_text(out, 0, step.so_far);
  out += ",\"output_ids\":";
  append_ids(out, 0, step.so_far);
  put(out, ",\"meta_info\":{{\"id\":\"{}\",\"finish_reason\":", reply.number);
  if (!step.last) {
    out += "null";
  } else if (reply.cut_short) {
    put(out, "{{\"type\":\"length\",\"length\":{}}}", reply.tokens);
  } else {
    out += "{\"type\":\"stop\",\"matched\":2}";
  }
  if (reply.script.usage != UsageChunk::none) {
    put(out, ",\"prompt_tokens\":{},\"completion_tokens\":{},\"cached_tokens\":{}", reply.asked.prompt_tokens,
        step.so_far + (step.last ? reply.script.usage_surplus : 0), reply.cached_tokens);
  }
  if (step.last) put(out, ",\"e2e_latency\":{}", static_cast<double>(reply.last_ns) / kNanosPerSecond);
  out += "}}";
}

void append_tgi(std::string& out, const Reply& reply, const Step& step) {
  // One token an event; of a bundle the last one's id stands for all.
  put(out, "{{\"index\":{},\"token\":{{\"id\":{},\"text\":", step.so_far,
      token_id(step.so_far == 0 ? 0 : step.so_far - 1));
  put_text(out, step.number, step.tokens);
  out += ",\"logprob\":-0.5,\"special\":false},\"generated_text\":";
  if (!step.last) {
    out += "null,\"details\":null}";
    return;
  }
  put_text(out, 0, reply.tokens);
  put(out,
      ",\"details\":{{\"finish_reason\":\"{}\",\"generated_tokens\":{},\"seed\":null,\"input_length\":{}}}}}",
      reply.cut_short ? "length" : "eos_token", reply.tokens + reply.script.usage_surplus,
      reply.asked.prompt_tokens);
}

struct NamedRow {
  std::string_view name;
  std::string_view more;  ///< Members after the type.
};

constexpr std::array<NamedRow, 11> kNamed{
    {{"chat.start", ",\"model_instance_id\":"},
     {"model_load.start", ",\"model_instance_id\":"},
     {"model_load.progress", ",\"progress\":0.5,\"model_instance_id\":"},
     {"model_load.end", ",\"model_instance_id\":"},
     {"prompt_processing.start", ""},
     {"prompt_processing.progress", ",\"progress\":1"},
     {"prompt_processing.end", ""},
     {"reasoning.start", ""},
     {"reasoning.end", ""},
     {"message.start", ""},
     {"message.end", ""}}};

void append_chat_end(std::string& out, const Reply& reply) {
  const auto reasoning = std::min(reply.script.reasoning, reply.tokens);
  put(out, "{{\"type\":\"chat.end\",\"result\":{{\"model_instance_id\":{},\"output\":[", reply.model_json);
  if (reasoning > 0) {
    out += "{\"type\":\"reasoning\",\"content\":";
    put_text(out, 0, reasoning);
    out += "},";
  }
  out += "{\"type\":\"message\",\"content\":";
  put_text(out, reasoning, reply.tokens - reasoning);
  out += "}]";
  if (reply.script.usage != UsageChunk::none) {
    const auto decode_s = static_cast<double>(reply.last_ns - reply.first_ns) / kNanosPerSecond;
    put(out, ",\"stats\":{{\"input_tokens\":{},\"total_output_tokens\":{},\"reasoning_output_tokens\":{}",
        reply.asked.prompt_tokens, reply.tokens + reply.script.usage_surplus, reasoning);
    if (decode_s > 0.0) put(out, ",\"tokens_per_second\":{}", reply.tokens / decode_s);
    put(out, ",\"time_to_first_token_seconds\":{}",
        static_cast<double>(reply.first_ns - reply.load_ns) / kNanosPerSecond);
    if (reply.load_ns > 0)
      put(out, ",\"model_load_time_seconds\":{}", static_cast<double>(reply.load_ns) / kNanosPerSecond);
    out += '}';
  }
  put(out, ",\"response_id\":\"resp_{}\"}}}}", reply.number);
}

void append_lm_studio(std::string& out, const Reply& reply, const Step& step, std::string_view& event) {
  if (step.kind == StepKind::usage) {
    event = "chat.end";
    return append_chat_end(out, reply);
  }
  if (step.kind == StepKind::named) {
    const auto& row = kNamed[step.number];
    event = row.name;
    put(out, "{{\"type\":\"{}\"{}", row.name, row.more);
    if (row.more.ends_with(':')) out += reply.model_json;
    if (step.number == static_cast<std::uint32_t>(NamedEvent::load_end))
      put(out, ",\"load_time_seconds\":{}", static_cast<double>(reply.load_ns) / kNanosPerSecond);
    out += '}';
    return;
  }
  event = step.kind == StepKind::reasoning ? "reasoning.delta" : "message.delta";
  put(out, "{{\"type\":\"{}\",\"content\":", event);
  put_text(out, step.number, step.tokens);
  out += '}';
}

}  // namespace

void append_native(std::string& out, const Reply& reply, const Step& step, std::string_view& event) {
  switch (reply.wire) {
    case Wire::ollama_chat:
    case Wire::ollama_generate:
      return append_ollama(out, reply, step);
    case Wire::sglang_generate:
      return append_sglang(out, reply, step);
    case Wire::tgi_generate:
      return append_tgi(out, reply, step);
    case Wire::lm_studio_chat:
      return append_lm_studio(out, reply, step, event);
    default:
      return append_llama(out, reply, step);
  }
}

}  // namespace edgeeval::mock
