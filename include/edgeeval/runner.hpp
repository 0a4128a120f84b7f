// SPDX-License-Identifier: Apache-2.0
// Events of a run, for whoever shows them.
#pragma once

#include <edgeeval/plan.hpp>
#include <edgeeval/record.hpp>
#include <edgeeval/stage.hpp>
#include <string>
#include <variant>
#include <vector>

namespace edgeeval {

/// The run begins (or goes on).
struct RunStarted {
  const Plan* plan = nullptr;
  int sitting = 1;
  std::size_t already_finished = 0;         ///< Stages finished in earlier sittings.
  std::vector<std::string> energy_sources;  ///< What joules rest on here.
  std::map<std::string, std::string> environment;
};
/// A stage begins.
struct StageStarted {
  const StageSpec* stage = nullptr;
  std::size_t number = 0;
  std::size_t total = 0;
};
/// A stage is under way.
struct StageProgressed {
  const StageSpec* stage = nullptr;
  Progress progress;
};
/// A stage has ended; `cached` where an earlier sitting had finished it.
struct StageEnded {
  const StageSpec* stage = nullptr;
  const StageRecord* record = nullptr;
  std::string headline;
  bool cached = false;
};
/// Something the user should know.
struct Warned {
  std::string message;
};
/// The run ends.
struct RunEnded {
  std::size_t finished = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  std::size_t total = 0;
  bool cancelled = false;
};

using Event = std::variant<RunStarted, StageStarted, StageProgressed, StageEnded, Warned, RunEnded>;

/// Shows events as they happen. Called from one thread; start and end of a stage always pair.
class ProgressListener {
 public:
  virtual ~ProgressListener() = default;
  virtual void on_event(const Event& event) = 0;
};

}  // namespace edgeeval
