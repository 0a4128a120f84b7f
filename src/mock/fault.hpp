// SPDX-License-Identifier: Apache-2.0
// What can go wrong with a reply, by name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mock/script.hpp"

namespace edgeeval::mock {

/// One way in which a reply differs from a good one.
struct Fault {
  std::string_view name;
  std::string_view meaning;     ///< One line.
  void (*apply)(ReplyScript&);  ///< Changes the reply it befalls.
};

/// All faults, in the order of the documentation.
[[nodiscard]] std::span<const Fault> faults();
/// The fault of that name, or null.
[[nodiscard]] const Fault* find_fault(std::string_view name);
/// The names of all faults.
[[nodiscard]] std::vector<std::string> fault_names();
/// A line a fault: its name and meaning.
[[nodiscard]] std::string faults_text();

}  // namespace edgeeval::mock
