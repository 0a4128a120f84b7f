// SPDX-License-Identifier: Apache-2.0
// A machine made of files, a clock moved by hand and a probe that says what it is told.
#pragma once

#include <stdlib.h>

#include <chrono>
#include <edgeeval/clock.hpp>
#include <edgeeval/probe.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace edgeeval {

/// An empty folder with files put below it, gone with the object.
class FakeRoot {
 public:
  FakeRoot() {
    auto name = (std::filesystem::temp_directory_path() / "edgeeval-test-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  FakeRoot(const FakeRoot&) = delete;
  FakeRoot& operator=(const FakeRoot&) = delete;
  ~FakeRoot() {
    std::error_code status;
    std::filesystem::remove_all(path_, status);
  }
  void put(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories((path_ / path).parent_path());
    std::ofstream(path_ / path) << text;
  }
  /// A machine of two CPUs with these times in ticks of 10 ms.
  void put_cpu(int user, int idle, int steal = 0) const {
    put("proc/stat", "cpu  " + std::to_string(user) + " 0 0 " + std::to_string(idle) + " 0 0 0 " +
                         std::to_string(steal) + " 0 0\ncpu0 0 0 0 0\ncpu1 0 0 0 0\nintr 5\n");
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Moves only when told; each look may cost time.
class FakeClock final : public Clock {
 public:
  [[nodiscard]] SteadyTime now() const override {
    now_ += cost_;
    return now_;
  }
  [[nodiscard]] std::string wall_label() const override { return "2026-01-02T03:04:05Z"; }
  void advance(double seconds) {
    now_ += std::chrono::duration_cast<SteadyTime::duration>(std::chrono::duration<double>(seconds));
  }
  void set_cost(std::chrono::microseconds cost) { cost_ = cost; }

 private:
  mutable SteadyTime now_{std::chrono::hours(1)};
  std::chrono::microseconds cost_{0};
};

/// What a FakeProbe will say; shared with the test.
struct FakeSource {
  double joules = 0.0;
  double lo = 0.0;
  double hi = 0.0;
  double watts = 0.0;
  bool broken = false;
  double gap_s = 0.0;  ///< Between the stamps around a reading.
};

class FakeProbe final : public Probe {
 public:
  FakeProbe(ProbeInfo info, std::shared_ptr<FakeSource> source, const FakeClock& clock)
      : info_(std::move(info)), source_(std::move(source)), clock_(clock) {}
  [[nodiscard]] const ProbeInfo& info() const override { return info_; }
  [[nodiscard]] Result<EnergyReading> read() override {
    if (source_->broken) return fail(ErrorCode::unavailable, "unplugged");
    const auto half =
        std::chrono::duration_cast<SteadyTime::duration>(std::chrono::duration<double>(source_->gap_s / 2));
    const auto now = clock_.now();
    return EnergyReading{
        now - half, now + half, Joules(source_->joules), {Joules(source_->lo), Joules(source_->hi)}, 0.0,
                         Watts(source_->watts)};
  }

 private:
  ProbeInfo info_;
  std::shared_ptr<FakeSource> source_;
  const FakeClock& clock_;
};

}  // namespace edgeeval
