// SPDX-License-Identifier: Apache-2.0
#include "probe/window_meter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "probe/power_log.hpp"
#include "probe/proc_stat.hpp"

namespace edgeeval {
namespace {

constexpr double kNotableSteal = 0.01;  ///< Share of CPU time from which stolen time is noted.
constexpr double kNotableGap = 3.0;     ///< In sampling periods.

double seconds(SteadyTime from, SteadyTime to) { return std::chrono::duration<double>(to - from).count(); }

/// All sources at one moment; a source that could not be read has no reading.
struct Snapshot {
  std::vector<std::optional<EnergyReading>> readings;
  std::optional<CpuTimes> cpu;
  double sampler_cpu_s = 0.0;
};

SteadyTime middle(const EnergyReading& reading) {
  return reading.before + (reading.after - reading.before) / 2;
}

/// The energy between two readings of a source.
EnergyEntry energy_between(const ProbeInfo& info, const EnergyReading& a, const EnergyReading& b) {
  const double joules = (b.energy - a.energy).value();
  double lo = (b.bounds.lo - a.bounds.lo).value();
  double hi = (b.bounds.hi - a.bounds.hi).value();
  const double elapsed_s = seconds(middle(a), middle(b));
  if (info.grade == Grade::measured && elapsed_s > 0.0) {
    const double edges_s = 0.5 * (seconds(a.before, a.after) + seconds(b.before, b.after));
    lo -= joules / elapsed_s * edges_s;
    hi += joules / elapsed_s * edges_s;
  }
  lo = std::max(lo, 0.0);
  hi = std::max(hi, lo);
  // A model's CPU time comes in ticks: over a very short window the estimate may overshoot its hard bounds.
  const double value = std::clamp(joules, lo, hi);
  return {info.id, info.domain, info.boundary, info.parent, Fact{value, "J", lo, hi, info.grade, {info.id}}};
}

}  // namespace

/// What the meter, its sampler and its windows share.
class WindowMeter::State {
 public:
  State(std::vector<std::unique_ptr<Probe>> probes, const Clock& clock, SteadyTime epoch,
        std::filesystem::path power_csv, MeterOptions options)
      : probes_(std::move(probes)),
        clock_(clock),
        epoch_(epoch),
        options_(std::move(options)),
        log_(std::move(power_csv), epoch) {
    for (const auto& probe : probes_) sources_.push_back(probe->info());
  }

  [[nodiscard]] const std::vector<ProbeInfo>& sources() const { return sources_; }
  [[nodiscard]] const MeterOptions& options() const { return options_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }

  [[nodiscard]] std::vector<std::string> warnings() const {
    const std::lock_guard lock(mutex_);
    return warnings_;
  }

  void warn(const std::string& message) {
    const std::lock_guard lock(mutex_);
    warnings_.push_back(message);
  }

  void sample(double sampler_cpu_s) {
    const std::lock_guard lock(mutex_);
    sampler_cpu_s_ = sampler_cpu_s;
    read_all();
  }

  /// Reads the opening edge; returns the window's ticket.
  int open(const std::string& name) {
    const std::lock_guard lock(mutex_);
    OpenWindow window{name, read_all(), {}, 0.0};
    window.start = last_sample_ = clock_.now();
    windows_.emplace(++tickets_, std::move(window));
    return tickets_;
  }

  WindowRecord close(int ticket) {
    const auto end = clock_.now();  // Before waiting for a sample under way: that is not the window's time.
    const std::lock_guard lock(mutex_);
    const auto snapshot = read_all();
    const auto node = windows_.extract(ticket);
    return make_record(node.mapped(), snapshot, end);
  }

 private:
  struct OpenWindow {
    std::string name;
    Snapshot opened;
    SteadyTime start;
    double longest_gap_s = 0.0;
  };

  Snapshot read_all() {
    Snapshot snapshot;
    for (std::size_t i = 0; i < probes_.size(); ++i) {
      auto reading = probes_[i]->read();
      if (!reading) {
        warn_once(sources_[i].id, sources_[i].title + " could not be read: " + reading.error().message);
        snapshot.readings.emplace_back();
        continue;
      }
      log_.add(sources_[i].id, *reading);
      snapshot.readings.emplace_back(*reading);
    }
    if (auto times = read_cpu_times(options_.root)) snapshot.cpu = *times;
    snapshot.sampler_cpu_s = sampler_cpu_s_;
    note_gaps();
    if (const auto failed = log_.flush()) {
      warn_once("power log", "raw power samples are no longer kept: " + failed->message);
    }
    return snapshot;
  }

  void note_gaps() {
    const auto now = clock_.now();
    for (auto& [ticket, window] : windows_) {
      const double gap_s = seconds(std::max(last_sample_, window.start), now);
      window.longest_gap_s = std::max(window.longest_gap_s, gap_s);
    }
    last_sample_ = now;
  }

  void warn_once(const std::string& topic, const std::string& message) {
    if (warned_.insert(topic).second) warnings_.push_back(message);
  }

  [[nodiscard]] WindowRecord make_record(const OpenWindow& window, const Snapshot& closed,
                                         SteadyTime end) const {
    WindowRecord record;
    record.name = window.name;
    record.start_s = seconds(epoch_, window.start);
    record.duration_s = std::max(0.0, seconds(window.start, end));
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      const auto& a = window.opened.readings[i];
      const auto& b = closed.readings[i];
      if (a && b) {
        record.energy.push_back(energy_between(sources_[i], *a, *b));
      } else {
        record.notes.push_back(sources_[i].id +
                               " could not be read at an edge of this window: no energy from it");
      }
    }
    add_cpu(record, window.opened, closed);
    add_sampling_notes(record, window, closed);
    return record;
  }

  static void add_cpu(WindowRecord& record, const Snapshot& opened, const Snapshot& closed) {
    if (!opened.cpu || !closed.cpu) return;
    const double total_s = closed.cpu->total_s() - opened.cpu->total_s();
    if (total_s <= 0.0) return;
    record.cpu_utilisation = std::clamp((closed.cpu->busy_s - opened.cpu->busy_s) / total_s, 0.0, 1.0);
    const double steal = (closed.cpu->steal_s - opened.cpu->steal_s) / total_s;
    if (steal >= kNotableSteal) {
      record.notes.push_back(
          fmt::format("steal time: the hypervisor gave {:.1f} % of CPU time to others", 100.0 * steal));
    }
  }

  void add_sampling_notes(WindowRecord& record, const OpenWindow& window, const Snapshot& closed) const {
    const double period_s = std::chrono::duration<double>(options_.period).count();
    if (window.longest_gap_s > kNotableGap * period_s) {
      record.notes.push_back(
          fmt::format("longest gap between samples {:.2f} s (one every {:g} s was asked for)",
                      window.longest_gap_s, period_s));
    }
    const double cost_s = closed.sampler_cpu_s - window.opened.sampler_cpu_s;
    if (cost_s > 0.0 && record.duration_s > 0.0) {
      record.notes.push_back(fmt::format("sampling used {:.3f} s of CPU time ({:.2f} % of one CPU)", cost_s,
                                         100.0 * cost_s / record.duration_s));
    }
  }

  mutable std::mutex mutex_;
  const std::vector<std::unique_ptr<Probe>> probes_;
  const Clock& clock_;
  const SteadyTime epoch_;
  const MeterOptions options_;
  std::vector<ProbeInfo> sources_;
  PowerLog log_;
  SteadyTime last_sample_{};
  double sampler_cpu_s_ = 0.0;
  int tickets_ = 0;
  std::map<int, OpenWindow> windows_;
  std::set<std::string> warned_;
  std::vector<std::string> warnings_;
};

/// Closes itself with the handle, so that a window that is given up leaves nothing behind.
class WindowMeter::Window final : public WindowHandle {
 public:
  Window(std::shared_ptr<State> state, const std::string& name)
      : state_(std::move(state)), ticket_(state_->open(name)) {}
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;
  ~Window() override { close(); }
  const WindowRecord& close() override {
    if (!record_) record_ = state_->close(ticket_);
    return *record_;
  }

 private:
  std::shared_ptr<State> state_;
  int ticket_;
  std::optional<WindowRecord> record_;
};

WindowMeter::WindowMeter(std::vector<std::unique_ptr<Probe>> probes, const Clock& clock, SteadyTime epoch,
                         std::filesystem::path power_csv, MeterOptions options)
    : state_(std::make_shared<State>(std::move(probes), clock, epoch, std::move(power_csv),
                                     std::move(options))) {}

WindowMeter::~WindowMeter() = default;

std::unique_ptr<WindowHandle> WindowMeter::open(const std::string& name) {
  if (state_->options().sampler_thread) start_sampler();
  return std::make_unique<Window>(state_, name);
}

void WindowMeter::start_sampler() {
  const std::lock_guard lock(starting_);
  if (sampler_) return;
  sampler_ = std::make_unique<SamplerThread>(state_->options().period,
                                             [state = state_](double cpu_s) { state->sample(cpu_s); });
  if (!sampler_->running())
    state_->warn("no sampling thread could be started; windows are read at their edges only");
}

std::vector<ProbeInfo> WindowMeter::sources() const { return state_->sources(); }

std::vector<std::string> WindowMeter::warnings() const { return state_->warnings(); }

void WindowMeter::sample() { state_->sample(0.0); }

}  // namespace edgeeval
