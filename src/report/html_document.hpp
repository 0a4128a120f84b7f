// SPDX-License-Identifier: Apache-2.0
// A study's page put together, with the script that it is given.
#pragma once

#include <edgeeval/reporter.hpp>
#include <iosfwd>

#include "report/web_assets.hpp"

namespace edgeeval::html {

/// Writes the page. Without a script in `assets` it is the same page without charts and sliders.
void document(const StudyReport& report, const WebAssets& assets, std::ostream& out);

}  // namespace edgeeval::html
