// SPDX-License-Identifier: Apache-2.0
// A run as a person at a terminal sees it: one line a stage, and a live line where the terminal can move its
// cursor.
#pragma once

#include <cstdio>
#include <edgeeval/clock.hpp>
#include <edgeeval/runner.hpp>
#include <string>

#include "console.hpp"

namespace edgeeval {

/// Shows a run on `stream` (stderr). Quiet shows warnings and failures only.
class RunProgress final : public ProgressListener {
 public:
  RunProgress(std::FILE* stream, const Clock& clock, bool quiet)
      : stream_(stream),
        clock_(clock),
        terminal_(terminal_of(stream)),
        quiet_(quiet),
        run_start_(clock.now()) {}
  void on_event(const Event& event) override;

 private:
  void show(const RunStarted& event);
  void show(const StageStarted& event);
  void show(const StageProgressed& event);
  void show(const StageEnded& event);
  void show(const Warned& event);
  void show(const RunEnded& event);
  void line(const std::string& text);
  void live(const std::string& text);
  void clear_live();
  [[nodiscard]] std::string time_left() const;
  [[nodiscard]] std::string paint(const char* colour, const std::string& text) const;

  std::FILE* stream_;
  const Clock& clock_;
  Terminal terminal_;
  bool quiet_;
  SteadyTime run_start_;
  SteadyTime stage_start_{};
  SteadyTime last_live_{};
  const Plan* plan_ = nullptr;
  double work_done_ = 0.0;    ///< Rough work units finished in this sitting, for the time left.
  double work_cached_ = 0.0;  ///< Rough work units that an earlier sitting had finished.
  double stage_share_ = 0.0;  ///< Of the running stage, 0…1.
  const StageSpec* running_ = nullptr;
  bool live_shown_ = false;
};

}  // namespace edgeeval
