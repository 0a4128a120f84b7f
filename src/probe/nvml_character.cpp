// SPDX-License-Identifier: Apache-2.0
#include "probe/nvml_character.hpp"

#include <algorithm>
#include <array>

#include "probe/default_gain.hpp"

namespace edgeeval::nvml {
namespace {

constexpr unsigned kTuring = 6;
constexpr unsigned kAmpere = 7;

/// One line of the table; what is not known of a family is absent.
struct Family {
  const char* label;
  std::optional<double> period_s, averaging_s, lag_s;
  double gain_half_width;
};

// Yang, Adamek, Armour, SC'24 (arXiv 2312.02741), and Overall_Results.xlsx of github.com/JimZeyuYang/
// GPU_Power_Benchmark: boards of one model differ by about 5 %, Turing boards are off by -7.9 to +13.2 %.
// NVIDIA's own word (NVML API reference, nvmlDeviceGetPowerUsage) is 5 % too, for Fermi and Kepler only. The
// same sources for the periods and averagings below; the 1 s mean from Ampere on, but for GA100, is NVIDIA's
// word.
constexpr double kGain = 0.05;

/// Whether `part` stands in the name as a model of its own: "A100-SXM4" does, "RTX A1000" does not.
bool contains(const std::string& name, const std::string& part) {
  const auto at = name.find(part);
  if (at == std::string::npos) return false;
  const auto end = at + part.size();
  return (at == 0 || name[at - 1] == ' ') && (end == name.size() || name[end] < '0' || name[end] > '9');
}

/// Boards on the GA100 chip keep the instantaneous reading of the generations before.
bool ga100(const std::string& name) { return contains(name, "A100") || contains(name, "A30"); }

Family family_of(const std::string& name, unsigned architecture) {
  if (contains(name, "GH200")) return {"GH200", 0.1, 0.015, {}, kGain};
  if (contains(name, "H100") || contains(name, "H200")) return {"Hopper", 0.1, 0.025, {}, kGain};
  switch (architecture) {
    case 4:
      return {"Pascal", 0.02, 0.01, {}, kGain};
    case 5:
      return {"Volta", 0.02, 0.01, {}, kGain};
    case kTuring:
      // The averaging differs between boards of this family (20 ms to 102 ms), so none is claimed; steps take
      // 160 to 300 ms to show, 63 % of them in about half that.
      return {"Turing, not characterised", 0.1, {}, 0.15, kUnstudiedGain};
    case kAmpere:
      if (ga100(name)) return {"GA100", 0.101, 0.025, {}, kGain};
      return {"Ampere", 0.1, {}, {}, kGain};
    case 9:
      return {"Hopper", 0.1, 0.025, {}, kGain};
    case 8:
      return {"Ada", 0.1, {}, {}, kGain};
    default:
      return {"family not in the table", 0.1, {}, {}, kUnstudiedGain};
  }
}

std::optional<Seconds> seconds(std::optional<double> value) {
  return value ? std::optional<Seconds>(Seconds(*value)) : std::nullopt;
}

}  // namespace

std::string architecture_name(std::optional<unsigned> architecture) {
  constexpr std::array<const char*, 9> kNames = {"Kepler", "Maxwell", "Pascal", "Volta",    "Turing",
                                                 "Ampere", "Ada",     "Hopper", "Blackwell"};
  if (!architecture || *architecture < 2 || *architecture - 2 >= kNames.size()) return "unknown architecture";
  return kNames[*architecture - 2];
}

SensorCharacter default_character(const std::string& name, std::optional<unsigned> architecture,
                                  std::optional<PowerWay> way, std::optional<Watts> ceiling) {
  const Family family = family_of(name, architecture.value_or(0));
  SensorCharacter character;
  character.period = seconds(family.period_s);
  character.averaging = seconds(family.averaging_s);
  character.lag = seconds(family.lag_s);
  character.resolution = 1e-3;  // The interfaces count in mJ and mW.
  character.gain_half_width = family.gain_half_width;
  character.ceiling = ceiling;
  character.origin = std::string("default (") + family.label;
  const bool newer = architecture && *architecture >= kAmpere && !ga100(name);
  if (way == PowerWay::average_field || (way == PowerWay::usage_call && newer)) {
    character.averaging = Seconds(1.0);
    character.origin += ", 1 s mean";
  }
  character.origin += ")";
  return character;
}

}  // namespace edgeeval::nvml
