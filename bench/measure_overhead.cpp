// SPDX-License-Identifier: Apache-2.0
// What `edgeeval measure` adds to a command (goal: at most 5 ms), and what its sampler costs at 20 Hz (goal:
// at most 0.5 % of one CPU)
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <edgeeval/meter.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

extern char** environ;

namespace {

constexpr int kRuns = 201;
constexpr int kWatch = 10;  ///< s

/// What a run took (ms).
struct Took {
  double wall = 0.0;
  double cpu = 0.0;
};

/// One run, its output thrown away; nothing where it failed.
std::optional<Took> run_once(std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (auto& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  const auto begun = std::chrono::steady_clock::now();
  pid_t child = -1;
  const int failed = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  rusage used{};
  if (failed != 0 || wait4(child, &status, 0, &used) != child || status != 0) return std::nullopt;
  const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - begun;
  const auto ms = [](const timeval& time) {
    return 1e3 * static_cast<double>(time.tv_sec) + 1e-3 * static_cast<double>(time.tv_usec);
  };
  return Took{wall.count(), ms(used.ru_utime) + ms(used.ru_stime)};
}

struct Spread {
  double median = 0.0;
  double p10 = 0.0;
  double p90 = 0.0;
};

Spread spread(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double p) {
    return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
  };
  return {at(0.5), at(0.1), at(0.9)};
}

void print(const char* name, const Spread& wall, const Spread& cpu) {
  std::printf("%-28s%.2f ms (p10 %.2f, p90 %.2f), CPU time %.2f ms\n", name, wall.median, wall.p10, wall.p90,
              cpu.median);
}

/// Both in turn, so that what else the machine does falls on both.
bool compare(const std::string& edgeeval) {
  std::vector<double> plain;
  std::vector<double> plain_cpu;
  std::vector<double> measured;
  std::vector<double> measured_cpu;
  for (int i = 0; i < kRuns; ++i) {
    const auto one = run_once({"true"});
    const auto other = run_once({edgeeval, "measure", "--", "true"});
    if (!one || !other) return false;
    plain.push_back(one->wall);
    plain_cpu.push_back(one->cpu);
    measured.push_back(other->wall);
    measured_cpu.push_back(other->cpu);
  }
  const auto a = spread(plain);
  const auto b = spread(measured);
  const double cpu = spread(measured_cpu).median - spread(plain_cpu).median;
  print("true", a, spread(plain_cpu));
  print("edgeeval measure -- true", b, spread(measured_cpu));
  std::printf("%-28s%.2f ms in the median, %.2f ms at p10, CPU time %.2f ms\n", "added", b.median - a.median,
              b.p10 - a.p10, cpu);
  return true;
}

bool sampler_cost() {
  auto meter = edgeeval::Meter::open();
  if (!meter) return false;
  auto window = meter->window("watch");
  std::this_thread::sleep_for(std::chrono::seconds(kWatch));
  const auto& record = window.close().window;
  const double used_s = record.sampling_cpu_s.value_or(0.0);
  std::printf("sampler at 20 Hz            %.3f %% of one CPU (%zu sources, %d s)\n",
              100.0 * used_s / record.duration_s, meter->sources().size(), kWatch);
  return true;
}

}  // namespace

int main() {
  const bool compared = compare(EDGEEVAL_BIN_DIR "/edgeeval");
  const bool watched = sampler_cost();
  if (!compared) std::fprintf(stderr, "edgeeval measure -- true failed\n");
  if (!watched) std::fprintf(stderr, "no source of energy can be read here\n");
  return compared && watched ? EXIT_SUCCESS : EXIT_FAILURE;
}
