// SPDX-License-Identifier: Apache-2.0
// A record of ten million events: what writing costs the client's thread and the machine (goal: resident
// memory below 40 MB), and how long reading takes (goal: events and 100,000 requests in under a second each).
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "record/load_file.hpp"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace edgeeval;

constexpr std::uint32_t kRequests = 100'000;
constexpr std::uint32_t kTokens = 100;          ///< Events a request: ten million in all.
constexpr std::uint32_t kBurst = 1'000;         ///< Events handed over at once.
constexpr double kEventsPerSecond = 2'000'000;  ///< Forty times what 1,024 streams of 20 ms make.

double seconds_since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double resident_mb() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_maxrss) * 1024e-6;
}

EventRecord event_of(std::uint64_t number) {
  // A thousand streams take turns, as in a load.
  const auto round = number / kBurst;
  EventRecord event;
  event.request = static_cast<std::uint32_t>(round / kTokens * kBurst + number % kBurst);
  event.user_ns = static_cast<std::int64_t>(1'000'000'000'000 + number * 500);
  event.kernel_ns = event.user_ns - 40'000;
  event.read = static_cast<std::uint32_t>(number);
  event.bytes = 250;
  event.tokens = 1;
  event.kind = EventClass::content;
  event.flags = kKernelStamp | kTokensKnown;
  return event;
}

RequestRecord request_of(std::uint32_t index) {
  RequestRecord request;
  request.index = index;
  request.prompt = index % 500;
  request.scheduled_ns = 1'000'000'000'000 + std::int64_t{index} * 1000;
  request.issued_ns = request.written_ns = request.headers_ns = request.first_byte_ns = request.closed_ns =
      request.scheduled_ns + 5000;
  request.status = 200;
  request.reply_bytes = 25'000;
  request.asked_tokens = kTokens;
  request.prompt_tokens = 100;
  request.completion_tokens = kTokens;
  request.completion_source = TokenSource::usage;
  request.finish_reason = "length";
  request.server = ServerTimings{};
  request.server->prompt_ms = 12.345;
  request.server->predicted_ms = 1999.75;
  request.text = std::string(400, 'x');
  return request;
}

/// Hands all events over at a steady rate, and each thousand requests once their events are through.
bool write_load(const fs::path& folder) {
  auto writer = LoadWriter::create(folder, LoadHeader{});
  if (!writer) return false;
  auto& lane = writer->lane(0);
  double busy_s = 0.0;
  std::uint32_t ended = 0;
  const auto begun = Clock::now();
  for (std::uint64_t first = 0; first < std::uint64_t{kRequests} * kTokens; first += kBurst) {
    std::this_thread::sleep_until(
        begun + std::chrono::duration_cast<Clock::duration>(
                    std::chrono::duration<double>(static_cast<double>(first) / kEventsPerSecond)));
    const auto burst = Clock::now();
    for (std::uint64_t i = first; i < first + kBurst; ++i) lane.event(event_of(i));
    busy_s += seconds_since(burst);
    if ((first / kBurst + 1) % kTokens == 0)
      for (std::uint32_t i = 0; i < kBurst; ++i) lane.request(request_of(ended++));
  }
  if (!writer->finish(LoadHeader{})) return false;
  std::printf(
      "write   %.2f s, %.2f s of CPU, %.1f ns an event on the client's thread, %llu lost, %.1f MB resident\n",
      seconds_since(begun), cpu_seconds(), 1e9 * busy_s / (double{kRequests} * kTokens),
      static_cast<unsigned long long>(writer->lost()), resident_mb());
  return writer->lost() == 0;
}

/// Passes over the events once; false where there are not as many as there should be.
bool count(LoadRecord& load) {
  std::uint64_t events = 0;
  if (!load.events->rewind()) return false;
  for (;;) {
    const auto block = load.events->next();
    if (!block) return false;
    if (block->empty()) return events == std::uint64_t{kRequests} * kTokens;
    events += block->size();
  }
}

bool read_back(const fs::path& path, const char* what) {
  const auto begun = Clock::now();
  auto load = read_load(path);
  if (!load || load->requests.size() != kRequests) return false;
  const double requests_s = seconds_since(begun);
  const auto counting = Clock::now();
  if (!count(*load)) return false;
  std::printf("%-7s requests %.2f s, events %.2f s, %.1f MB resident\n", what, requests_s,
              seconds_since(counting), resident_mb());
  return true;
}

bool lines(const fs::path& folder, const fs::path& file) {
  const auto begun = Clock::now();
  auto load = read_load(folder);
  if (!load || !write_timelines(*load, file)) return false;
  std::printf("jsonl   written in %.2f s, %.0f MB, %.1f MB resident\n", seconds_since(begun),
              static_cast<double>(fs::file_size(file)) * 1e-6, resident_mb());
  return true;
}

/// In a process of its own, so that each figure of memory is of one step.
bool apart(const std::function<bool()>& step) {
  std::fflush(stdout);
  const auto child = ::fork();
  if (child == 0) {
    const bool good = step();
    std::fflush(stdout);
    ::_exit(good ? EXIT_SUCCESS : EXIT_FAILURE);
  }
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

int main() {
  auto scratch = (fs::temp_directory_path() / "edgeeval-bench-XXXXXX").string();
  if (::mkdtemp(scratch.data()) == nullptr) return EXIT_FAILURE;
  const auto folder = fs::path(scratch) / "load";
  const auto file = fs::path(scratch) / "load.jsonl";
  const bool good =
      apart([&] { return write_load(folder); }) && apart([&] { return read_back(folder, "folder"); }) &&
      apart([&] { return lines(folder, file); }) && apart([&] { return read_back(file, "jsonl"); });
  fs::remove_all(scratch);
  if (!good) std::fprintf(stderr, "load_file_bench: a step failed or lost events\n");
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
