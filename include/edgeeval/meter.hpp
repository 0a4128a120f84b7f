// SPDX-License-Identifier: Apache-2.0
// Joules of a stretch of code: open a meter, put a window around the work, read the result
#pragma once

#include <chrono>
#include <edgeeval/probe.hpp>
#include <edgeeval/record.hpp>
#include <edgeeval/result.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace edgeeval {

struct OpenedSources;

/// How a Meter samples.
struct MeterSettings {
  std::chrono::milliseconds period{50};  ///< Time between samples.
  std::string samples_csv{};  ///< Raw samples are appended to this file; empty: none are kept on disk.
  /// Refuse to open where no sensor can be read, instead of taking a model's estimate.
  bool require_measured = false;
};

/// What a window found.
struct MeterResult {
  /// Energy by source with interval, grade and method; sources that gave none, and why; conditions; own cost.
  WindowRecord window;
  /// Joules in all, counting nothing twice; of the weakest grade counted. Absent where nothing gave energy.
  std::optional<Fact> total;
};

/// Reads this machine's sources of energy, from its first window on in a thread of its own. May be used from
/// any thread; windows may nest and overlap.
///
///     auto meter = edgeeval::Meter::open();
///     auto window = meter->window("prefill");
///     work();
///     std::cout << window.close().total->value << " J\n";
///
/// Work that was handed to a device is only inside a window if the device is done when the window ends:
/// synchronise it (cudaDeviceSynchronize) before opening and before closing.
class Meter {
 public:
  /// One window. Closes itself when it goes.
  class Window {
   public:
    Window(Window&&) noexcept;
    Window& operator=(Window&&) noexcept;
    ~Window();
    /// Ends the stretch that is asked about; sampling goes on until close(), so that sensors that lag can
    /// catch up.
    void end();
    /// Ends the window, waits up to a quarter of a second for the next tick of the counters, and hands out
    /// what was found. Later calls return the same.
    const MeterResult& close();

   private:
    friend class Meter;
    struct Impl;
    explicit Window(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
  };

  /// Opens the best sources that this machine lets us read. Errors: unavailable where there is none at all,
  /// not_measured where none is a sensor and one was required.
  [[nodiscard]] static Result<Meter> open(MeterSettings settings = {});
  /// A meter over the caller's own probes.
  [[nodiscard]] static Result<Meter> over(std::vector<std::unique_ptr<Probe>> probes,
                                          MeterSettings settings = {});
  Meter(Meter&&) noexcept;
  Meter& operator=(Meter&&) noexcept;
  ~Meter();

  /// Opens a window now.
  [[nodiscard]] Window window(const std::string& name);
  /// Leaves the machine alone for `length` and takes what it draws meanwhile as power at rest in `state`
  /// ("bare", "context", "model resident"): windows closed later have net energies, above that rest.
  MeterResult idle(std::chrono::milliseconds length, const std::string& state = "bare");
  /// What is read.
  [[nodiscard]] std::vector<ProbeInfo> sources() const;
  /// What went wrong so far; each kind of trouble once.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  struct Impl;
  explicit Meter(std::unique_ptr<Impl> impl);
  static Result<Meter> make(std::shared_ptr<const SystemClock> clock, OpenedSources sources,
                            MeterSettings settings);
  std::unique_ptr<Impl> impl_;
};

}  // namespace edgeeval
