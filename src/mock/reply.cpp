// SPDX-License-Identifier: Apache-2.0
#include "mock/reply.hpp"

#include <algorithm>
#include <array>

namespace edgeeval::mock {
namespace {

/// Puts the steps of one reply in order.
class Layout {
 public:
  Layout(Reply& reply, SplitMix64& random, std::int64_t step, std::int64_t origin)
      : reply_(reply), script_(reply.script), random_(random), step_(step), origin_(origin) {}

  void run() {
    const auto delay = script_.ttft.draw(random_).count() + reply_.load_ns;
    now_ = aligned(delay);
    reply_.first_ns = now_;
    if (!reply_.asked.stream) return whole();
    head();
    opening();
    tokens();
    if (!ended_) closing();
    if (script_.all_at_once) {
      for (auto& step : reply_.steps) step.due = step.kind == StepKind::head ? step.due : reply_.last_ns;
    }
    merge();
    if (script_.opening == Opening::one_write) open_in_one_write();
    if (script_.byte_order_mark && reply_.steps.size() > 1) reply_.steps[1].mark = true;
  }

 private:
  [[nodiscard]] std::int64_t aligned(std::int64_t due) const {
    if (step_ <= 0) return due;
    const auto since = due - origin_;
    return origin_ + (since + step_ - 1) / step_ * step_;
  }

  Step& add(StepKind kind, std::int64_t due, std::uint32_t number = 0) {
    Step step;
    step.due = due;
    step.number = number;
    step.so_far = sent_;
    step.kind = kind;
    reply_.steps.push_back(step);
    return reply_.steps.back();
  }
  void named(NamedEvent event, std::int64_t due) {
    add(StepKind::named, due, static_cast<std::uint32_t>(event));
  }
  void raw(StepKind kind, std::string bytes, After after = After::next) {
    reply_.raws.push_back(std::move(bytes));
    add(kind, now_, static_cast<std::uint32_t>(reply_.raws.size() - 1)).after = after;
  }

  void head() {
    const bool early = script_.role == RoleChunk::early || script_.answer == Answer::head_only;
    const bool with_first = reply_.style.head_with_first && !early && !reply_.asked.return_progress;
    add(StepKind::head, with_first ? now_ : 0).hold = with_first;
  }

  void opening() {
    if (script_.role == RoleChunk::early && reply_.wire == Wire::chat) add(StepKind::role, 0);
    if (reply_.asked.return_progress && reply_.dialect == Dialect::llama_server) {
      add(StepKind::progress, now_ / 2, 1);
      add(StepKind::progress, now_, 2);
    }
    if (reply_.wire == Wire::lm_studio_chat) lm_studio_opening();
    if (script_.role == RoleChunk::usual && reply_.style.role_chunk) add(StepKind::role, now_);
  }

  /// What comes before the first token waits for it. A reply without one goes out as it would.
  void open_in_one_write() {
    const auto first = std::find_if(reply_.steps.begin(), reply_.steps.end(),
                                    [](const Step& step) { return step.tokens > 0; });
    if (first == reply_.steps.end()) return;
    for (auto step = reply_.steps.begin(); step != first; ++step) {
      step->due = first->due;
      step->hold = true;
    }
  }

  void lm_studio_opening() {
    named(NamedEvent::chat_start, 0);
    if (reply_.load_ns > 0) {
      named(NamedEvent::load_start, 0);
      named(NamedEvent::load_progress, reply_.load_ns / 2);
      named(NamedEvent::load_end, reply_.load_ns);
    }
    named(NamedEvent::prompt_start, reply_.load_ns);
    named(NamedEvent::prompt_progress, now_);
    named(NamedEvent::prompt_end, now_);
  }

  [[nodiscard]] StepKind kind_of_token(std::uint32_t token) const {
    const bool has_reasoning = reply_.wire == Wire::chat || reply_.wire == Wire::ollama_chat ||
                               reply_.wire == Wire::ollama_generate || reply_.wire == Wire::lm_studio_chat;
    if (token < script_.reasoning && has_reasoning) return StepKind::reasoning;
    return script_.tool_call && reply_.wire == Wire::chat ? StepKind::tool_call : StepKind::content;
  }

  void tokens() {
    const auto total = reply_.tokens;
    const auto events = (total + script_.bundle - 1) / script_.bundle;
    std::uint32_t index = 0;
    for (std::uint32_t token = 0; token < total && !ended_; ++index) {
      if (index > 0) now_ = aligned(now_ + script_.itl.draw(random_).count());
      if (index == events / 2) midway();
      if (ended_) return;
      const auto kind = kind_of_token(token);
      // A bundle holds tokens of one kind.
      auto count = std::min(script_.bundle, total - token);
      while (kind_of_token(token + count - 1) != kind) --count;
      extras(index);
      boundary(kind, token);
      sent_ += count;
      auto& step = add(kind, now_, token);
      step.tokens = count;
      step.last = sent_ == total && reply_.style.finish_with_last && script_.finish;
      token += count;
    }
    reply_.last_ns = now_;
    if (total == 0) midway();
  }

  void extras(std::uint32_t index) {
    if (script_.comment_every > 0 && index % script_.comment_every == 0 && reply_.style.events)
      add(StepKind::comment, now_);
    if (script_.empty_every > 0 && index % script_.empty_every == 0) add(StepKind::empty, now_);
  }

  /// LM Studio tells where reasoning and message begin and end.
  void boundary(StepKind kind, std::uint32_t token) {
    if (reply_.wire != Wire::lm_studio_chat) return;
    if (token == 0) {
      named(kind == StepKind::reasoning ? NamedEvent::reasoning_start : NamedEvent::message_start, now_);
    } else if (token == script_.reasoning) {
      named(NamedEvent::reasoning_end, now_);
      named(NamedEvent::message_start, now_);
    }
  }

  void end_with(After after) {
    ended_ = true;
    if (!reply_.steps.empty()) reply_.steps.back().after = after;
  }

  void midway() {
    const std::string prefix = reply_.style.events ? "data: " : "";
    const std::string suffix = reply_.style.events ? "\n\n" : "\n";
    switch (script_.midway) {
      case Midway::nothing:
        return;
      case Midway::error_event:
        add(StepKind::error, now_);
        reply_.last_ns = now_;
        if (reply_.style.done && script_.done.value_or(true)) add(StepKind::done, now_);
        add(StepKind::last_chunk, now_);
        return end_with(reply_.keep_alive ? After::next : After::close);
      case Midway::reset:
        return end_with(After::reset);
      case Midway::close:
        return end_with(After::close);
      case Midway::truncated_chunk:
        raw(StepKind::raw_frame, "100\r\n" + prefix + "{\"choices\":[{\"index\":0,", After::close);
        return end_with(After::close);
      case Midway::bad_chunk_size:
        raw(StepKind::raw_frame, "zz\r\n" + prefix + "{}" + suffix + "\r\n", After::close);
        return end_with(After::close);
      case Midway::stall:
        now_ = aligned(now_ + script_.stall.count());
        return;
      case Midway::silence:
        reply_.endless = ended_ = true;
        return;
      case Midway::giant_line:
        add(StepKind::giant, now_).after = After::close;
        return end_with(After::close);
      case Midway::invalid_utf8:
        return raw(
            StepKind::raw,
            prefix + "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\xC3\x28\xFF\"}}]}" + suffix);
      case Midway::deep_json:
        return raw(StepKind::raw, prefix + std::string(script_.json_depth, '[') +
                                      std::string(script_.json_depth, ']') + suffix);
      case Midway::bad_json:
        return raw(StepKind::raw, prefix + "{this is not JSON}" + suffix);
      case Midway::truncated_json:
        return raw(StepKind::raw,
                   prefix + "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"brok" + suffix);
      case Midway::null_byte:
        return raw(StepKind::raw, prefix + "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" +
                                      std::string(1, '\0') + "\"}}]}" + suffix);
    }
  }

  void closing() {
    if (reply_.wire == Wire::lm_studio_chat && reply_.tokens > 0) {
      const bool message = reply_.tokens > script_.reasoning;
      named(message ? NamedEvent::message_end : NamedEvent::reasoning_end, now_);
    }
    const bool openai = reply_.wire == Wire::chat || reply_.wire == Wire::completions;
    const bool with_last = reply_.style.finish_with_last && reply_.tokens > 0;
    if (openai && script_.finish && !with_last) add(StepKind::finish, now_);
    const bool native_end = reply_.wire != Wire::sglang_generate && reply_.wire != Wire::tgi_generate;
    if (openai ? reply_.usage_last : native_end && script_.finish) add(StepKind::usage, now_);
    if (script_.done.value_or(reply_.style.done) && reply_.style.events) {
      add(StepKind::done, now_);
      if (script_.after_done) add(StepKind::content, now_);
    }
    add(StepKind::last_chunk, now_);
    const bool stays =
        reply_.keep_alive && reply_.chunked && !script_.close_after.value_or(reply_.style.close_after);
    if (!stays) reply_.steps.back().after = After::close;
  }

  /// Every `merge` events with tokens go out in one write, when the last of them is due.
  void merge() {
    if (script_.merge < 2) return;
    std::vector<Step*> group;
    std::uint32_t events = 0;
    const auto send = [&] {
      for (auto* step : group) {
        step->due = group.back()->due;
        step->hold = step != group.back();
      }
      group.clear();
      events = 0;
    };
    for (auto& step : reply_.steps) {
      if (step.kind == StepKind::head || step.kind == StepKind::giant) continue;
      group.push_back(&step);
      if (step.tokens > 0) ++events;
      if (events == script_.merge || step.after != After::next) send();
    }
    if (!group.empty()) send();
  }

  void whole() {
    for (std::uint32_t token = script_.bundle; token < reply_.tokens; token += script_.bundle)
      now_ = aligned(now_ + script_.itl.draw(random_).count());
    reply_.last_ns = now_;
    sent_ = reply_.tokens;
    auto& step = add(StepKind::whole, now_);
    step.tokens = reply_.tokens;
    step.after = reply_.keep_alive ? After::next : After::close;
  }

  Reply& reply_;
  const ReplyScript& script_;
  SplitMix64& random_;
  std::int64_t step_;
  std::int64_t origin_;
  std::int64_t now_ = 0;
  std::uint32_t sent_ = 0;
  bool ended_ = false;
};

}  // namespace

std::string_view to_string(StepKind kind) {
  constexpr std::array<std::string_view, 18> kNames{
      "head",   "named", "progress", "comment", "role", "empty",     "reasoning", "tool_call",  "content",
      "finish", "usage", "error",    "done",    "raw",  "raw_frame", "giant",     "last_chunk", "whole"};
  return kNames[static_cast<std::size_t>(kind)];
}

void lay_out(Reply& reply, SplitMix64& random, std::int64_t step, std::int64_t origin) {
  reply.steps.reserve(reply.asked.stream ? reply.tokens / reply.script.bundle + 8 : 1);
  Layout(reply, random, step, origin).run();
}

}  // namespace edgeeval::mock
