// SPDX-License-Identifier: Apache-2.0
// The study's plain settings as one table: key, range, default, and where the value goes.
#pragma once

#include <edgeeval/plan.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "plan/yaml.hpp"

namespace edgeeval {

/// Where a setting is held.
using SettingSlot = std::variant<int*, double*, std::optional<double>*, std::uint64_t*, std::string*,
                                 std::vector<std::string>*>;

/// One row of the table.
struct SettingField {
  std::string_view section;  ///< "adapt", "engine", "load", "energy" or "prices".
  std::string_view key;      ///< With its unit, as in the study.
  double lo = 0.0;           ///< Least number allowed.
  double hi = 0.0;           ///< Greatest number allowed.
  std::string_view unset;  ///< What stands for a setting that was not given; empty where its default is a value.
  SettingSlot (*slot)(Study&);
};

/// All plain settings, in the order of the documentation.
[[nodiscard]] const std::vector<SettingField>& setting_fields();

/// Reads the sections that are given into `study` and returns every setting as asked for. Defaults that
/// follow from other settings or from the machine (`cores`) are filled in.
[[nodiscard]] std::vector<Setting> read_settings(const YamlMap& root, int cores, Study& study,
                                                 Findings& findings);

/// The effective values of one section, one "key=value" a line: what enters a content key.
[[nodiscard]] std::string section_text(const std::vector<Setting>& settings, std::string_view section);

}  // namespace edgeeval
