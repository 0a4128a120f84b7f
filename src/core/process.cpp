// SPDX-License-Identifier: Apache-2.0
#include "core/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <system_error>
#include <thread>
#include <utility>

#include "core/files.hpp"

extern char** environ;

namespace edgeeval {
namespace {

/// Everything the child needs between fork and exec, made beforehand: only async-signal-safe calls follow.
struct ChildSetup {
  std::vector<std::string> argument_text;
  std::vector<std::string> environment_text;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  std::string program;
  std::string working_folder;
  int stdout_descriptor = -1;
  int stderr_descriptor = -1;
  int error_pipe = -1;
  pid_t parent = 0;
};

[[noreturn]] void run_child(const ChildSetup& setup) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before the line above took effect.
  if (::getppid() != setup.parent) ::_exit(127);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGINT, SIGTERM, SIGPIPE}) ::signal(number, SIG_DFL);
  const int null_input = ::open("/dev/null", O_RDONLY);
  ::dup2(null_input, 0);
  ::dup2(setup.stdout_descriptor, 1);
  ::dup2(setup.stderr_descriptor, 2);
  if (setup.working_folder.empty() || ::chdir(setup.working_folder.c_str()) == 0) {
    ::execve(setup.program.c_str(), setup.arguments.data(), setup.environment.data());
  }
  const int reason = errno;
  [[maybe_unused]] const auto written = ::write(setup.error_pipe, &reason, sizeof reason);
  ::_exit(127);
}

std::vector<char*> pointers(std::vector<std::string>& text) {
  std::vector<char*> list;
  for (auto& entry : text) list.push_back(entry.data());
  list.push_back(nullptr);
  return list;
}

Result<ChildSetup> prepare(const ProcessOptions& options) {
  ChildSetup setup;
  if (options.arguments.empty()) return fail(ErrorCode::internal, "no program to start");
  setup.argument_text = options.arguments;
  setup.program = options.arguments.front();
  if (setup.program.find('/') == std::string::npos) {
    const auto found = find_on_path(setup.program);
    if (!found) return fail(ErrorCode::engine_missing, "program not found on PATH", setup.program);
    setup.program = found->string();
  }
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text(*entry);
    if (!options.environment.contains(text.substr(0, text.find('=')))) setup.environment_text.push_back(text);
  }
  for (const auto& [name, value] : options.environment) setup.environment_text.push_back(name + "=" + value);
  setup.arguments = pointers(setup.argument_text);
  setup.environment = pointers(setup.environment_text);
  setup.working_folder = options.working_folder.string();
  setup.parent = ::getpid();
  return setup;
}

struct Pipe {
  int read_end = -1;
  int write_end = -1;
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_read();
    close_write();
  }
  [[nodiscard]] bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read_end = ends[0];
    write_end = ends[1];
    return true;
  }
  void close_read() {
    if (read_end >= 0) ::close(std::exchange(read_end, -1));
  }
  void close_write() {
    if (write_end >= 0) ::close(std::exchange(write_end, -1));
  }
};

Result<int> open_output(const std::filesystem::path& path) {
  const char* name = path.empty() ? "/dev/null" : path.c_str();
  const int descriptor = ::open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) return tl::unexpected(errno_error(errno, "cannot open for a child's output", name));
  return descriptor;
}

/// Forks and execs; fails with the child's own errno where exec does not succeed.
Result<pid_t> start(ChildSetup& setup) {
  Pipe error_pipe;
  if (!error_pipe.open()) return tl::unexpected(errno_error(errno, "cannot make a pipe", setup.program));
  setup.error_pipe = error_pipe.write_end;
  const pid_t pid = ::fork();
  if (pid < 0) return tl::unexpected(errno_error(errno, "cannot start a process", setup.program));
  if (pid == 0) run_child(setup);
  ::setpgid(pid, pid);
  error_pipe.close_write();
  int reason = 0;
  ssize_t count = 0;
  do {
    count = ::read(error_pipe.read_end, &reason, sizeof reason);
  } while (count < 0 && errno == EINTR);
  if (count == static_cast<ssize_t>(sizeof reason)) {
    ::waitpid(pid, nullptr, 0);
    auto error = errno_error(reason, "cannot start the program", setup.program);
    error.code = ErrorCode::engine_missing;
    return tl::unexpected(error);
  }
  return pid;
}

ExitStatus translate(int status, const rusage& usage) {
  ExitStatus result;
  if (WIFEXITED(status)) result.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  result.user_s = seconds(usage.ru_utime);
  result.system_s = seconds(usage.ru_stime);
  result.max_rss_kib = usage.ru_maxrss;
  return result;
}

/// Splits what arrives into lines for a callback, or keeps it.
class LineSink {
 public:
  explicit LineSink(const std::function<void(std::string_view)>& on_line) : on_line_(on_line) {}
  void add(std::string_view bytes) {
    text_ += bytes;
    if (!on_line_) return;
    std::size_t end = 0;
    while ((end = text_.find('\n')) != std::string::npos) {
      on_line_(std::string_view(text_).substr(0, end));
      text_.erase(0, end + 1);
    }
  }
  [[nodiscard]] std::string finish() {
    if (on_line_ && !text_.empty()) {
      on_line_(text_);
      text_.clear();
    }
    return std::move(text_);
  }

 private:
  const std::function<void(std::string_view)>& on_line_;
  std::string text_;
};

/// Reads what is there; false at the end of the stream.
template <class Take>
bool drain(int descriptor, Take take) {
  std::array<char, 16384> buffer{};
  const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  if (count > 0) take(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
  return count > 0;
}

}  // namespace

std::string ExitStatus::describe() const {
  if (code) return fmt::format("exit {}", *code);
  if (signal) return fmt::format("killed by signal {} ({})", *signal, ::strsignal(*signal));
  return "ended in an unknown way";
}

Result<Process> Process::spawn(const ProcessOptions& options) {
  auto setup = prepare(options);
  if (!setup) return tl::unexpected(setup.error());
  auto out = open_output(options.stdout_file);
  if (!out) return tl::unexpected(out.error());
  auto err = open_output(options.stderr_file);
  if (!err) {
    ::close(*out);
    return tl::unexpected(err.error());
  }
  setup->stdout_descriptor = *out;
  setup->stderr_descriptor = *err;
  const auto at = std::chrono::steady_clock::now();
  const auto pid = start(*setup);
  ::close(*out);
  ::close(*err);
  if (!pid) return tl::unexpected(pid.error());
  return Process(*pid, at);
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      spawned_at_(other.spawned_at_),
      status_(std::move(other.status_)) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(spawned_at_, other.spawned_at_);
  std::swap(status_, other.status_);
  return *this;
}

Process::~Process() {
  if (pid_ > 0 && !status_) stop(std::chrono::milliseconds(0));
}

std::optional<ExitStatus> Process::poll() {
  if (status_) return status_;
  int status = 0;
  rusage usage{};
  if (::wait4(pid_, &status, WNOHANG, &usage) == pid_) status_ = translate(status, usage);
  return status_;
}

ExitStatus Process::wait() {
  int status = 0;
  rusage usage{};
  while (!status_) {
    if (::wait4(pid_, &status, 0, &usage) == pid_) {
      status_ = translate(status, usage);
    } else if (errno != EINTR) {
      status_ = ExitStatus{};
    }
  }
  return *status_;
}

ExitStatus Process::stop(std::chrono::milliseconds grace) {
  if (poll()) return *status_;
  const auto deadline = std::chrono::steady_clock::now() + grace;
  if (grace.count() > 0) ::kill(-pid_, SIGTERM);
  while (std::chrono::steady_clock::now() < deadline && !poll()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  // The group too: a child's own children must not outlive it.
  ::kill(-pid_, SIGKILL);
  return wait();
}

Result<CommandResult> run_command(const ProcessOptions& options,
                                  const std::function<void(std::string_view)>& on_line,
                                  const CancelToken* cancel) {
  auto setup = prepare(options);
  if (!setup) return tl::unexpected(setup.error());
  Pipe out;
  Pipe err;
  if (!out.open() || !err.open())
    return tl::unexpected(errno_error(errno, "cannot make a pipe", setup->program));
  int log_descriptor = -1;
  if (!options.stderr_file.empty()) {
    auto opened = open_output(options.stderr_file);
    if (!opened) return tl::unexpected(opened.error());
    log_descriptor = *opened;
  }
  setup->stdout_descriptor = out.write_end;
  setup->stderr_descriptor = err.write_end;
  const auto at = std::chrono::steady_clock::now();
  const auto pid = start(*setup);
  out.close_write();
  err.close_write();
  if (!pid) {
    if (log_descriptor >= 0) ::close(log_descriptor);
    return tl::unexpected(pid.error());
  }
  Process child(*pid, at);
  LineSink sink(on_line);
  std::string stderr_text;
  const auto take_error = [&](std::string_view bytes) {
    constexpr std::size_t kKept = 65536;
    stderr_text += bytes;
    if (stderr_text.size() > 2 * kKept) stderr_text.erase(0, stderr_text.size() - kKept);
    if (log_descriptor >= 0) [[maybe_unused]]
      const auto written = ::write(log_descriptor, bytes.data(), bytes.size());
  };
  bool cancelled = false;
  while (out.read_end >= 0 || err.read_end >= 0) {
    std::array<pollfd, 2> waits{pollfd{out.read_end, POLLIN, 0}, pollfd{err.read_end, POLLIN, 0}};
    ::poll(waits.data(), waits.size(), 100);
    if (cancel != nullptr && cancel->requested()) {
      cancelled = true;
      break;
    }
    if (waits[0].revents != 0 && !drain(out.read_end, [&](std::string_view b) { sink.add(b); }))
      out.close_read();
    if (waits[1].revents != 0 && !drain(err.read_end, take_error)) err.close_read();
  }
  CommandResult result;
  result.status = cancelled ? child.stop(std::chrono::seconds(5)) : child.wait();
  if (log_descriptor >= 0) ::close(log_descriptor);
  if (cancelled) return fail(ErrorCode::cancelled, "interrupted", setup->program);
  result.stdout_text = sink.finish();
  result.stderr_text = std::move(stderr_text);
  return result;
}

std::optional<std::filesystem::path> find_on_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  std::string folder;
  while (std::getline(folders, folder, ':')) {
    const auto candidate = std::filesystem::path(folder.empty() ? "." : folder) / name;
    std::error_code status;
    if (std::filesystem::is_regular_file(candidate, status) && ::access(candidate.c_str(), X_OK) == 0)
      return candidate;
  }
  return std::nullopt;
}

}  // namespace edgeeval
