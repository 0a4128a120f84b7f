// SPDX-License-Identifier: Apache-2.0
// Records of any shape, made from a seed, and a folder that goes away.
#pragma once

#include <stdlib.h>

#include <cmath>
#include <cstdint>
#include <edgeeval/record.hpp>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <system_error>
#include <vector>

namespace edgeeval {

/// An empty folder that lives as long as the object.
class ScratchFolder {
 public:
  ScratchFolder() {
    auto name = (std::filesystem::temp_directory_path() / "edgeeval-test-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code status;
    std::filesystem::remove_all(path_, status);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Random but repeatable values.
class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(engine_); }
  bool coin() { return below(2) == 1; }
  double number() {
    const double exponent = std::uniform_real_distribution<double>(-12.0, 12.0)(engine_);
    return (coin() ? 1.0 : -1.0) * std::pow(10.0, exponent);
  }
  std::string text() {
    static const std::string kPieces[] = {"a", "Z", " ", "\"", "\\",   "\n", "\t",
                                          "é", "→", "0", "{",  "\x01", "/"};
    std::string text;
    for (int i = below(12); i > 0; --i) text += kPieces[below(13)];
    return text;
  }
  template <class T, class Make>
  std::vector<T> some(Make make) {
    std::vector<T> items;
    for (int i = below(4); i > 0; --i) items.push_back(make());
    return items;
  }
  std::optional<double> maybe_number() { return coin() ? std::optional<double>(number()) : std::nullopt; }
  std::optional<std::int64_t> maybe_count() {
    return coin() ? std::optional<std::int64_t>(below(1000000)) : std::nullopt;
  }

 private:
  std::mt19937 engine_;
};

inline Fact random_fact(Random& random) {
  const Grade grades[] = {Grade::measured, Grade::computed, Grade::modelled, Grade::published,
                          Grade::assumed};
  return {random.number(),         random.text(),
          random.maybe_number(),   random.maybe_number(),
          grades[random.below(5)], random.some<std::string>([&] { return random.text(); })};
}

inline EnergyEntry random_entry(Random& random) {
  EnergyEntry entry{random.text(), random.text(), random.text(), random.text(), random_fact(random)};
  entry.method = random.text();
  entry.common_relative = random.maybe_number();
  if (random.coin()) entry.net = random_fact(random);
  if (random.coin()) entry.tail = random_fact(random);
  for (auto* number : {&entry.mean_w, &entry.peak_w, &entry.coverage, &entry.longest_gap_s})
    *number = random.maybe_number();
  entry.flags = random.some<std::string>([&] { return random.text(); });
  if (random.coin()) entry.hard_bounds = random.coin();
  entry.device = random.text();
  return entry;
}

inline WindowRecord random_window(Random& random) {
  WindowRecord window;
  window.name = random.text();
  window.start_s = random.number();
  window.duration_s = std::abs(random.number());
  window.energy = random.some<EnergyEntry>([&] { return random_entry(random); });
  window.voids = random.some<EnergyVoid>([&] {
    return EnergyVoid{random.text(), random.text(), random.text(),
                      random.text(), random.text(), random.maybe_number()};
  });
  for (int i = random.below(4); i > 0; --i) window.conditions[random.text()] = {random.text(), random.text()};
  window.sampling_cpu_s = random.maybe_number();
  window.cpu_utilisation = random.maybe_number();
  window.notes = random.some<std::string>([&] { return random.text(); });
  return window;
}

inline StageRecord random_stage(Random& random) {
  const StageOutcome outcomes[] = {StageOutcome::finished, StageOutcome::failed, StageOutcome::skipped};
  StageRecord stage;
  stage.id = random.text();
  stage.kind = random.text();
  stage.key = random.text();
  stage.outcome = outcomes[random.below(3)];
  stage.sitting = random.below(9);
  stage.started = random.text();
  stage.duration_s = std::abs(random.number());
  for (int i = random.below(4); i > 0; --i) stage.facts[random.text()] = random_fact(random);
  for (int i = random.below(4); i > 0; --i) stage.notes[random.text()] = random.text();
  stage.artifacts = random.some<Artifact>([&] {
    return Artifact{random.text(), random.text(), static_cast<std::uint64_t>(random.below(1 << 30)) << 20,
                    random.text()};
  });
  stage.windows = random.some<WindowRecord>([&] { return random_window(random); });
  if (random.coin())
    stage.error = Error{ErrorCode::engine_failed, random.text(), random.text(), random.text()};
  stage.log_tail = random.some<std::string>([&] { return random.text(); });
  return stage;
}

inline RequestTimeline random_request(Random& random) {
  RequestTimeline request;
  request.item = random.text();
  request.index = random.below(1000);
  request.sent_s = random.number();
  for (auto* stamp : {&request.connected_s, &request.headers_s, &request.first_token_s, &request.last_token_s,
                      &request.closed_s}) {
    *stamp = random.maybe_number();
  }
  request.token_events_s = random.some<double>([&] { return random.number(); });
  request.prompt_tokens = random.maybe_count();
  request.cached_tokens = random.maybe_count();
  request.completion_tokens = random.maybe_count();
  request.shown_tokens = random.maybe_count();
  request.first_tokens = random.maybe_count();
  request.token_source = random.text();
  request.finish_reason = random.text();
  request.ok = random.coin();
  request.error = random.text();
  request.retries = random.below(3);
  request.text = random.text();
  return request;
}

}  // namespace edgeeval
