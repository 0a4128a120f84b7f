// SPDX-License-Identifier: Apache-2.0
#include "bench_view.hpp"

#include <cstdio>

namespace edgeeval {

void LiveView::note(const std::string& text) {
  if (quiet_) return;
  clear();
  print_if_possible(stderr, text + "\n");
}

void LiveView::show(const LoadGlance& glance) {
  if (quiet_ || !terminal_.interactive) return;
  LiveGlance live;
  live.elapsed_s = glance.elapsed_s;
  live.sent = glance.sent;
  live.ended = glance.ended;
  live.failed = glance.failed;
  live.in_flight = glance.in_flight;
  live.late = glance.late;
  live.planned = glance.planned;
  live.warming_up = glance.warming_up;
  if (glance.ttft_ms) live.ttft_p50_s = *glance.ttft_ms * 1e-3;
  put_rates(glance, live);
  if (live.planned && glance.ended > 0 && *live.planned > glance.ended) {
    live.remaining_s = glance.elapsed_s / static_cast<double>(glance.ended) *
                       static_cast<double>(*live.planned - glance.ended);
  }
  print_if_possible(stderr, "\r\x1b[K" + live_line(live, static_cast<std::size_t>(terminal_.columns) - 1));
  std::fflush(stderr);
  shown_ = true;
  last_ = glance;
}

void LiveView::clear() {
  if (shown_) print_if_possible(stderr, "\r\x1b[K");
  shown_ = false;
}

/// Rates since the last glance.
void LiveView::put_rates(const LoadGlance& now, LiveGlance& live) const {
  if (!last_ || now.elapsed_s <= last_->elapsed_s || now.ended < last_->ended) return;
  const double passed = now.elapsed_s - last_->elapsed_s;
  live.rate_rps = static_cast<double>(now.ended - last_->ended) / passed;
  if (now.tokens >= last_->tokens)
    live.tokens_per_s = static_cast<double>(now.tokens - last_->tokens) / passed;
}

BenchListener listener_of(LiveView& view) {
  BenchListener listener;
  listener.on_note = [&view](const std::string& text) { view.note(text); };
  listener.on_glance = [&view](const LoadGlance& glance) { view.show(glance); };
  return listener;
}

}  // namespace edgeeval
