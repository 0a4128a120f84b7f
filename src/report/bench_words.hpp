// SPDX-License-Identifier: Apache-2.0
// Words of others made harmless, and figures of a load as cells of a table.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/serving_metrics.hpp"
#include "serving/summary.hpp"

namespace edgeeval {

/// `text` as valid UTF-8 on one line, with nothing that steers a terminal or turns the order of letters
/// around, and at most `most` characters long, "…" where more was cut off.
[[nodiscard]] std::string shown(std::string_view text, std::size_t most = 160);

/// A value of that unit, with unit: "20.1 ms" for 0.0201 s; "–" where it is not finite.
[[nodiscard]] std::string with_unit(double value, std::string_view unit);

/// A unit for a whole row, so that its cells can be compared: seconds become ms or µs by the largest of them.
struct Scale {
  double factor = 1.0;
  std::string unit;
  [[nodiscard]] std::string text(double value, int digits = 4) const;
};
[[nodiscard]] Scale scale_for(double largest, std::string_view unit);

/// Title and unit of a metric; its id where the table does not know it.
[[nodiscard]] std::string metric_title(std::string_view id);
[[nodiscard]] std::string metric_unit(const ServingFigure& figure);

/// The figure of a metric over a window, or nullptr.
[[nodiscard]] const ServingFigure* find_figure(const ServingSummary& summary, std::string_view metric,
                                               std::string_view window);
/// The quantile, or nullptr.
[[nodiscard]] const QuantileFigure* find_quantile(const Distribution& distribution, double p);

/// "p50", "p99.9".
[[nodiscard]] std::string quantile_name(double p);

/// What stands where a value itself may not be shown.
inline constexpr std::string_view kInsufficient = "insufficient";

/// Whether fewer values were seen than a 99 % upper bound needs (the floor of MLPerf LoadGen's early
/// stopping: 11 for p50, 64 for p90, 662 for p99). The value is a value that was seen all the same.
[[nodiscard]] bool lacks_bound(const QuantileFigure& quantile);

/// "20.1 [19.9, 20.3]"; a dash stands for a bound that is not there: "20.1 [19.9, –]", "20.1 [–]".
/// "insufficient" where there is no value.
[[nodiscard]] std::string quantile_cell(const QuantileFigure& quantile, const Scale& scale);

/// A fact with sign, interval and unit: "~4.9 J [3.1, 7.2], modelled".
[[nodiscard]] std::string fact_text(const Fact& fact);

}  // namespace edgeeval
