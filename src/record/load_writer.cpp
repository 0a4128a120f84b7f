// SPDX-License-Identifier: Apache-2.0
// LoadWriter: lanes in, files out.
#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>

#include <cerrno>
#include <optional>
#include <thread>

#include "core/files.hpp"
#include "core/json_document.hpp"
#include "record/load_codec.hpp"
#include "record/load_events.hpp"
#include "record/load_lane.hpp"

namespace edgeeval {
namespace {

constexpr int kLookMs =
    100;  ///< How often the writer looks without being woken: what a killed process loses.
constexpr std::size_t kTextBlock = 1U << 18U;

/// Keeps signals away from threads that are started while it lives: the program's own thread handles them.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

/// A file that grows by whole pieces: a piece that could not be written whole is cut off again.
struct GrowingFile {
  OwnedFile file;
  std::string where;
  std::uint64_t bytes = 0;

  Result<void> append(std::span<const char> piece) {
    auto written = write_all(file, piece, where);
    if (written) {
      bytes += piece.size();
    } else if (::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0) {
      written.error().message += " (and a torn end stays)";
    }
    return written;
  }
  Result<void> sync() const {
    if (::fdatasync(file.get()) == 0) return {};
    return tl::unexpected(errno_error(errno, "cannot sync", where));
  }
};

std::string header_text(const LoadHeader& header) { return json_document(to_json(header)); }

Result<GrowingFile> grow(const std::filesystem::path& path) {
  auto file = create_new(path);
  if (!file) return tl::unexpected(file.error());
  return GrowingFile{std::move(*file), path.string()};
}

}  // namespace

struct LoadWriter::Impl {
  Impl(std::filesystem::path folder, OwnedFile wake_file, GrowingFile events_file, GrowingFile requests_file,
       int lane_count)
      : header_path(folder / "load.json"),
        wake(std::move(wake_file)),
        events(std::move(events_file)),
        requests(std::move(requests_file)) {
    for (int i = 0; i < lane_count; ++i) lanes.push_back(std::make_unique<LoadLane>(wake.get()));
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { stop(); }

  void start() {
    const SignalsBlocked blocked;
    thread = std::thread([this] { run(); });
  }
  void stop() {
    if (!thread.joinable()) return;
    ending.store(true);
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto told = ::write(wake.get(), &one, sizeof one);
    thread.join();
  }
  void run() {
    for (bool last = false; !last;) {
      pollfd waiting{wake.get(), POLLIN, 0};
      if (::poll(&waiting, 1, kLookMs) > 0) {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto told = ::read(wake.get(), &count, sizeof count);
      }
      // Asked before the round, so that a round follows in which everything is there.
      last = ending.load();
      drain();
    }
  }
  /// A request's line is written after its events: its lane had them before it had the request.
  void drain() {
    std::vector<std::vector<RequestRecord>> ended;
    for (auto& lane : lanes) ended.push_back(lane->take_requests());
    for (auto& lane : lanes) {
      // Twice, as what waits may go around the end of the ring.
      for (int piece = 0; piece < 2; ++piece) write_events(*lane);
    }
    for (const auto& list : ended) write_requests(list);
  }
  void write_events(LoadLane& lane) {
    const auto waiting = lane.waiting();
    if (waiting.empty()) return;
    if (!attempt(events, {reinterpret_cast<const char*>(waiting.data()), waiting.size_bytes()}))
      lost_events.fetch_add(waiting.size());
    lane.drop(waiting.size());
  }
  void write_requests(const std::vector<RequestRecord>& list) {
    std::string text;
    std::uint64_t lines = 0;
    const auto flush = [&] {
      if (!text.empty() && !attempt(requests, text)) lost_requests += lines;
      text.clear();
      lines = 0;
    };
    for (const auto& request : list) {
      append_request(text, request);
      text += '\n';
      ++lines;
      if (text.size() >= kTextBlock) flush();
    }
    flush();
  }
  /// Nothing more is written after the first failure: what follows it would have a gap before it.
  bool attempt(GrowingFile& file, std::span<const char> piece) {
    if (problem) return false;
    if (auto written = file.append(piece); !written) problem = written.error();
    return !problem.has_value();
  }

  std::filesystem::path header_path;
  OwnedFile wake;
  GrowingFile events, requests;
  std::vector<std::unique_ptr<LoadLane>> lanes;
  std::atomic<std::uint64_t> lost_events{0};
  std::uint64_t lost_requests = 0;  ///< The writer's thread's until it has ended, as is `problem`.
  std::optional<Error> problem;
  std::atomic<bool> ending{false};
  std::thread thread;
};

LoadWriter::LoadWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LoadWriter::LoadWriter(LoadWriter&&) noexcept = default;
LoadWriter& LoadWriter::operator=(LoadWriter&&) noexcept = default;
LoadWriter::~LoadWriter() = default;

Result<LoadWriter> LoadWriter::create(const std::filesystem::path& folder, const LoadHeader& header,
                                      int lanes) {
  if (lanes < 1)
    return fail(ErrorCode::usage, fmt::format("{} client threads: at least one is needed", lanes));
  if (auto made = make_folder(folder); !made) return tl::unexpected(made.error());
  std::error_code status;
  if (std::filesystem::exists(folder / "load.json", status))
    return fail(ErrorCode::record_mismatch, "the folder holds a load already", folder.string(),
                "Name another folder with --out, or remove this one.");
  auto events = grow(folder / "events.bin");
  if (!events) return tl::unexpected(events.error());
  auto requests = grow(folder / "requests.jsonl");
  if (!requests) return tl::unexpected(requests.error());
  if (auto written = events->append(events_head()); !written) return tl::unexpected(written.error());
  if (auto written = write_file(folder / "load.json", header_text(header)); !written)
    return tl::unexpected(written.error());
  OwnedFile wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (wake.get() < 0) return tl::unexpected(errno_error(errno, "cannot make an eventfd", folder.string()));
  auto impl =
      std::make_unique<Impl>(folder, std::move(wake), std::move(*events), std::move(*requests), lanes);
  impl->start();
  return LoadWriter(std::move(impl));
}

LoadSink& LoadWriter::lane(int number) { return *impl_->lanes.at(static_cast<std::size_t>(number)); }

std::uint64_t LoadWriter::lost() const {
  auto sum = impl_->lost_events.load();
  for (const auto& lane : impl_->lanes) sum += lane->lost();
  return sum;
}

Result<void> LoadWriter::finish(const LoadHeader& header) {
  impl_->stop();
  auto completed = header;
  auto& problem = impl_->problem;
  const auto note = [&](const Result<void>& step) {
    if (!step && !problem) problem = step.error();
  };
  if (!problem) note(impl_->events.sync());
  if (!problem) note(impl_->requests.sync());
  if (const auto events = lost(); events > 0) {
    if (completed.client) completed.client->lost_events = events;
    completed.warnings.push_back(fmt::format("{} events are lost: the disk was full or too slow", events));
  }
  if (impl_->lost_requests > 0)
    completed.warnings.push_back(
        fmt::format("{} requests are lost: {}", impl_->lost_requests, problem->message));
  note(write_file(impl_->header_path, header_text(completed)));
  if (problem) return tl::unexpected(*problem);
  return {};
}

}  // namespace edgeeval
