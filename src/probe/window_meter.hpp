// SPDX-License-Identifier: Apache-2.0
// Windows over the probes: what was used between two moments, from the readings around both
#pragma once

#include <chrono>
#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <edgeeval/stage.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "probe/sampler_thread.hpp"
#include "probe/window_points.hpp"

namespace edgeeval {

/// How a meter samples.
struct MeterOptions {
  std::chrono::milliseconds period{50};  ///< Time between samples.
  bool sampler_thread = true;            ///< False: samples are only taken by sample() and at edges.
  std::filesystem::path root = "/";      ///< proc/stat is read below it.
  /// How long close() waits at most for the next tick of the counters, so that they bracket the window's end.
  std::chrono::milliseconds tick_wait{250};
  /// Windows longer than this are evaluated in parts of this length, and the samples of finished parts are
  /// dropped, so that hours of measuring take no more memory than one part.
  std::chrono::seconds part{3600};
};

/// A window on a meter. It ends with end(), at the latest with close(); what is sampled between the two is
/// its tail, in which lagging sensors come to rest. Closes itself with the handle.
class MeterWindow : public WindowHandle {
 public:
  /// Ends the stretch that is asked about, now. Later calls do nothing.
  virtual void end() = 0;
  /// Power at rest, from a window without work: for subtract_idle() of others. Ends the window.
  [[nodiscard]] virtual IdleBaselines baselines(const std::string& state) = 0;
  /// Closes the window and sets its net energies by the power at rest before it and, where known, after it.
  virtual const WindowRecord& subtract_idle(const IdleBaselines& before,
                                            const std::optional<IdleBaselines>& after) = 0;
  /// A stretch within the window, told afterwards: its energies from the samples that the window keeps, so
  /// that what is stamped exactly needs no reading of its own at its edges. Without conditions and CPU use.
  /// Only before close(), and of the window's last MeterOptions::part; what is not kept any more is a void.
  [[nodiscard]] virtual WindowRecord part(const std::string& name, SteadyTime begin, SteadyTime end) = 0;
};

class WindowState;

/// Reads all probes at a steady pace (a thread, begun with the first window; a second one for sources with a
/// pace of their own, so that a plug that hangs delays no other) and at the edges of each window. Windows are
/// named, may nest, overlap and outlive the meter. All functions may be called from any thread.
///
/// A window's record has one entry for each measuring point (estimate_points), or a void with its reason; the
/// conditions at both edges; the machine's CPU use; what the sampling itself cost. Samples stay in memory as
/// long as an open window needs them, and all go to `power_csv`, opened with the first window. A full disk
/// ends the raw samples with one warning and nothing else.
class WindowMeter {
 public:
  /// `epoch` is zero of the windows' times. `clock` must outlive the meter and its windows. An empty
  /// `power_csv` keeps no raw samples.
  WindowMeter(std::vector<std::unique_ptr<Probe>> probes, const Clock& clock, SteadyTime epoch,
              std::filesystem::path power_csv, MeterOptions options = {},
              std::vector<std::unique_ptr<ConditionSource>> conditions = {});
  /// Ends the threads (a slow source that hangs: after its own time limit); windows still open can be closed
  /// later all the same.
  ~WindowMeter();
  WindowMeter(const WindowMeter&) = delete;
  WindowMeter& operator=(const WindowMeter&) = delete;

  /// Starts sampling now instead of with the first window, so that it has samples before its beginning.
  void start();
  /// Opens a window now.
  [[nodiscard]] std::unique_ptr<MeterWindow> open(const std::string& name);
  /// Power at rest that is subtracted from windows closed from now on, for their net energies.
  void hold_baselines(IdleBaselines baselines);
  /// What is read.
  [[nodiscard]] std::vector<ProbeInfo> sources() const;
  /// What went wrong so far; each kind of trouble once.
  [[nodiscard]] std::vector<std::string> warnings() const;
  /// The conditions now, by device and name: "cpu.temperature_c" → "54.0". May be called from any thread.
  [[nodiscard]] std::map<std::string, std::string> conditions() const;
  /// Takes one sample of all fast sources, and of slow ones that are due, as the threads do.
  void sample();
  /// Takes one sample of all fast sources now, that parts of windows are bracketed by.
  void mark();
  /// Readings held in memory, of all sources.
  [[nodiscard]] std::size_t samples_kept() const;

 private:
  class Window;
  std::shared_ptr<WindowState> state_;
  std::mutex starting_;
  std::unique_ptr<SamplerThread> sampler_;
  std::unique_ptr<SamplerThread> slow_sampler_;
};

}  // namespace edgeeval
