// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/text.hpp"
#include "report/bench_report.hpp"
#include "report/bench_words.hpp"

namespace edgeeval {
namespace {

/// A piece of the line; those of the highest rank are left out first.
struct Piece {
  int rank = 0;
  std::string text;
};

constexpr std::string_view kBetween = " · ";

std::string joined(const std::vector<Piece>& pieces) {
  std::string line;
  for (const auto& piece : pieces) line += (line.empty() ? "" : std::string(kBetween)) + piece.text;
  return line;
}

std::string ttft_text(const LiveGlance& glance) {
  if (!glance.ttft_p50_s) return {};
  const auto scale = scale_for(std::max(*glance.ttft_p50_s, glance.ttft_p99_s.value_or(0.0)), "s");
  auto text = "TTFT " + scale.text(*glance.ttft_p50_s, 3);
  if (glance.ttft_p99_s) text += "/" + scale.text(*glance.ttft_p99_s, 3);
  return text + " " + scale.unit;
}

}  // namespace

std::string live_line(const LiveGlance& glance, std::size_t columns) {
  std::vector<Piece> pieces;
  const auto add = [&](int rank, std::string text) {
    if (!text.empty()) pieces.push_back({rank, std::move(text)});
  };
  if (glance.warming_up) add(1, "warming up");
  add(2, format_duration(glance.elapsed_s));
  if (glance.remaining_s) add(6, format_duration(*glance.remaining_s) + " left");
  add(0, glance.planned ? fmt::format("{}/{} sent", glance.sent, *glance.planned)
                        : fmt::format("{} sent", glance.sent));
  add(3, fmt::format("{} in flight", glance.in_flight));
  add(7, fmt::format("{} done", glance.ended));
  add(1, fmt::format("{} failed", glance.failed));
  if (glance.late > 0) add(4, fmt::format("{} late", glance.late));
  if (glance.rate_rps) add(5, format_significant(*glance.rate_rps) + " req/s");
  if (glance.tokens_per_s) add(3, format_significant(*glance.tokens_per_s) + " tok/s");
  add(4, ttft_text(glance));
  while (pieces.size() > 1 && display_width(joined(pieces)) > columns) {
    // From the end, so that of two that matter as little the later one goes.
    const auto least = std::max_element(pieces.rbegin(), pieces.rend(),
                                        [](const Piece& a, const Piece& b) { return a.rank < b.rank; });
    pieces.erase(std::next(least).base());
  }
  const auto line = joined(pieces);
  return display_width(line) <= columns ? line : std::string();
}

}  // namespace edgeeval
