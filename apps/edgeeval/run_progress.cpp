// SPDX-License-Identifier: Apache-2.0
#include "run_progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <variant>

#include "core/one_line.hpp"
#include "core/text.hpp"
#include "record/ledger.hpp"

namespace edgeeval {
namespace {

constexpr int kBarCells = 16;
constexpr std::chrono::milliseconds kLiveEvery{100};
constexpr const char* kGreen = "\033[32m";
constexpr const char* kRed = "\033[31m";
constexpr const char* kYellow = "\033[33m";

/// How long stages take beside each other, roughly: only the time left rests on it.
double work_of(StageKind kind) {
  switch (kind) {
    case StageKind::adapt:
      return 60.0;
    case StageKind::serve:
      return 20.0;
    case StageKind::import:
    case StageKind::merge:
    case StageKind::quantize:
      return 2.0;
    case StageKind::score:
      return 0.1;
  }
  return 1.0;
}

std::string bar(double share) {
  const int filled = static_cast<int>(std::clamp(share, 0.0, 1.0) * kBarCells);
  std::string cells;
  for (int i = 0; i < kBarCells; ++i) cells += i < filled ? "━" : (i == filled ? "╺" : "─");
  return cells;
}

std::string padded(const std::string& text, std::size_t width) {
  const auto taken = display_width(text);
  return taken < width ? text + std::string(width - taken, ' ') : text;
}

/// The first `columns` code points of a UTF-8 text.
std::string clipped(const std::string& text, int columns) {
  std::size_t bytes = 0;
  for (int seen = 0; bytes < text.size(); ++bytes) {
    const bool begins = (static_cast<unsigned char>(text[bytes]) & 0xC0U) != 0x80U;
    if (begins && seen++ == columns) break;
  }
  return text.substr(0, bytes);
}

const char* mark_of(Grade grade) {
  if (grade == Grade::modelled) return "~";
  return grade == Grade::assumed ? "*" : "";
}

/// "~410 J [210, 640]" of the stage's own window; empty where no source gave joules.
std::string energy_of(const StageRecord& stage) {
  const auto window = std::find_if(stage.windows.begin(), stage.windows.end(),
                                   [&](const WindowRecord& w) { return w.name == stage.kind; });
  const auto energy = window == stage.windows.end() ? std::nullopt : total_energy(*window);
  if (!energy) return {};
  std::string text = fmt::format("{}{} J", mark_of(energy->grade), format_significant(energy->value));
  if (energy->lo && energy->hi) {
    text += fmt::format(" [{}, {}]", format_significant(*energy->lo), format_significant(*energy->hi));
  }
  return text;
}

std::string stage_name(const StageSpec& stage) {
  return padded(std::string(to_string(stage.kind)), 9) + " " + padded(stage.label, 26);
}

}  // namespace

void RunProgress::on_event(const Event& event) {
  std::visit([this](const auto& e) { show(e); }, event);
}

void RunProgress::show(const RunStarted& event) {
  plan_ = event.plan;
  if (quiet_) return;
  const auto at = [&](const char* key) {
    const auto found = event.environment.find(key);
    return found == event.environment.end() ? std::string("unknown") : found->second;
  };
  line(fmt::format("study     {} · {} variants · {} stages", plan_->study.name, plan_->variants.size(),
                   plan_->stages.size()));
  const auto memory = format_bytes(std::strtod(at("memory_b").c_str(), nullptr));
  line(fmt::format("machine   {} × {} · {} · {}", at("logical_cpus"), at("cpu"), memory, at("os")));
  line("energy    " + (event.energy_sources.empty() ? std::string("no source: energy will be absent")
                                                    : join(event.energy_sources, "; ")));
  if (event.sitting > 1) {
    line(fmt::format("resumed   sitting {}; {} of {} stages were finished before", event.sitting,
                     event.already_finished, plan_->stages.size()));
  }
  line("");
}

void RunProgress::show(const StageStarted& event) {
  running_ = event.stage;
  stage_share_ = 0.0;
  stage_start_ = clock_.now();
  if (terminal_.interactive && !quiet_) live(fmt::format(" ▸ {}", stage_name(*event.stage)));
}

void RunProgress::show(const StageProgressed& event) {
  const auto& progress = event.progress;
  stage_share_ = progress.total > 0 ? progress.done / progress.total : 0.0;
  const auto now = clock_.now();
  if (quiet_ || !terminal_.interactive || now - last_live_ < kLiveEvery) return;
  last_live_ = now;
  live(fmt::format(" ▸ {} {}  {}  {}", stage_name(*event.stage), bar(stage_share_), progress.message,
                   time_left()));
}

void RunProgress::show(const StageEnded& event) {
  const auto work = work_of(event.stage->kind);
  (event.cached ? work_cached_ : work_done_) += work;
  running_ = nullptr;
  const bool failed = !event.cached && event.record->outcome != StageOutcome::finished;
  if (quiet_ && !failed) return;
  const auto* mark = failed ? "✘" : "✔";
  auto text = fmt::format(" {} {}", paint(failed ? kRed : kGreen, mark), stage_name(*event.stage));
  if (event.cached) {
    text += " cached";
  } else if (event.record->outcome == StageOutcome::skipped) {
    text += " " + event.record->error->message;
  } else {
    text += fmt::format(" {} {:>11}  {}", padded(failed ? "failed" : event.headline, 34),
                        format_duration(event.record->duration_s), energy_of(*event.record));
  }
  line(text);
  if (!failed || event.record->outcome == StageOutcome::skipped) return;
  const auto& error = *event.record->error;
  line("     " + printable(error.message));
  if (!error.hint.empty()) line("     " + printable(error.hint));
  if (!event.record->log_tail.empty()) line("   last lines of " + error.where + ":");
  for (const auto& tail : event.record->log_tail) line("     │ " + printable(tail));
}

void RunProgress::show(const Warned& event) {
  line(paint(kYellow, "warning") + "   " + one_line(event.message));
}

void RunProgress::show(const RunEnded& event) {
  if (quiet_) return;
  const auto elapsed = std::chrono::duration<double>(clock_.now() - run_start_).count();
  line(fmt::format("\n{} of {} stages finished{}{} · {} in this sitting", event.finished, event.total,
                   event.failed > 0 ? fmt::format(", {} failed", event.failed) : "",
                   event.skipped > 0 ? fmt::format(", {} skipped", event.skipped) : "",
                   format_duration(elapsed)));
}

std::string RunProgress::time_left() const {
  double work = -work_done_ - work_cached_;
  for (const auto& stage : plan_->stages) work += work_of(stage.kind);
  const double under_way = running_ == nullptr ? 0.0 : stage_share_ * work_of(running_->kind);
  const double done = work_done_ + under_way;
  const double elapsed = std::chrono::duration<double>(clock_.now() - run_start_).count();
  const auto so_far = format_duration(elapsed) + " so far";
  // Too little is done to say anything about the rest.
  if (done < 5.0) return so_far;
  return so_far + ", about " + format_duration(elapsed / done * (work - under_way)) + " left";
}

std::string RunProgress::paint(const char* colour, const std::string& text) const {
  return terminal_.colour ? colour + text + "\033[0m" : text;
}

void RunProgress::line(const std::string& text) {
  clear_live();
  print_if_possible(stream_, text + "\n");
  std::fflush(stream_);
}

void RunProgress::live(const std::string& text) {
  clear_live();
  print_if_possible(stream_, clipped(text, terminal_.columns - 1));
  std::fflush(stream_);
  live_shown_ = true;
}

void RunProgress::clear_live() {
  if (live_shown_) print_if_possible(stream_, "\r\033[K");
  live_shown_ = false;
}

}  // namespace edgeeval
