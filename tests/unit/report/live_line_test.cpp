// SPDX-License-Identifier: Apache-2.0
// The line that tells of a load under way.
#include <gtest/gtest.h>

#include <cstddef>

#include "core/text.hpp"
#include "report/bench_report.hpp"

namespace edgeeval {
namespace {

LiveGlance busy_glance() {
  LiveGlance glance;
  glance.elapsed_s = 12.3;
  glance.remaining_s = 8.0;
  glance.sent = 240;
  glance.ended = 232;
  glance.in_flight = 8;
  glance.planned = 400;
  glance.late = 2;
  glance.rate_rps = 20.1;
  glance.tokens_per_s = 512.0;
  glance.ttft_p50_s = 0.0201;
  glance.ttft_p99_s = 0.035;
  return glance;
}

TEST(LiveLine, TellsAllWhereThereIsRoom) {
  EXPECT_EQ(live_line(busy_glance(), 140),
            "12 s · 8.0 s left · 240/400 sent · 8 in flight · 232 done · 0 failed · 2 late · 20.1 req/s · "
            "512 tok/s · "
            "TTFT 20.1/35.0 ms");
}

TEST(LiveLine, NeverIsWiderThanTheTerminalAndKeepsWhatMattersMost) {
  for (std::size_t columns = 0; columns < 140; ++columns)
    EXPECT_LE(display_width(live_line(busy_glance(), columns)), columns);
  EXPECT_EQ(live_line(busy_glance(), 30), "12 s · 240/400 sent · 0 failed");
  EXPECT_EQ(live_line(busy_glance(), 12), "240/400 sent");
  EXPECT_EQ(live_line(busy_glance(), 3), "");
}

TEST(LiveLine, LeavesOutWhatIsNotKnownYet) {
  LiveGlance glance;
  glance.warming_up = true;
  glance.elapsed_s = 0.4;
  glance.sent = 3;
  glance.in_flight = 3;
  EXPECT_EQ(live_line(glance, 80), "warming up · 0.4 s · 3 sent · 3 in flight · 0 done · 0 failed");
}

}  // namespace
}  // namespace edgeeval
