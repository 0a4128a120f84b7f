// SPDX-License-Identifier: Apache-2.0
#include "bench/condition_watch.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "core/monotonic.hpp"

namespace edgeeval {
namespace {

constexpr std::size_t kMostReadings = 128;

std::optional<double> number(std::string_view text) {
  double value = 0.0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

bool tells_of_heat(std::string_view name) {
  return name.ends_with("temperature_c") || name.ends_with("clock_mhz") || name.ends_with("throttle_count") ||
         name.ends_with("cooling_state");
}

void add(std::vector<ConditionSeries>& series, const std::string& name, std::int64_t at_ns, double value) {
  auto found =
      std::find_if(series.begin(), series.end(), [&](const auto& known) { return known.name == name; });
  if (found == series.end()) found = series.insert(series.end(), ConditionSeries{name, {}});
  found->at.emplace_back(at_ns, value);
}

}  // namespace

void add_conditions(std::vector<ConditionSeries>& series, std::int64_t at_ns,
                    const std::map<std::string, std::string>& now) {
  constexpr std::string_view kReasons = ".event_reasons";
  for (const auto& [name, text] : now) {
    if (name.ends_with(kReasons)) {
      const bool slowed = text.find("thermal slowdown") != std::string::npos;
      add(series, name.substr(0, name.size() - kReasons.size()) + ".thermal_slowdown", at_ns,
          slowed ? 1.0 : 0.0);
    } else if (tells_of_heat(name)) {
      if (const auto value = number(text)) add(series, name, at_ns, *value);
    }
  }
}

void thin_out(std::vector<ConditionSeries>& series) {
  const bool full = std::any_of(series.begin(), series.end(),
                                [](const auto& one) { return one.at.size() > kMostReadings; });
  if (!full) return;
  for (auto& one : series) {
    std::size_t kept = 0;
    // The first stays, so that counts since boot are told from the beginning.
    for (std::size_t i = 0; i < one.at.size(); i += 2) one.at[kept++] = one.at[i];
    one.at.resize(kept);
  }
}

ConditionWatch::ConditionWatch(ReadConditions read, std::chrono::milliseconds period)
    : read_(std::move(read)) {
  thread_.emplace(
      period, [this](double) { look(); }, SamplerThread::First::now);
}

void ConditionWatch::look() {
  {
    const std::lock_guard lock(mutex_);
    if (++skipped_ < every_) return;
    skipped_ = 0;
  }
  const auto now = read_();
  const std::lock_guard lock(mutex_);
  add_conditions(series_, monotonic_ns(), now);
  const auto most = [this] {
    std::size_t size = 0;
    for (const auto& one : series_) size = std::max(size, one.at.size());
    return size;
  };
  if (most() <= kMostReadings) return;
  thin_out(series_);
  every_ *= 2;
}

std::vector<ConditionSeries> ConditionWatch::stop() {
  thread_.reset();
  const auto now = read_();
  const std::lock_guard lock(mutex_);
  add_conditions(series_, monotonic_ns(), now);
  return std::move(series_);
}

}  // namespace edgeeval
