// SPDX-License-Identifier: Apache-2.0
// What it costs to summarise a load of ten million events, read from its folder as `edgeeval bench` does.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "record/load_file.hpp"
#include "serving/summary.hpp"
#include "stats/random.hpp"

namespace {

using namespace edgeeval;

constexpr std::uint32_t kRequests = 100'000, kInFlight = 500, kTokens = 100;
constexpr std::int64_t kGap = 20'000'000;

RequestRecord request(std::uint32_t index, std::int64_t at) {
  RequestRecord request;
  request.index = index;
  request.scheduled_ns = at;
  request.issued_ns = at + 2000;
  request.closed_ns = at + kGap * (kTokens + 1);
  request.completion_tokens = kTokens;
  request.completion_source = TokenSource::usage;
  request.prompt_tokens = 100;
  request.attempts = 1;
  return request;
}

/// Sends an event again for as long as the writer finds no free block for it: no client is as fast as this
/// loop.
void put(const LoadWriter& writer, LoadSink& lane, const EventRecord& event) {
  for (;;) {
    const auto lost = writer.lost();
    lane.event(event);
    if (writer.lost() == lost) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

/// Five hundred streams in step, one token an event, stamps scattered by up to a millisecond.
void write_load(const std::filesystem::path& folder) {
  LoadHeader header;
  header.concurrency = kInFlight;
  auto writer = LoadWriter::create(folder, header);
  if (!writer) return;
  SplitMix64 random(1);
  auto& lane = writer->lane(0);
  std::uint32_t read = 0;
  for (std::uint32_t first = 0; first < kRequests; first += kInFlight) {
    const std::int64_t begin = std::int64_t{first / kInFlight} * kGap * (kTokens + 2);
    for (std::uint32_t step = 1; step <= kTokens; ++step) {
      for (std::uint32_t i = first; i < first + kInFlight; ++i) {
        EventRecord event;
        event.kernel_ns = begin + kGap * step + static_cast<std::int64_t>(random.below(1'000'000));
        event.user_ns = event.kernel_ns + 3000;
        event.request = i;
        event.read = ++read;
        event.tokens = 1;
        event.kind = EventClass::content;
        event.flags = kKernelStamp | kTokensKnown;
        put(*writer, lane, event);
      }
    }
    for (std::uint32_t i = first; i < first + kInFlight; ++i) lane.request(request(i, begin));
  }
  header.how_ended = "finished";
  ClientReport client;
  client.clock = {{0, 0, 500}};
  header.client = client;
  static_cast<void>(writer->finish(header));
}

void summarise(benchmark::State& state) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("edgeeval-summary-bench-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  write_load(folder);
  std::uint64_t events = 0;
  for (auto _ : state) {
    auto load = read_load(folder);
    if (!load) {
      state.SkipWithError(load.error().message.c_str());
      break;
    }
    SummaryOptions options;
    options.objectives = {{"ttft_user", 0.2, 0.99}};
    const auto summary = summarise_load(*load, options);
    if (!summary || summary->events != std::uint64_t{kRequests} * kTokens) {
      state.SkipWithError("no summary");
      break;
    }
    events = summary->events;
  }
  state.counters["events"] = static_cast<double>(events);
  std::filesystem::remove_all(folder);
}
BENCHMARK(summarise)->Unit(benchmark::kSecond)->Iterations(3);

}  // namespace

BENCHMARK_MAIN();
