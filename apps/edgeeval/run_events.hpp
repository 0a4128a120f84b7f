// SPDX-License-Identifier: Apache-2.0
// A run as another program sees it: one JSON object a line.
#pragma once

#include <cstdio>
#include <edgeeval/runner.hpp>

namespace edgeeval {

/// Writes each event to `stream` (stdout) as one JSON line with an "event" key.
class RunEvents final : public ProgressListener {
 public:
  explicit RunEvents(std::FILE* stream) : stream_(stream) {}
  void on_event(const Event& event) override;

 private:
  std::FILE* stream_;
};

}  // namespace edgeeval
