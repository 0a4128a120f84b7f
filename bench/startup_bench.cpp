// SPDX-License-Identifier: Apache-2.0
// How long `edgeeval --version` takes from spawn to exit (goal: at most 10 ms), beside the cheapest program
// there is.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <string>

extern char** environ;

namespace {

void spawn_and_wait(benchmark::State& state, const std::string& program, const char* argument) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  char* arguments[] = {const_cast<char*>(program.c_str()), const_cast<char*>(argument), nullptr};
  for (auto _ : state) {
    pid_t child = -1;
    if (posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ) != 0) {
      state.SkipWithError("the program cannot be started");
      break;
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) state.SkipWithError("the program failed");
  }
  posix_spawn_file_actions_destroy(&actions);
}

void version(benchmark::State& state) { spawn_and_wait(state, EDGEEVAL_BIN_DIR "/edgeeval", "--version"); }
void nothing(benchmark::State& state) { spawn_and_wait(state, "/bin/true", "--version"); }
BENCHMARK(version)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(nothing)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
