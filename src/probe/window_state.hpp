// SPDX-License-Identifier: Apache-2.0
// What a meter, its threads and its windows share
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "probe/window_meter.hpp"
#include "probe/window_record.hpp"
#include "probe/window_sources.hpp"

namespace edgeeval {

/// A window's record, and the estimates behind it.
struct ClosedWindow {
  WindowRecord record;
  std::vector<PointEstimate> points;
};

/// Open windows by ticket, over the sources. All functions may be called from any thread.
class WindowState {
 public:
  /// As WindowMeter's constructor.
  WindowState(std::vector<std::unique_ptr<Probe>> probes, const Clock& clock, SteadyTime epoch,
              std::filesystem::path power_csv, MeterOptions options,
              std::vector<std::unique_ptr<ConditionSource>> conditions);

  /// The conditions now, by device and name.
  [[nodiscard]] std::map<std::string, std::string> conditions();
  [[nodiscard]] WindowSources& sources() { return sources_; }
  [[nodiscard]] const MeterOptions& options() const { return options_; }

  /// One tick of the sampler of fast sources, whose thread has used `cpu_s` so far.
  void tick(double cpu_s);
  /// One tick of the sampler of slow sources.
  void tick_slow(double cpu_s);
  /// Reads the fast sources; evaluates parts of long windows and forgets what no window needs.
  void sample();
  /// Opens a window and hands out its ticket.
  int open(const std::string& name);
  void end(int ticket);
  /// Closes a window that has ended.
  ClosedWindow close(int ticket);
  /// A stretch of an open window.
  WindowRecord part(int ticket, const std::string& name, SteadyTime begin, SteadyTime end);
  /// Power at rest over an open window that has ended.
  IdleBaselines baselines(int ticket, const std::string& state);
  void hold(IdleBaselines baselines);

 private:
  struct OpenWindow {
    std::string name;
    double begin_s = 0.0;
    double part_begin_s = 0.0;        ///< What is before it is in `done`.
    std::vector<PointEstimate> done;  ///< Of the finished parts.
    std::optional<double> end_s;
    WindowEdge opened;
    WindowEdge closed;
    WindowPace pace;
  };
  [[nodiscard]] double now_s() const;
  [[nodiscard]] double end_of(int ticket);
  [[nodiscard]] double sampling_cpu_s() const { return sampler_cpu_s_ + slow_cpu_s_ + edges_cpu_s_; }
  [[nodiscard]] WindowEdge edge();
  [[nodiscard]] std::string domain_of(const std::string& device) const;
  void note_sample(double now_s, bool timed);
  void finish_parts(double now_s);
  void forget(double now_s);
  [[nodiscard]] std::vector<PointEstimate> points_of(const OpenWindow& window) const;
  void wait_for_tick(double end_s);

  const Clock& clock_;
  const SteadyTime epoch_;
  const MeterOptions options_;
  WindowSources sources_;
  std::mutex reading_conditions_;
  const std::vector<std::unique_ptr<ConditionSource>> conditions_;
  std::mutex mutex_;  ///< Of all below.
  std::condition_variable sampled_;
  double last_sample_s_ = 0.0;
  double forgotten_s_ = 0.0;
  double sampler_cpu_s_ = 0.0;
  double slow_cpu_s_ = 0.0;
  double edges_cpu_s_ = 0.0;
  int tickets_ = 0;
  std::map<int, OpenWindow> windows_;
  IdleBaselines held_;
};

}  // namespace edgeeval
