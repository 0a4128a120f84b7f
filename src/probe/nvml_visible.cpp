// SPDX-License-Identifier: Apache-2.0
#include "probe/nvml_visible.hpp"

#include <fmt/format.h>

#include <charconv>
#include <sstream>

namespace edgeeval::nvml {
namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::size_t> as_index(const std::string& entry) {
  std::size_t index = 0;
  const auto* const end = entry.data() + entry.size();
  const auto [stopped, error] = std::from_chars(entry.data(), end, index);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return index;
}

/// The one device whose UUID begins so; nothing where there is none or several.
std::optional<std::size_t> by_prefix(const std::vector<std::string>& uuids, const std::string& prefix) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < uuids.size(); ++i) {
    if (prefix.empty() || uuids[i].rfind(prefix, 0) != 0) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

/// "MIG-GPU-<uuid>/1/0", as drivers before 470 wrote it, holds the board's UUID.
std::string old_mig_parent(const std::string& entry) {
  constexpr const char* kPrefix = "MIG-GPU-";
  if (entry.rfind(kPrefix, 0) != 0) return {};
  return entry.substr(4, entry.find('/') == std::string::npos ? entry.npos : entry.find('/') - 4);
}

}  // namespace

Visible visible_devices(const std::optional<std::string>& value, const std::vector<std::string>& uuids,
                        const std::function<std::string(const std::string&)>& parent_of) {
  if (!value) return {std::vector<bool>(uuids.size(), true), {}};
  Visible visible{std::vector<bool>(uuids.size(), false), {}};
  bool indices = false;
  std::istringstream entries(*value);
  for (std::string raw; std::getline(entries, raw, ',');) {
    const auto entry = trimmed(raw);
    std::optional<std::size_t> device;
    if (const auto index = as_index(entry)) {
      indices = true;
      if (*index < uuids.size()) device = index;
    } else if (entry.rfind("MIG-", 0) == 0) {
      const auto old = old_mig_parent(entry);
      device = by_prefix(uuids, old.empty() ? parent_of(entry) : old);
    } else if (entry.rfind("GPU-", 0) == 0) {
      device = by_prefix(uuids, entry);
    }
    if (!device) {
      visible.notes.push_back(fmt::format(
          "CUDA_VISIBLE_DEVICES: \"{}\" names no GPU here; it and what follows is ignored, as CUDA does",
          entry));
      break;
    }
    visible.allowed[*device] = true;
  }
  if (indices && uuids.size() > 1) {
    visible.notes.emplace_back(
        "CUDA_VISIBLE_DEVICES holds indices: they are counted in the order of PCI addresses, as CUDA does "
        "with "
        "CUDA_DEVICE_ORDER=PCI_BUS_ID; name UUIDs to be sure");
  }
  return visible;
}

}  // namespace edgeeval::nvml
