// SPDX-License-Identifier: Apache-2.0
#include "probe/characterise_run.hpp"

#include <algorithm>
#include <optional>

namespace edgeeval {
namespace {

constexpr double kMostRounds = 100'000.0;  ///< Bounds the memory of a long recording.
constexpr std::chrono::microseconds kLeastPause{100};

double seconds_between(SteadyTime from, SteadyTime to) {
  return std::chrono::duration<double>(to - from).count();
}

SteadyTime after(SteadyTime from, double seconds) {
  return from + std::chrono::duration_cast<SteadyTime::duration>(std::chrono::duration<double>(seconds));
}

/// One source with the series it fills.
class Track {
 public:
  Track(Probe& probe, energy::Series& series, SteadyTime epoch)
      : probe_(probe), series_(series), epoch_(epoch) {}

  void read_if_due(const Clock& clock) {
    const auto now = clock.now();
    if (due_ && now < *due_) return;
    if (probe_.info().pace.count() > 0) due_ = now + probe_.info().pace;
    const auto reading = probe_.read();
    if (!reading) {
      series_.failures.push_back({seconds_between(epoch_, now), reading.error().message});
      return;
    }
    const double before = seconds_between(epoch_, reading->before);
    const double read = seconds_between(epoch_, reading->after);
    if (probe_.info().kind == ReadingKind::power) {
      const double watts = reading->power.value();
      series_.samples.push_back({before, read, watts, watts, watts});
    } else {
      series_.samples.push_back(
          {before, read, reading->energy.value(), reading->bounds.lo.value(), reading->bounds.hi.value()});
    }
  }

 private:
  Probe& probe_;
  energy::Series& series_;
  SteadyTime epoch_;
  std::optional<SteadyTime> due_;
};

/// Switches the load at the wave's deadlines and notes when each switch took effect.
class Switcher {
 public:
  Switcher(SwitchedLoad* load, Recording& recording, const Clock& clock, SteadyTime epoch)
      : load_(load), recording_(recording), clock_(clock), epoch_(epoch) {}

  void follow(SquareWave& wave) {
    if (load_ == nullptr) return;
    check();
    if (load_ == nullptr || pending_ || clock_.now() < wave.next()) return;
    const bool on = wave.turns_on();
    const double asked = seconds_between(epoch_, clock_.now());
    wave.advance();
    if (on_ == on) return;  // A new wave begins without load, as the last one may have ended.
    on_ = on;
    if (on) {
      if (const auto started = load_->on(); !started) return give_up(started.error());
    } else {
      load_->off();
    }
    recording_.switches.push_back({asked, asked, on, !on || load_->begins_sharply()});
    pending_ = true;
    check();
  }

  void end() {
    if (load_ != nullptr) load_->off();
  }

 private:
  void check() {
    const auto settled = load_->settled();
    if (!settled) return give_up(settled.error());
    if (!pending_ || !*settled) return;
    recording_.switches.back().settled_s = seconds_between(epoch_, clock_.now());
    pending_ = false;
  }
  void give_up(const Error& error) {
    recording_.load_problem = error.message;
    load_->off();
    load_ = nullptr;
  }
  SwitchedLoad* load_;
  Recording& recording_;
  const Clock& clock_;
  SteadyTime epoch_;
  bool pending_ = false;
  std::optional<bool> on_;
};

/// Halves that let the slowest sensor of the recording settle, and no longer.
double half_for(const Recording& recording, double least_s, double most_s) {
  double half = 0.0;
  for (const auto& series : recording.series) {
    if (series.info.kind == ReadingKind::model || series.info.pace.count() > 0) continue;
    const auto found = energy::characterise(series, recording.switches);
    if (found.period.typical) half = std::max(half, 5.0 * found.period.typical->value);
    half = std::max(half, found.response.rise ? 3.0 * found.response.rise->hi : most_s);
  }
  return half == 0.0 ? most_s : std::clamp(half, least_s, std::max(least_s, most_s));
}

}  // namespace

Recording record_point(const std::vector<Probe*>& sources, SwitchedLoad* load,
                       const RecordingSettings& settings, const Clock& clock, SteadyTime epoch,
                       const CancelToken& cancel) {
  Recording recording;
  std::vector<Track> tracks;
  recording.series.resize(sources.size());
  for (std::size_t i = 0; i < sources.size(); ++i) {
    recording.series[i].info = sources[i]->info();
    tracks.emplace_back(*sources[i], recording.series[i], epoch);
  }
  Switcher switcher(load, recording, clock, epoch);
  const auto start = clock.now();
  const auto pause =
      std::max(kLeastPause,
               std::chrono::microseconds(static_cast<std::int64_t>(1e6 * settings.seconds / kMostRounds)));
  const auto stretch = [&](SteadyTime end, SquareWave& wave) {
    while (!cancel.requested() && clock.now() < end) {
      switcher.follow(wave);
      for (auto& track : tracks) track.read_if_due(clock);
      if (settings.pause) settings.pause(pause);
    }
  };
  const double first = std::max(settings.least_half_s, settings.seconds / 16.0);
  SquareWave slow(start, first);
  stretch(after(start, settings.seconds / 4.0), slow);
  SquareWave fitting(slow.next(), half_for(recording, settings.least_half_s, 2.0 * first));
  stretch(after(start, settings.seconds), fitting);
  switcher.end();
  return recording;
}

std::vector<SensorReport> report_sensors(const Recording& recording) {
  std::vector<SensorReport> reports;
  for (const auto& series : recording.series) {
    SensorReport report{series.info,
                        energy::characterise(series, recording.switches),
                        tl::unexpected(std::string("no counter and watts of one point")),
                        series.samples.size(),
                        series.failures.size(),
                        series.failures.empty() ? std::string() : series.failures.back().reason};
    if (series.info.kind == ReadingKind::counter) {
      const auto watts =
          std::find_if(recording.series.begin(), recording.series.end(), [&](const energy::Series& other) {
            return other.info.kind == ReadingKind::power &&
                   other.info.measuring_point() == series.info.measuring_point();
          });
      if (watts != recording.series.end()) report.counter_ratio = energy::counter_to_integral(series, *watts);
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace edgeeval
