// SPDX-License-Identifier: Apache-2.0
#include "probe/window_state.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

#include "probe/power_log.hpp"

namespace edgeeval {
namespace {

constexpr double kForgetEvery = 5.0;  ///< s; dropping old samples moves all that are kept.
constexpr double kLate = 1.5;         ///< In periods since the last sample.

double seconds(SteadyTime from, SteadyTime to) { return std::chrono::duration<double>(to - from).count(); }

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

double thread_cpu_s() {
  timespec used{};
  if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used) != 0) return 0.0;
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

}  // namespace

WindowState::WindowState(std::vector<std::unique_ptr<Probe>> probes, const Clock& clock, SteadyTime epoch,
                         std::filesystem::path power_csv, MeterOptions options,
                         std::vector<std::unique_ptr<ConditionSource>> conditions)
    : clock_(clock),
      epoch_(epoch),
      options_(std::move(options)),
      sources_(std::move(probes), clock, epoch, PowerLog(std::move(power_csv), epoch)),
      conditions_(std::move(conditions)) {}

/// One tick of the sampler, whose thread has used `cpu_s`.
void WindowState::tick(double cpu_s) {
  sample();
  const std::lock_guard lock(mutex_);
  sampler_cpu_s_ = cpu_s;
}

void WindowState::tick_slow(double cpu_s) {
  sources_.read_slow();
  const std::lock_guard lock(mutex_);
  slow_cpu_s_ = cpu_s;
}

void WindowState::sample() {
  const double now_s = sources_.read_fast();
  {
    const std::lock_guard lock(mutex_);
    note_sample(now_s, true);
    finish_parts(now_s);
    forget(now_s);
  }
  sampled_.notify_all();
}

int WindowState::open(const std::string& name) {
  const double cpu_s = thread_cpu_s();
  OpenWindow window;
  window.name = name;
  window.opened = edge();
  const double read_s = sources_.read_fast();
  const std::lock_guard lock(mutex_);
  note_sample(read_s, false);
  window.begin_s = window.part_begin_s = now_s();
  edges_cpu_s_ += thread_cpu_s() - cpu_s;
  window.opened.sampling_cpu_s = sampling_cpu_s();
  windows_.emplace(++tickets_, std::move(window));
  return tickets_;
}

void WindowState::end(int ticket) {
  const double end_s = now_s();  // Before waiting for a sample under way: that is not the window's time.
  const double cpu_s = thread_cpu_s();
  const double read_s = sources_.read_fast();
  WindowEdge closed = edge();
  const std::lock_guard lock(mutex_);
  note_sample(read_s, false);
  edges_cpu_s_ += thread_cpu_s() - cpu_s;
  closed.sampling_cpu_s = sampling_cpu_s();
  auto& window = windows_.at(ticket);
  window.end_s = end_s;
  window.closed = std::move(closed);
}

ClosedWindow WindowState::close(int ticket) {
  wait_for_tick(end_of(ticket));
  OpenWindow window;
  IdleBaselines held;
  {
    const std::lock_guard lock(mutex_);
    window = std::move(windows_.extract(ticket).mapped());
    held = held_;
  }
  ClosedWindow closed{{}, points_of(window)};
  auto& record = closed.record;
  record.name = window.name;
  record.start_s = window.begin_s;
  record.duration_s = std::max(0.0, *window.end_s - window.begin_s);
  add_energy(record, closed.points);
  if (!held.empty()) add_net(record, closed.points, held, std::nullopt);
  add_edges(record, window.opened, window.closed, window.pace);
  return closed;
}

WindowRecord WindowState::part(int ticket, const std::string& name, SteadyTime begin, SteadyTime end) {
  WindowRecord record;
  record.name = name;
  record.start_s = seconds(epoch_, begin);
  record.duration_s = std::max(0.0, seconds(begin, end));
  const energy::Span span{record.start_s, record.start_s + record.duration_s};
  wait_for_tick(span.end_s);
  IdleBaselines held;
  {
    const std::lock_guard lock(mutex_);
    if (windows_.at(ticket).part_begin_s > span.begin_s)
      record.notes.emplace_back("begins before the samples that are still kept");
    held = held_;
  }
  const auto points = estimate_points(sources_.between(span.begin_s, span.end_s), span);
  add_energy(record, points);
  if (!held.empty()) add_net(record, points, held, std::nullopt);
  return record;
}

IdleBaselines WindowState::baselines(int ticket, const std::string& state) {
  const double end_s = end_of(ticket);
  wait_for_tick(end_s);
  double begin_s = 0.0;
  {
    const std::lock_guard lock(mutex_);
    begin_s = windows_.at(ticket).part_begin_s;
  }
  return idle_baselines(sources_.since(begin_s), {begin_s, end_s}, state);
}

void WindowState::hold(IdleBaselines baselines) {
  const std::lock_guard lock(mutex_);
  held_ = std::move(baselines);
}

double WindowState::now_s() const { return seconds(epoch_, clock_.now()); }

double WindowState::end_of(int ticket) {
  const std::lock_guard lock(mutex_);
  return *windows_.at(ticket).end_s;
}

WindowEdge WindowState::edge() {
  WindowEdge edge;
  if (auto times = read_cpu_times(options_.root)) edge.cpu = *times;
  edge.conditions = conditions();
  return edge;
}

std::map<std::string, std::string> WindowState::conditions() {
  std::map<std::string, std::string> found;
  const std::lock_guard lock(reading_conditions_);
  for (const auto& source : conditions_) {
    for (auto& condition : source->read())
      found[domain_of(condition.device) + "." + condition.name] = std::move(condition.value);
  }
  return found;
}

/// The short name of a device, where one of the sources reads it.
std::string WindowState::domain_of(const std::string& device) const {
  const auto& infos = sources_.infos();
  const auto found = std::find_if(infos.begin(), infos.end(), [&](const ProbeInfo& info) {
    return !info.device.empty() && info.device == device;
  });
  return found == infos.end() ? device : found->domain;
}

void WindowState::note_sample(double now_s, bool timed) {
  const double period_s = seconds(options_.period);
  for (auto& [ticket, window] : windows_) {
    if (window.end_s) continue;
    const double gap_s = now_s - std::max(last_sample_s_, window.begin_s);
    window.pace.period_s = period_s;
    window.pace.longest_gap_s = std::max(window.pace.longest_gap_s, gap_s);
    window.pace.samples += 1;
    if (timed && gap_s > kLate * period_s) window.pace.late += 1;
  }
  last_sample_s_ = now_s;
}

/// Evaluates the parts of long windows whose samples, and those that its sensors need after it, are there.
void WindowState::finish_parts(double now_s) {
  const double part_s = seconds(options_.part);
  for (auto& [ticket, window] : windows_) {
    const double until_s = window.end_s.value_or(now_s) - sources_.margin_s();
    if (window.part_begin_s + part_s > until_s) continue;
    const energy::Span part{window.part_begin_s, window.part_begin_s + part_s};
    auto points = estimate_points(sources_.between(part.begin_s, part.end_s), part);
    window.done = join_points(window.done, part.begin_s - window.begin_s, std::move(points), part_s);
    window.part_begin_s = part.end_s;
  }
}

void WindowState::forget(double now_s) {
  if (now_s < forgotten_s_ + kForgetEvery) return;
  forgotten_s_ = now_s;
  double needed_s = now_s;
  for (const auto& [ticket, window] : windows_) needed_s = std::min(needed_s, window.part_begin_s);
  sources_.forget_before(needed_s);
}

std::vector<PointEstimate> WindowState::points_of(const OpenWindow& window) const {
  const energy::Span rest{window.part_begin_s, std::max(window.part_begin_s, *window.end_s)};
  auto points = estimate_points(sources_.since(rest.begin_s), rest);
  return join_points(window.done, rest.begin_s - window.begin_s, std::move(points), rest.length_s());
}

/// Reads on until the counters have ticked after `end_s`, for a while at most.
void WindowState::wait_for_tick(double end_s) {
  const auto period_s = sources_.tick_period_s();
  if (!options_.sampler_thread || !period_s) return;
  const auto step =
      std::chrono::duration<double>(std::clamp(*period_s / 2.0, 1e-3, seconds(options_.period)));
  const auto limit = std::chrono::steady_clock::now() + options_.tick_wait;
  while (!sources_.ticked_after(end_s) && std::chrono::steady_clock::now() < limit) {
    {
      std::unique_lock lock(mutex_);
      sampled_.wait_for(lock, step);
    }
    sources_.read_fast();
  }
}

}  // namespace edgeeval
