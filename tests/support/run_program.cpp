// SPDX-License-Identifier: Apache-2.0
#include "support/run_program.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace edgeeval::testing {
namespace fs = std::filesystem;
namespace {

std::string slurp(const fs::path& path) {
  // Reading /proc of a process that ends meanwhile fails by an exception, which only a stream takes in.
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

[[noreturn]] void become(const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string>& environment, int out,
                         const fs::path& err) {
  ::dup2(out, 1);
  ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

}  // namespace

Ran run_program(const std::vector<std::string>& arguments, const OnLine& on_line,
                const std::map<std::string, std::string>& environment) {
  const TempFolder scratch;
  const auto err = scratch.path() / "stderr";
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
  const pid_t child = ::fork();
  if (child == 0) become(arguments, environment, pipe[1], err);
  ::close(pipe[1]);
  Ran ran;
  std::string line;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(pipe[0], buffer.data(), buffer.size())) > 0;) {
    for (const char c : std::string_view(buffer.data(), static_cast<std::size_t>(got))) {
      ran.out += c;
      if (c != '\n') {
        line += c;
        continue;
      }
      const auto signal = on_line ? on_line(line) : std::nullopt;
      if (signal) ::kill(child, *signal);
      line.clear();
    }
  }
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status)) ran.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ran.signal = WTERMSIG(status);
  ran.err = slurp(err);
  return ran;
}

TempFolder::TempFolder() {
  std::string pattern = (fs::temp_directory_path() / "edgeeval-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code status;
  fs::remove_all(path_, status);
}

std::vector<int> processes_with(const std::string& text) {
  std::vector<int> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (!std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c) != 0; }))
      continue;
    // A zombie's command line is empty, so only the living are found.
    if (slurp(entry.path() / "cmdline").find(text) != std::string::npos) found.push_back(std::stoi(name));
  }
  return found;
}

}  // namespace edgeeval::testing
