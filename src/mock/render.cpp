// SPDX-License-Identifier: Apache-2.0
#include "mock/render.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "mock/answers.hpp"

namespace edgeeval::mock {
namespace {

constexpr std::array<std::string_view, 12> kWords{" the", " café", " costs", " 東京", " one",   " naïve",
                                                  " and", " 🙂", " so",    " über", " small", " model"};
constexpr std::size_t kHugeField = 1U << 20U;

std::string_view line_end_of(LineEnd end) {
  if (end == LineEnd::crlf) return "\r\n";
  return end == LineEnd::cr ? "\r" : "\n";
}

void append_head(std::string& out, const Reply& reply) {
  const auto answer = reply.script.answer;
  if (answer == Answer::interim) out += "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n";
  const auto type = answer == Answer::wrong_type ? std::string_view("text/plain") : reply.style.content_type;
  fmt::format_to(std::back_inserter(out),
                 "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nCache-Control: no-cache\r\n", type);
  fmt::format_to(std::back_inserter(out), "X-Request-Id: {}\r\n", reply.number);
  if (answer == Answer::huge_head) {
    out += "X-Padding: ";
    out.append(kHugeField, 'a');
    out += "\r\n";
  }
  if (!reply.chunked) {
    out += "Connection: close\r\n\r\n";
    return;
  }
  if (!reply.keep_alive) {
    out += "Connection: close\r\n";
  } else if (reply.dialect == Dialect::llama_server) {
    out += "Keep-Alive: timeout=5, max=100\r\n";
  } else {
    out += "Connection: keep-alive\r\n";
  }
  if (reply.script.chunk_extension) out += "Trailer: X-Tokens\r\n";
  out += "Transfer-Encoding: chunked\r\n\r\n";
}

void append_whole_answer(std::string& out, const Reply& reply, const std::string& json) {
  PlainAnswer answer{200, json};
  answer.fields = fmt::format("X-Request-Id: {}\r\n", reply.number);
  if (reply.wire == Wire::tgi_generate) {
    answer.fields += fmt::format(
        "x-prompt-tokens: {}\r\nx-generated-tokens: {}\r\nx-queue-time: 0\r\n"
        "x-inference-time: {}\r\n",
        reply.asked.prompt_tokens, reply.tokens, reply.last_ns / 1'000'000);
  }
  out += http_text(answer, reply.keep_alive);
}

}  // namespace

std::string_view token_text(std::uint32_t index) { return kWords[index % kWords.size()]; }

std::uint32_t token_id(std::uint32_t index) {
  return 100 + index % static_cast<std::uint32_t>(kWords.size());
}

void append_tokens(std::string& out, std::uint32_t first, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) out += token_text(first + i);
}

void Renderer::append_event(const Reply& reply, std::string_view event, std::string_view data) {
  const auto end = line_end_of(reply.script.line_end);
  const std::string_view colon = reply.script.space.value_or(reply.style.space) ? ": " : ":";
  if (!event.empty()) {
    body_ += "event";
    body_ += colon;
    body_ += event;
    body_ += end;
  }
  // JSON may be broken after the comma of any two members that no text holds; the first is one.
  const auto comma = reply.script.multi_line ? data.find(',') : std::string_view::npos;
  body_ += "data";
  body_ += colon;
  if (comma != std::string_view::npos) {
    body_ += data.substr(0, comma + 1);
    body_ += end;
    body_ += "data";
    body_ += colon;
    data.remove_prefix(comma + 1);
  }
  body_ += data;
  body_ += end;
  body_ += end;
}

void Renderer::append_body(const Reply& reply, const Step& step) {
  const auto end = line_end_of(reply.script.line_end);
  if (step.kind == StepKind::comment) {
    fmt::format_to(std::back_inserter(body_), ": ping{0}{0}", end);
    return;
  }
  if (step.kind == StepKind::done) {
    append_event(reply, {}, "[DONE]");
    if (!reply.script.done_blank_line) body_.resize(body_.size() - end.size());
    return;
  }
  json_.clear();
  std::string_view event;
  const bool openai = reply.wire == Wire::chat || reply.wire == Wire::completions;
  if (step.kind == StepKind::error) {
    json_ = error_json(reply.dialect, !openai, 500, "internal_server_error", "The engine failed midway");
    if (reply.wire == Wire::lm_studio_chat) {
      event = "error";
      json_.insert(1, "\"type\":\"error\",");
    }
  } else if (openai) {
    append_openai(json_, reply, step);
  } else {
    append_native(json_, reply, step, event);
  }
  if (reply.style.events) return append_event(reply, event, json_);
  body_ += json_;
  body_ += '\n';
}

void Renderer::append(std::string& out, const Reply& reply, const Step& step) {
  switch (step.kind) {
    case StepKind::head:
      return append_head(out, reply);
    case StepKind::whole:
      json_.clear();
      append_whole(json_, reply);
      return append_whole_answer(out, reply, json_);
    case StepKind::raw_frame:
      out += reply.raws[step.number];
      return;
    case StepKind::giant:
      fmt::format_to(std::back_inserter(out), "{:x}\r\n", reply.script.giant_bytes);
      return;
    case StepKind::last_chunk:
      if (reply.chunked) out += reply.script.chunk_extension ? "0;last\r\nX-Tokens: 1\r\n\r\n" : "0\r\n\r\n";
      return;
    default:
      break;
  }
  body_.clear();
  if (step.mark) body_ += "\xEF\xBB\xBF";
  if (step.kind == StepKind::raw) {
    body_ += reply.raws[step.number];
  } else {
    append_body(reply, step);
  }
  if (!reply.chunked) {
    out += body_;
    return;
  }
  fmt::format_to(std::back_inserter(out), "{:x}{}\r\n", body_.size(),
                 reply.script.chunk_extension ? ";part=1" : "");
  out += body_;
  out += "\r\n";
}

}  // namespace edgeeval::mock
