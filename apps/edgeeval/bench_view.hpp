// SPDX-License-Identifier: Apache-2.0
// A benchmark under way as a person at a terminal sees it: notes and a live line.
#pragma once

#include <optional>
#include <string>

#include "bench/bench.hpp"
#include "console.hpp"
#include "report/bench_report.hpp"

namespace edgeeval {

/// Writes to stderr: notes, and a live line where the cursor can move.
class LiveView {
 public:
  /// A quiet one writes nothing.
  explicit LiveView(bool quiet) : terminal_(terminal_of(stderr)), quiet_(quiet) {}

  /// A line that stays.
  void note(const std::string& text);
  /// The live line as it is now.
  void show(const LoadGlance& glance);
  /// Takes the live line away.
  void clear();

 private:
  void put_rates(const LoadGlance& now, LiveGlance& live) const;

  Terminal terminal_;
  bool quiet_;
  bool shown_ = false;
  std::optional<LoadGlance> last_;
};

/// A benchmark's listener that tells `view`, which outlives it.
[[nodiscard]] BenchListener listener_of(LiveView& view);

}  // namespace edgeeval
