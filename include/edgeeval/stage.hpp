// SPDX-License-Identifier: Apache-2.0
// What the runner hands to a stage and gets back. A stage knows its inputs and nothing of time, power or
// order.
#pragma once

#include <edgeeval/clock.hpp>
#include <edgeeval/plan.hpp>
#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace edgeeval {

class CancelToken;

/// How far a stage is, for the live line.
struct Progress {
  double done = 0.0;    ///< Units done.
  double total = 0.0;   ///< Units in all; 0 where unknown.
  std::string message;  ///< "step 41/64 · 210 tok/s · loss 1.2".
};

/// A window that a stage has opened on the probes; closing it appends it to the stage's record.
class WindowHandle {
 public:
  virtual ~WindowHandle() = default;
  /// Closes the window and hands out what was read over it. Later calls return the same.
  virtual const WindowRecord& close() = 0;
};

/// The runner's side, as a stage sees it.
class StageContext {
 public:
  virtual ~StageContext() = default;
  /// The run folder; artifacts are written below it.
  [[nodiscard]] virtual const std::filesystem::path& run_folder() const = 0;
  [[nodiscard]] virtual const Plan& plan() const = 0;
  /// The finished record of a stage this one needs.
  [[nodiscard]] virtual const StageRecord& input(const std::string& stage_id) const = 0;
  /// Opens a window on all probes.
  [[nodiscard]] virtual std::unique_ptr<WindowHandle> open_window(const std::string& name) = 0;
  /// Leaves the machine alone for the study's idle length in a window `name`, to tell what is drawn in this state.
  /// Does nothing where idle windows are switched off or no source is there; ends early where the run is cancelled.
  virtual void idle(const std::string& name) = 0;
  virtual void progress(const Progress& progress) = 0;
  /// Puts a warning in the record and before the user.
  virtual void warn(const std::string& message) = 0;
  /// Keeps the last lines of a failing process's log, shown with the stage's error.
  virtual void keep_log_tail(std::vector<std::string> lines) = 0;
  [[nodiscard]] virtual const CancelToken& cancel() const = 0;
  [[nodiscard]] virtual const Clock& clock() const = 0;
};

/// What a stage leaves behind when it succeeds.
struct StageResult {
  std::map<std::string, Fact> facts;
  std::map<std::string, std::string> notes;
  std::vector<Artifact> artifacts;
  std::string headline;  ///< A few words for the stage's line: "loss 3.1 → 0.9".
};

/// One kind of work. Windows other than the stage's own (which the runner opens) are opened through the
/// context.
class Stage {
 public:
  virtual ~Stage() = default;
  [[nodiscard]] virtual Result<StageResult> run(const StageSpec& spec, StageContext& context) = 0;
};

}  // namespace edgeeval
