// SPDX-License-Identifier: Apache-2.0
// Figures of which a window has one each: throughput, goodput, concurrency, shares, density.
#pragma once

#include <string>
#include <vector>

#include "serving/load_view.hpp"

namespace edgeeval {

/// A window and what its figures are called.
struct NamedWindow {
  std::string name;  ///< "whole" or "steady".
  Stretch stretch;
  bool everything = false;  ///< It is the whole load: nothing is left out by its edges.
  [[nodiscard]] bool holds(std::int64_t ns) const { return everything || stretch.holds(ns); }
};

/// All of one window's. Intervals resample blocks of up to two hundred equal stretches of it.
[[nodiscard]] std::vector<ServingFigure> rate_figures(const LoadView& view, const NamedWindow& window,
                                                      const SummaryOptions& options);

}  // namespace edgeeval
