// SPDX-License-Identifier: Apache-2.0
// What keeps the figures of a measurement from being better, in words
#pragma once

#include <string>
#include <vector>

#include "report/measurement.hpp"

namespace edgeeval {

/// Adds `item` where it is not there yet.
void add_once(std::vector<std::string>& items, const std::string& item);

/// Adds to the limits of `summary` which runs failed or were cut short.
void add_end_limits(const Measurement& measurement, MeasurementSummary& summary);

/// Adds to the limits of `summary`, whose sums are made, what is modelled, was not measured, is short or far
/// off.
void add_limits(const Measurement& measurement, MeasurementSummary& summary);

}  // namespace edgeeval
