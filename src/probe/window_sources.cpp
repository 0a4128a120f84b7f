// SPDX-License-Identifier: Apache-2.0
#include "probe/window_sources.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace edgeeval {
namespace {

constexpr double kLeastMargin = 10.0;  ///< s; more than five periods or lags of any sensor that is read fast.
constexpr double kMarginPaces = 5.0;
constexpr int kGivesUpAfter = 20;  ///< Failures in a row after which a source is tried seldom.
constexpr double kSeldom = 1.0;    ///< s
constexpr double kEarly = 0.1;     ///< A tick early by this share of the pace counts as on time.

double seconds(SteadyTime from, SteadyTime to) { return std::chrono::duration<double>(to - from).count(); }

bool is_slow(const ProbeInfo& info) { return info.pace.count() > 0; }

double pace_s(const ProbeInfo& info) { return std::chrono::duration<double>(info.pace).count(); }

template <class Items, class Time>
void erase_before(Items& items, double time_s, Time time_of) {
  const auto first =
      std::find_if(items.begin(), items.end(), [&](const auto& item) { return time_of(item) >= time_s; });
  items.erase(items.begin(), first);
}

}  // namespace

WindowSources::WindowSources(std::vector<std::unique_ptr<Probe>> probes, const Clock& clock, SteadyTime epoch,
                             PowerLog log)
    : clock_(clock), epoch_(epoch), margin_s_(kLeastMargin), log_(std::move(log)) {
  for (auto& probe : probes) {
    infos_.push_back(probe->info());
    series_.push_back({infos_.back(), {}, {}});
    margin_s_ = std::max(margin_s_, kMarginPaces * pace_s(infos_.back()));
    sources_.push_back({std::move(probe), 0, -std::numeric_limits<double>::infinity()});
  }
}

double WindowSources::now_s() const { return seconds(epoch_, clock_.now()); }

std::chrono::milliseconds WindowSources::slow_pace() const {
  std::chrono::milliseconds pace{0};
  for (const auto& info : infos_) {
    if (is_slow(info) && (pace.count() == 0 || info.pace < pace)) pace = info.pace;
  }
  return pace;
}

double WindowSources::read_fast() {
  const std::lock_guard lock(fast_);
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (!is_slow(infos_[i])) read(i);
  }
  flush();
  return now_s();
}

void WindowSources::read_slow() {
  const std::lock_guard lock(slow_);
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (is_slow(infos_[i])) read(i);
  }
  flush();
}

void WindowSources::read(std::size_t index) {
  auto& source = sources_[index];
  const double begun_s = now_s();
  if (begun_s < source.next_s) return;
  const auto reading = source.probe->read();
  source.failures_in_a_row = reading ? 0 : source.failures_in_a_row + 1;
  const double seldom = source.failures_in_a_row > kGivesUpAfter ? kSeldom : 0.0;
  const double wait_s = std::max(seldom, pace_s(infos_[index]));
  if (wait_s > 0.0) source.next_s = begun_s + (1.0 - kEarly) * wait_s;
  keep(index, reading, begun_s);
}

void WindowSources::keep(std::size_t index, const Result<EnergyReading>& reading, double at_s) {
  const auto& info = infos_[index];
  if (!reading) {
    const std::string reason = reading.error().message;
    {
      const std::lock_guard lock(data_);
      series_[index].failures.push_back({at_s, reason});
      log_.add_failure(info, clock_.now());
    }
    return warn_once(info.id, info.title + " could not be read: " + reason);
  }
  const std::lock_guard lock(data_);
  log_.add(info, *reading);
  const bool watts = info.kind == ReadingKind::power;
  const double value = watts ? reading->power.value() : reading->energy.value();
  series_[index].samples.push_back({seconds(epoch_, reading->before), seconds(epoch_, reading->after), value,
                                    watts ? value : reading->bounds.lo.value(),
                                    watts ? value : reading->bounds.hi.value()});
}

void WindowSources::flush() {
  std::optional<Error> failed;
  {
    const std::lock_guard lock(data_);
    failed = log_.flush();
  }
  if (failed) warn_once("power log", "raw power samples are no longer kept: " + failed->message);
}

std::vector<energy::Series> WindowSources::since(double begin_s) const {
  return between(begin_s, std::numeric_limits<double>::infinity());
}

std::vector<energy::Series> WindowSources::between(double begin_s, double end_s) const {
  const double from_s = begin_s - margin_s_;
  const double to_s = end_s + margin_s_;
  const std::lock_guard lock(data_);
  std::vector<energy::Series> cut;
  for (const auto& series : series_) {
    cut.push_back({series.info, {}, {}});
    const auto first =
        std::partition_point(series.samples.begin(), series.samples.end(),
                             [&](const energy::Sample& sample) { return sample.after_s < from_s; });
    const auto last = std::partition_point(
        first, series.samples.end(), [&](const energy::Sample& sample) { return sample.before_s <= to_s; });
    cut.back().samples.assign(first, last);
    for (const auto& failure : series.failures) {
      if (failure.at_s >= from_s && failure.at_s <= to_s) cut.back().failures.push_back(failure);
    }
  }
  return cut;
}

void WindowSources::forget_before(double begin_s) {
  const double time_s = begin_s - margin_s_;
  const std::lock_guard lock(data_);
  for (auto& series : series_) {
    erase_before(series.samples, time_s, [](const energy::Sample& sample) { return sample.after_s; });
    erase_before(series.failures, time_s, [](const energy::ReadFailure& failure) { return failure.at_s; });
  }
}

bool WindowSources::ticked_after(double end_s) const {
  const std::lock_guard lock(data_);
  return std::all_of(series_.begin(), series_.end(), [&](const energy::Series& series) {
    if (series.info.kind != ReadingKind::counter || is_slow(series.info)) return true;
    if (series.samples.empty()) return true;
    const bool failing =
        !series.failures.empty() && series.failures.back().at_s > series.samples.back().after_s;
    const auto first =
        std::partition_point(series.samples.begin(), series.samples.end(),
                             [&](const energy::Sample& sample) { return sample.before_s < end_s; });
    return failing || (first != series.samples.end() && series.samples.back().value != first->value);
  });
}

std::optional<double> WindowSources::tick_period_s() const {
  std::optional<double> shortest;
  for (const auto& info : infos_) {
    if (info.kind != ReadingKind::counter || is_slow(info)) continue;
    const double period_s = info.character.period ? info.character.period->value() : 0.1;
    shortest = std::min(shortest.value_or(period_s), period_s);
  }
  return shortest;
}

std::vector<std::string> WindowSources::warnings() const {
  const std::lock_guard lock(data_);
  return warnings_;
}

void WindowSources::warn_once(const std::string& topic, const std::string& message) {
  const std::lock_guard lock(data_);
  if (warned_.insert(topic).second) warnings_.push_back(message);
}

std::size_t WindowSources::kept() const {
  const std::lock_guard lock(data_);
  std::size_t count = 0;
  for (const auto& series : series_) count += series.samples.size() + series.failures.size();
  return count;
}

}  // namespace edgeeval
