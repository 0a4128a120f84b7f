// SPDX-License-Identifier: Apache-2.0
#include "bench/server_watch.hpp"

#include <chrono>
#include <edgeeval/clock.hpp>

#include "bench/prepare.hpp"
#include "core/files.hpp"
#include "core/json.hpp"
#include "wire/probe_server.hpp"

namespace edgeeval {
namespace {

constexpr int kPieces = 20;  // A second is waited for in so many pieces, so that stop() is soon obeyed.
constexpr std::chrono::milliseconds kPiece{50};
constexpr int kMostFailures = 2;
constexpr double kTimeout_s = 2.0;

std::int64_t now_ns(const Clock& clock) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(clock.now().time_since_epoch()).count();
}

}  // namespace

ServerWatch::ServerWatch(const BenchSettings& settings, const Dialect& dialect,
                         const std::filesystem::path& folder) {
  if (!settings.scrape || dialect.metrics_path.empty()) return;
  thread_ = std::thread([this, target = settings.target, path = dialect.metrics_path,
                         file = folder / "server-metrics.jsonl"] { scrape(target, path, file); });
}

ServerWatch::~ServerWatch() { stop(); }

std::vector<std::pair<std::string, double>> ServerWatch::stop() {
  stopping_.store(true, std::memory_order_relaxed);
  if (thread_.joinable()) thread_.join();
  std::vector<std::pair<std::string, double>> gained;
  for (const auto& [name, value] : last_) {
    const auto before = first_.find(name);
    if (before != first_.end()) gained.emplace_back(name, value - before->second);
  }
  return gained;
}

void ServerWatch::scrape(const Target& target, const std::string& path, const std::filesystem::path& file) {
  const SystemClock clock;
  const auto call = small_calls(target, kTimeout_s);
  std::optional<LineWriter> lines;
  int failures = 0;
  bool last_round = false;
  while (failures < kMostFailures) {
    const auto answer = call(path, "");
    auto values = answer && answer->status == 200 ? read_server_metrics(answer->body) : std::map<std::string, double>();
    if (values.empty()) {
      ++failures;
    } else {
      if (!lines) {
        auto opened = LineWriter::open(file, false);
        if (!opened) return;
        lines.emplace(std::move(*opened));
      }
      // A full disk ends the file and not the load; the load's own files tell of it.
      if (!lines->append(to_line(Json{{"at_ns", now_ns(clock)}, {"values", values}}))) return;
      if (first_.empty()) first_ = values;
      last_ = std::move(values);
    }
    if (last_round) return;
    for (int i = 0; i < kPieces && !stopping_.load(std::memory_order_relaxed); ++i)
      std::this_thread::sleep_for(kPiece);
    last_round = stopping_.load(std::memory_order_relaxed);
  }
}

}  // namespace edgeeval
