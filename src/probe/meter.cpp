// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <edgeeval/meter.hpp>
#include <thread>
#include <utility>

#include "probe/open_probes.hpp"
#include "probe/window_meter.hpp"
#include "record/ledger.hpp"

namespace edgeeval {
namespace {

/// A process has one steady clock, and windows may outlive their meter.
std::shared_ptr<const SystemClock> system_clock() { return std::make_shared<SystemClock>(); }

}  // namespace

struct Meter::Window::Impl {
  std::shared_ptr<const SystemClock> clock;  ///< Outlives the window.
  std::unique_ptr<MeterWindow> window;
  std::optional<MeterResult> result;
};

struct Meter::Impl {
  Impl(std::shared_ptr<const SystemClock> time, OpenedSources sources, MeterSettings settings)
      : clock(std::move(time)),
        meter(std::move(sources.probes), *clock, clock->now(), std::move(settings.samples_csv),
              options(settings), std::move(sources.conditions)) {}
  static MeterOptions options(const MeterSettings& settings) {
    MeterOptions options;
    options.period = settings.period;
    return options;
  }
  std::shared_ptr<const SystemClock> clock;
  WindowMeter meter;
};

Meter::Window::Window(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Meter::Window::Window(Window&&) noexcept = default;
Meter::Window& Meter::Window::operator=(Window&&) noexcept = default;
Meter::Window::~Window() = default;

void Meter::Window::end() { impl_->window->end(); }

const MeterResult& Meter::Window::close() {
  if (!impl_->result) {
    const auto& record = impl_->window->close();
    impl_->result = MeterResult{record, total_energy(record)};
  }
  return *impl_->result;
}

Meter::Meter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Meter::Meter(Meter&&) noexcept = default;
Meter& Meter::operator=(Meter&&) noexcept = default;
Meter::~Meter() = default;

Result<Meter> Meter::open(MeterSettings settings) {
  const auto clock = system_clock();
  return make(clock, open_sources(*clock, source_options_from_environment()), std::move(settings));
}

Result<Meter> Meter::over(std::vector<std::unique_ptr<Probe>> probes, MeterSettings settings) {
  OpenedSources sources;
  sources.probes = std::move(probes);
  return make(system_clock(), std::move(sources), std::move(settings));
}

Result<Meter> Meter::make(std::shared_ptr<const SystemClock> clock, OpenedSources sources,
                          MeterSettings settings) {
  if (sources.refused) return tl::unexpected(*sources.refused);
  const auto help = "`edgeeval doctor` shows what is found and the rights that are missing";
  if (sources.probes.empty())
    return fail(ErrorCode::unavailable, "no source of energy can be read here", {}, help);
  const bool sensed = std::any_of(sources.probes.begin(), sources.probes.end(),
                                  [](const auto& probe) { return probe->info().grade == Grade::measured; });
  if (settings.require_measured && !sensed)
    return fail(ErrorCode::not_measured, "no energy sensor can be read here", {}, help);
  return Meter(std::make_unique<Impl>(std::move(clock), std::move(sources), std::move(settings)));
}

Meter::Window Meter::window(const std::string& name) {
  return Window(std::unique_ptr<Window::Impl>(new Window::Impl{impl_->clock, impl_->meter.open(name), {}}));
}

MeterResult Meter::idle(std::chrono::milliseconds length, const std::string& state) {
  const auto window = impl_->meter.open("idle");
  std::this_thread::sleep_for(length);
  impl_->meter.hold_baselines(window->baselines(state));
  const auto& record = window->close();
  return {record, total_energy(record)};
}

std::vector<ProbeInfo> Meter::sources() const { return impl_->meter.sources(); }

std::vector<std::string> Meter::warnings() const { return impl_->meter.warnings(); }

}  // namespace edgeeval
