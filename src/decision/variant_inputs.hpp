// SPDX-License-Identifier: Apache-2.0
// What a record says of the inputs that belong to one variant, each with its spread and its origin.
#pragma once

#include <array>
#include <edgeeval/metrics.hpp>
#include <edgeeval/record.hpp>
#include <map>
#include <string>
#include <vector>

#include "decision/decision.hpp"
#include "decision/figures.hpp"

namespace edgeeval {

/// Correlation groups of energies and powers by the sources that were counted: 1, 2, … in the order of their
/// names, so that the order of variants does not matter.
using GainGroups = std::map<std::string, std::uint32_t>;

/// The groups of all variants of a record.
[[nodiscard]] GainGroups gain_groups(const RunRecord& record);

/// The place of an input in economics::input_table(). `key` must be there.
[[nodiscard]] std::size_t place_of(std::string_view key);

/// Fills the inputs, origins and missing stages of `decision` for `variant`: from `scenario` where the user
/// set them or where they are assumptions, from the record where it tells, else from the scenario's
/// stand-ins. Sets absent_reason where an input that nothing can stand in for is not known. `rows` are those
/// of the variant.
void fill_inputs(const RunRecord& record, const VariantInfo& variant, const Figures& figures,
                 const CostScenario& scenario, const GainGroups& groups, VariantDecision& decision);

}  // namespace edgeeval
