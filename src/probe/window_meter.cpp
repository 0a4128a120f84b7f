// SPDX-License-Identifier: Apache-2.0
#include "probe/window_meter.hpp"

#include <utility>

#include "probe/window_state.hpp"

namespace edgeeval {
/// Closes itself with the handle, so that a window that is given up leaves nothing behind.
class WindowMeter::Window final : public MeterWindow {
 public:
  Window(std::shared_ptr<WindowState> state, const std::string& name)
      : state_(std::move(state)), ticket_(state_->open(name)) {}
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;
  ~Window() override {
    if (!closed_) Window::close();
  }

  void end() override {
    if (!std::exchange(ended_, true)) state_->end(ticket_);
  }
  const WindowRecord& close() override { return finish(); }
  IdleBaselines baselines(const std::string& state) override {
    if (closed_) return {};
    end();
    return state_->baselines(ticket_, state);
  }
  const WindowRecord& subtract_idle(const IdleBaselines& before,
                                    const std::optional<IdleBaselines>& after) override {
    finish();
    add_net(closed_->record, closed_->points, before, after);
    return closed_->record;
  }
  WindowRecord part(const std::string& name, SteadyTime begin, SteadyTime end) override {
    return closed_ ? WindowRecord() : state_->part(ticket_, name, begin, end);
  }

 private:
  const WindowRecord& finish() {
    end();
    if (!closed_) closed_ = state_->close(ticket_);
    return closed_->record;
  }
  std::shared_ptr<WindowState> state_;
  int ticket_;
  bool ended_ = false;
  std::optional<ClosedWindow> closed_;
};

WindowMeter::WindowMeter(std::vector<std::unique_ptr<Probe>> probes, const Clock& clock, SteadyTime epoch,
                         std::filesystem::path power_csv, MeterOptions options,
                         std::vector<std::unique_ptr<ConditionSource>> conditions)
    : state_(std::make_shared<WindowState>(std::move(probes), clock, epoch, std::move(power_csv),
                                           std::move(options), std::move(conditions))) {}

WindowMeter::~WindowMeter() = default;

std::unique_ptr<MeterWindow> WindowMeter::open(const std::string& name) {
  start();
  return std::make_unique<Window>(state_, name);
}

void WindowMeter::start() {
  if (!state_->options().sampler_thread) return;
  const std::lock_guard lock(starting_);
  if (sampler_) return;
  sampler_ = std::make_unique<SamplerThread>(state_->options().period,
                                             [state = state_](double cpu_s) { state->tick(cpu_s); });
  const auto pace = state_->sources().slow_pace();
  if (pace.count() > 0) {
    slow_sampler_ = std::make_unique<SamplerThread>(
        pace, [state = state_](double cpu_s) { state->tick_slow(cpu_s); }, SamplerThread::First::now);
  }
  if (!sampler_->running() || (slow_sampler_ && !slow_sampler_->running())) {
    state_->sources().warn_once("sampler",
                                "no sampling thread could be started; windows are read at their edges only");
  }
}

void WindowMeter::hold_baselines(IdleBaselines baselines) { state_->hold(std::move(baselines)); }

std::vector<ProbeInfo> WindowMeter::sources() const { return state_->sources().infos(); }

std::vector<std::string> WindowMeter::warnings() const { return state_->sources().warnings(); }

void WindowMeter::sample() {
  state_->sources().read_slow();
  state_->sample();
}

void WindowMeter::mark() { state_->sample(); }

std::map<std::string, std::string> WindowMeter::conditions() const { return state_->conditions(); }

std::size_t WindowMeter::samples_kept() const { return state_->sources().kept(); }

}  // namespace edgeeval
