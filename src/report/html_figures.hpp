// SPDX-License-Identifier: Apache-2.0
// Figures of a decision as a page words them: three digits, thousands apart, bands in brackets.
#pragma once

#include <string>

#include "economics/uncertainty.hpp"

namespace edgeeval::html {

/// 224938 as "225,000": three digits are all that an assumption carries.
[[nodiscard]] std::string grouped(double value);

/// "median [5 %, 95 %]" of a band times `scale`; ∞ where an end is open.
[[nodiscard]] std::string band_words(const economics::Band& band, double scale = 1.0);

/// The same of a time in seconds, in hours, days or years.
[[nodiscard]] std::string duration_text(const economics::Band& band);

/// The same of a reversal: ∞ where local stays the cheaper for good.
[[nodiscard]] std::string reversal_words(const economics::Band& band);

}  // namespace edgeeval::html
