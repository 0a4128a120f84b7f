// SPDX-License-Identifier: Apache-2.0
#include "mock/reply_maker.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/json.hpp"
#include "mock/fault.hpp"

namespace edgeeval::mock {
namespace {

bool native(Wire wire) { return wire != Wire::chat && wire != Wire::completions; }

/// Makes the reply one write of `bytes`, and then `after`.
void only(Reply& reply, std::string bytes, After after) {
  reply.raws = {std::move(bytes)};
  Step step;
  step.kind = StepKind::raw_frame;
  step.after = after;
  reply.steps = {step};
}

void only(Reply& reply, PlainAnswer answer) {
  answer.fields += fmt::format("X-Request-Id: {}\r\n", reply.number);
  only(reply, http_text(answer, reply.keep_alive), reply.keep_alive ? After::next : After::close);
}

void refuse(Reply& reply, int status, std::string_view type, std::string_view message) {
  PlainAnswer answer{status, error_json(reply.dialect, native(reply.wire), status, type, message)};
  if (status == 429 || status == 503) {
    const auto wait = std::chrono::ceil<std::chrono::seconds>(reply.script.retry_after).count();
    answer.fields = fmt::format("Retry-After: {}\r\n", wait);
  }
  if (status == 401) answer.fields = "WWW-Authenticate: Bearer\r\n";
  if (status == 307) answer.fields = "Location: /moved\r\n";
  only(reply, std::move(answer));
}

/// Lays out what is no stream; false where the answer is one.
bool answer_otherwise(Reply& reply) {
  constexpr const char* kPage =
      "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>A proxy's page"
      "</body></html>\n";
  switch (reply.script.answer) {
    case Answer::unauthorized:
      return refuse(reply, 401, "authentication_error", "Invalid API Key"), true;
    case Answer::not_found:
      return refuse(reply, 404, "not_found_error", "The model does not exist"), true;
    case Answer::rate_limited:
      return refuse(reply, 429, "rate_limit_error", "Rate limit reached"), true;
    case Answer::overloaded:
      return refuse(reply, 503, "overloaded_error", "No slot is free"), true;
    case Answer::loading:
      return only(reply, loading_answer(reply.dialect, native(reply.wire))), true;
    case Answer::server_error:
      return refuse(reply, 500, "server_error", "The engine failed"), true;
    case Answer::bad_request:
      return refuse(reply, 400, "invalid_request_error", "The request cannot be read"), true;
    case Answer::redirect:
      return refuse(reply, 307, "redirect", "Moved"), true;
    case Answer::html:
      return only(reply, PlainAnswer{200, kPage, "text/html; charset=utf-8", {}}), true;
    case Answer::error_200:
      return only(reply, PlainAnswer{200, error_json(reply.dialect, native(reply.wire), 500, "server_error",
                                                     "The engine failed")}),
             true;
    case Answer::hang:
      reply.endless = true;
      return true;
    case Answer::close:
      return only(reply, "", After::close), true;
    case Answer::reset:
      return only(reply, "", After::reset), true;
    case Answer::bad_status:
      return only(reply, "HTTP two hundred\r\n\r\n", After::close), true;
    case Answer::short_length:
      return only(reply,
                  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 1000\r\n\r\ndata: {",
                  After::close),
             true;
    case Answer::head_only: {
      Step head;
      head.kind = StepKind::head;
      // The chunked body never comes, so the client waits.
      reply.steps = {head};
      reply.endless = true;
      return true;
    }
    default:
      return false;
  }
}

void choose_usage(Reply& reply) {
  const bool by_default = reply.style.usage_unless_refused && reply.asked.stream_options;
  const bool asked = reply.asked.include_usage.value_or(by_default);
  const auto usage = reply.script.usage;
  reply.usage_last =
      usage == UsageChunk::last || usage == UsageChunk::every || (usage == UsageChunk::asked && asked);
  reply.usage_every =
      usage == UsageChunk::every || (usage == UsageChunk::asked && asked && reply.asked.continuous_usage);
}

}  // namespace

ReplyMaker::ReplyMaker(const Script& script, std::optional<Capture> capture)
    : script_(script), capture_(std::move(capture)), model_json_(to_line(Json(script.model))) {}

Reply ReplyMaker::make(const HttpRequest& request, Wire wire, const Moment& moment) {
  Reply reply;
  reply.number = ++made_;
  reply.dialect = script_.dialect;
  reply.wire = wire;
  reply.style = style_of(script_.dialect, wire);
  reply.model_json = model_json_;
  reply.script = script_.reply;
  reply.keep_alive = request.keep_alive;
  // Each request has numbers of its own, whatever came before it.
  SplitMix64 random(SplitMix64(script_.seed ^ (reply.number * 0xD1342543DE82EF95ULL)).next());
  std::string unknown;
  choose_fault(request, reply, random, unknown);
  if (!unknown.empty()) {
    refuse(reply, 400, "invalid_request_error",
           "unknown fault " + unknown + "; see edgeeval mock-server --list-faults");
    return reply;
  }
  const bool strict = script_.strict.value_or(reply.style.strict);
  const auto asked = read_asked(wire, request.body, strict, script_.dialect);
  if (!asked) {
    refuse(reply, 400, "invalid_request_error", asked.error().message);
    return reply;
  }
  reply.asked = *asked;
  if (request.path == "/generate_stream") reply.asked.stream = true;
  const bool still_loading = script_.loading_manner == LoadingManner::answer_503 &&
                             moment.received_ns < moment.started_ns + script_.loading.count();
  if (still_loading) reply.script.answer = Answer::loading;
  if (answer_otherwise(reply)) return reply;
  if (capture_) {
    play_capture(reply, random);
    return reply;
  }
  reply.chunked = reply.script.answer != Answer::close_delimited;
  count_tokens(reply, random);
  choose_usage(reply);
  load(reply, moment);
  const auto step = script_.batch_step ? script_.reply.itl.mean().count() : 0;
  lay_out(reply, random, step, moment.started_ns - moment.received_ns);
  return reply;
}

void ReplyMaker::choose_fault(const HttpRequest& request, Reply& reply, SplitMix64& random,
                              std::string& unknown) const {
  const Fault* chosen = nullptr;
  for (const auto& rule : script_.faults) {
    // Drawn even where it does not matter, so that one rule does not change the luck of the next.
    const bool drawn = unit(random) < rule.share;
    const bool named =
        std::find(rule.requests.begin(), rule.requests.end(), reply.number) != rule.requests.end();
    if (chosen == nullptr && (drawn || named)) chosen = find_fault(rule.name);
  }
  if (!request.fault.empty()) {
    chosen = find_fault(request.fault);
    if (chosen == nullptr && request.fault != "none") unknown = request.fault;
  }
  if (chosen == nullptr) return;
  chosen->apply(reply.script);
  reply.fault = chosen->name;
}

void ReplyMaker::count_tokens(Reply& reply, SplitMix64& random) {
  const auto& script = reply.script;
  const auto drawn = script.tokens_from +
                     static_cast<std::uint32_t>(random.below(script.tokens_to - script.tokens_from + 1ULL));
  reply.tokens = drawn;
  if (const auto most = reply.asked.max_tokens) {
    // A fault that asks for no token or one stands above what the client asks.
    const bool exact = reply.asked.ignore_eos && script.tokens_to > 1;
    reply.tokens = exact ? *most : std::min(drawn, *most);
    reply.cut_short = exact || *most <= drawn;
  }
  const bool ollama = reply.wire == Wire::ollama_chat || reply.wire == Wire::ollama_generate;
  if (ollama && reply.asked.prompt_tokens == 0) {
    reply.tokens = 0;
    return;
  }
  reply.asked.prompt_tokens += script_.template_tokens;
  if (!script_.prefix_cache || reply.asked.prompt_tokens == 0) return;
  if (!prompts_seen_.insert(reply.asked.prompt_hash).second)
    reply.cached_tokens = reply.asked.prompt_tokens - 1;
}

void ReplyMaker::load(Reply& reply, const Moment& moment) {
  if (script_.loading_manner != LoadingManner::lazy || script_.loading.count() == 0) return;
  if (!load_began_ns_) load_began_ns_ = moment.received_ns;
  reply.load_ns = std::max<std::int64_t>(0, *load_began_ns_ + script_.loading.count() - moment.received_ns);
}

void ReplyMaker::play_capture(Reply& reply, SplitMix64& random) const {
  reply.raws = {capture_->head};
  Step step;
  step.kind = StepKind::raw_frame;
  reply.steps = {step};
  reply.steps.front().hold = !capture_->parts.empty() && reply.style.head_with_first;
  std::int64_t now = reply.script.ttft.draw(random).count();
  if (reply.steps.front().hold) reply.steps.front().due = now;
  for (const auto& part : capture_->parts) {
    step.number = static_cast<std::uint32_t>(reply.raws.size());
    step.due = now;
    reply.raws.push_back(part);
    reply.steps.push_back(step);
    now += reply.script.itl.draw(random).count();
  }
  if (!capture_->ends_by_itself || !reply.keep_alive ||
      reply.script.close_after.value_or(reply.style.close_after))
    reply.steps.back().after = After::close;
}

}  // namespace edgeeval::mock
