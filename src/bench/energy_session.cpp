// SPDX-License-Identifier: Apache-2.0
#include "bench/energy_session.hpp"

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

#include "bench/condition_watch.hpp"
#include "probe/open_probes.hpp"
#include "record/ledger.hpp"

namespace edgeeval {
namespace {

constexpr std::chrono::milliseconds kLook{50};  // How often a rest asks whether it may go on.

/// The sum of the counted entries' net energies; absent where one of them has none.
std::optional<Fact> net_total(const WindowRecord& window) {
  auto net = window;
  for (auto& entry : net.energy) {
    if (!entry.net) return std::nullopt;
    const double lo = entry.net->lo.value_or(entry.net->value);
    entry.joules = *entry.net;
    // The gain is in the net interval already.
    entry.common_relative.reset();
    set_joules(entry, entry.net->value, lo, entry.net->hi);
  }
  return total_energy(net);
}

}  // namespace

struct EnergySession::Impl {
  SystemClock clock;
  SteadyTime epoch = clock.now();
  std::filesystem::path power_csv;
  std::unique_ptr<WindowMeter> meter;
  std::vector<std::string> notes;
  std::mutex windows;
  std::unique_ptr<MeterWindow> open;
  std::optional<IdleBaselines> baselines;
  std::optional<WindowRecord> idle;
  std::unique_ptr<ConditionWatch> watch;  ///< Ends before the meter that it reads by.
  std::vector<ConditionSeries> conditions;
};

EnergySession::EnergySession(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EnergySession::EnergySession(EnergySession&&) noexcept = default;
EnergySession& EnergySession::operator=(EnergySession&&) noexcept = default;
EnergySession::~EnergySession() = default;

Result<EnergySession> EnergySession::open(const std::filesystem::path& power_csv, bool require_measured) {
  auto impl = std::make_unique<Impl>();
  auto opened = open_sources(impl->clock, source_options_from_environment());
  if (opened.refused) return tl::unexpected(std::move(*opened.refused));
  const bool sensed = std::any_of(opened.probes.begin(), opened.probes.end(),
                                  [](const auto& probe) { return probe->info().grade == Grade::measured; });
  if (require_measured && !sensed) {
    return fail(ErrorCode::not_measured, "measured energy is required, and no energy sensor can be read here",
                "--require", "`edgeeval doctor` shows what is found and the rights that are missing");
  }
  impl->notes = std::move(opened.notes);
  impl->power_csv = power_csv;
  impl->meter = std::make_unique<WindowMeter>(std::move(opened.probes), impl->clock, impl->epoch, power_csv,
                                              MeterOptions{}, std::move(opened.conditions));
  impl->meter->start();
  return EnergySession(std::move(impl));
}

void EnergySession::rest(double seconds, const std::function<bool()>& keep_waiting) {
  const auto window = impl_->meter->open("idle");
  const auto until = impl_->clock.now() +
                     std::chrono::duration_cast<SteadyTime::duration>(std::chrono::duration<double>(seconds));
  while (impl_->clock.now() < until && keep_waiting()) {
    std::this_thread::sleep_for(std::min<SteadyTime::duration>(kLook, until - impl_->clock.now()));
  }
  impl_->baselines = window->baselines("model resident");
  impl_->meter->hold_baselines(*impl_->baselines);
  impl_->idle = window->close();
}

void EnergySession::begin() {
  const std::lock_guard lock(impl_->windows);
  impl_->open = impl_->meter->open("load");
  impl_->watch =
      std::make_unique<ConditionWatch>([meter = impl_->meter.get()] { return meter->conditions(); });
}

std::optional<LoadEnergy> EnergySession::end() {
  std::unique_ptr<MeterWindow> window;
  {
    const std::lock_guard lock(impl_->windows);
    window = std::exchange(impl_->open, nullptr);
    impl_->conditions.clear();
  }
  if (!window) return std::nullopt;
  window->end();
  // The meter's own reading has ended the window; this one is the series' last.
  if (const auto watch = std::exchange(impl_->watch, nullptr)) impl_->conditions = watch->stop();
  LoadEnergy energy;
  energy.window = impl_->baselines ? window->subtract_idle(*impl_->baselines, std::nullopt) : window->close();
  energy.idle = impl_->idle;
  energy.gross = total_energy(energy.window);
  if (impl_->baselines) energy.net = net_total(energy.window);
  return energy;
}

std::optional<TotalPower> EnergySession::power(std::int64_t begin_ns, std::int64_t end_ns) const {
  const auto points =
      read_power_spans(impl_->power_csv, impl_->meter->sources(), impl_->epoch, {begin_ns, end_ns});
  return points ? total_power(*points) : std::nullopt;
}

std::vector<ConditionSeries> EnergySession::conditions() const { return impl_->conditions; }

WindowMeter& EnergySession::meter() { return *impl_->meter; }

std::vector<ProbeInfo> EnergySession::sources() const { return impl_->meter->sources(); }

std::vector<std::string> EnergySession::warnings() const {
  auto warnings = impl_->meter->warnings();
  warnings.insert(warnings.end(), impl_->notes.begin(), impl_->notes.end());
  return warnings;
}

}  // namespace edgeeval
