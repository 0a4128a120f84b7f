// SPDX-License-Identifier: Apache-2.0
// Windows over the probes: what was used between two moments, from readings at both.
#pragma once

#include <chrono>
#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <edgeeval/stage.hpp>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "probe/sampler_thread.hpp"

namespace edgeeval {

/// How a meter samples between the edges of windows.
struct MeterOptions {
  std::chrono::milliseconds period{100};  ///< Time between samples.
  bool sampler_thread = true;             ///< False: samples are only taken by sample().
  std::filesystem::path root = "/";       ///< proc/stat is read below it.
};

/// Reads all probes at a steady pace (one thread, begun with the first window) and at the edges of each
/// window. Windows may nest, overlap and outlive the meter. All functions may be called from any thread.
///
/// A window's joules are the difference of two cumulative readings, made just before it opens and just after
/// it closes. Bounds: the difference of the cumulative bounds (a model's error is common to both edges); for
/// measured sources widened by mean power times half of each edge's stamp gap.
///
/// Raw samples go to `power_csv`, opened with the first window. A full disk ends the raw samples with one
/// warning and nothing else.
class WindowMeter {
 public:
  /// `epoch` is zero of the windows' times. `clock` must outlive the meter and its windows.
  WindowMeter(std::vector<std::unique_ptr<Probe>> probes, const Clock& clock, SteadyTime epoch,
              std::filesystem::path power_csv, MeterOptions options = {});
  /// Ends the sampler thread; windows still open can be closed later all the same.
  ~WindowMeter();
  WindowMeter(const WindowMeter&) = delete;
  WindowMeter& operator=(const WindowMeter&) = delete;

  /// Opens a window now. Its record notes gaps in sampling, time stolen by a hypervisor, sources that could
  /// not be read, and what the sampling itself cost.
  [[nodiscard]] std::unique_ptr<WindowHandle> open(const std::string& name);
  /// What is read, in the order of the windows' entries.
  [[nodiscard]] std::vector<ProbeInfo> sources() const;
  /// What went wrong so far; each kind of trouble once.
  [[nodiscard]] std::vector<std::string> warnings() const;
  /// Takes one sample of all probes now, as the sampler thread does.
  void sample();

 private:
  class State;
  class Window;
  void start_sampler();
  std::shared_ptr<State> state_;
  std::mutex starting_;
  std::unique_ptr<SamplerThread> sampler_;
};

}  // namespace edgeeval
