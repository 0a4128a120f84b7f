// SPDX-License-Identifier: Apache-2.0
#include "record/ledger.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace edgeeval {
namespace {

bool has_flag(const EnergyEntry& entry, const char* flag) {
  return std::find(entry.flags.begin(), entry.flags.end(), flag) != entry.flags.end();
}

/// Whether a parent named by a point or a source id is `source`: a point's watts have the id "POINT#power".
bool is_point_of(const std::string& parent, const std::string& source) {
  return parent == source || source.substr(0, source.find('#')) == parent;
}

bool is_wall(const EnergyEntry& entry) { return entry.boundary == "wall" || entry.domain == "wall"; }
bool is_platform(const std::string& domain, const std::string& boundary) {
  return domain == "psys" || boundary == "psys" || boundary == "platform";
}
bool is_platform(const EnergyEntry& entry) { return is_platform(entry.domain, entry.boundary); }

const EnergyEntry* entry_at(const WindowRecord& window, const std::string& point) {
  if (point.empty()) return nullptr;
  const auto found = std::find_if(window.energy.begin(), window.energy.end(), [&](const EnergyEntry& entry) {
    return is_point_of(point, entry.source) && !has_flag(entry, "mirror");
  });
  return found == window.energy.end() ? nullptr : &*found;
}

/// Whether the platform's domain gives way to packages that are read themselves.
bool platform_stands_apart(const WindowRecord& window) {
  return std::any_of(window.energy.begin(), window.energy.end(), [](const EnergyEntry& entry) {
    return entry.boundary == "package" && !has_flag(entry, "mirror");
  });
}

/// Whether an entry of the window that counts contains what `parent` names.
bool contained(const WindowRecord& window, const std::string& source, const std::string& parent) {
  const auto* holder = entry_at(window, parent);
  if (holder == nullptr || holder->source == source) return false;
  return !(is_platform(*holder) && platform_stands_apart(window));
}

/// The entries that no other entry contains, the wall left out.
std::vector<const EnergyEntry*> parts_of(const WindowRecord& window) {
  std::vector<const EnergyEntry*> parts;
  const bool apart = platform_stands_apart(window);
  for (const auto& entry : window.energy) {
    if (is_wall(entry) || has_flag(entry, "mirror") || (is_platform(entry) && apart)) continue;
    const auto* holder = entry_at(window, entry.parent);
    const bool by_wall = holder != nullptr && is_wall(*holder);
    if (by_wall || !contained(window, entry.source, entry.parent)) parts.push_back(&entry);
  }
  return parts;
}

/// Meters of the whole machine that no other one of the window contains: a plug holds the server's supply.
std::vector<const EnergyEntry*> walls_of(const WindowRecord& window) {
  std::vector<const EnergyEntry*> walls;
  for (const auto& entry : window.energy) {
    if (!is_wall(entry) || has_flag(entry, "mirror")) continue;
    const auto* holder = entry_at(window, entry.parent);
    if (holder == nullptr || !is_wall(*holder)) walls.push_back(&entry);
  }
  return walls;
}

/// Domains whose source failed and that nothing counted holds.
std::vector<std::string> missing_in(const WindowRecord& window,
                                    const std::vector<const EnergyEntry*>& counted) {
  std::set<std::string> missing;
  const bool wall_counted = !counted.empty() && is_wall(*counted.front());
  for (const auto& absent : window.voids) {
    const bool wall = absent.boundary == "wall" || absent.domain == "wall";
    if (wall_counted && !wall) continue;
    if (is_platform(absent.domain, absent.boundary) && platform_stands_apart(window)) continue;
    if (contained(window, absent.source, absent.parent)) continue;
    // Another source of the same point has told it.
    if (entry_at(window, absent.source.substr(0, absent.source.find('#'))) != nullptr) continue;
    const bool beside = std::any_of(counted.begin(), counted.end(),
                                    [&](const EnergyEntry* entry) { return entry->domain == absent.domain; });
    missing.insert(beside ? absent.domain + " (" + absent.boundary + ")" : absent.domain);
  }
  return {missing.begin(), missing.end()};
}

std::string device_of(const EnergyEntry& entry) {
  return entry.device.empty() ? entry.source.substr(0, entry.source.find('#')) : entry.device;
}

double squared(double x) { return x * x; }

/// Whether gain and own bounds went together as independent 95 % half-widths; where the own bounds are hard,
/// each bound was widened by the gain.
bool in_quadrature(const EnergyEntry& entry) {
  if (entry.hard_bounds) return !*entry.hard_bounds;
  const bool cut = has_flag(entry, "reset") || has_flag(entry, "glitch");
  return entry.method == "integral" || has_flag(entry, "disagrees") ||
         (entry.method == "counter and integral" && cut);
}

double gain_half_width(const std::map<std::string, double>& gain_j) {
  double sum = 0.0;
  for (const auto& [device, width] : gain_j) sum += squared(width);
  return std::sqrt(sum);
}

/// Adds entries into one total.
class Adder {
 public:
  void add(const EnergyEntry& entry) {
    const Fact& joules = entry.joules;
    total_.joules.value += joules.value;
    grade_ = count_ == 0 ? joules.grade : weaker(weaker(grade_, joules.grade), Grade::computed);
    ++count_;
    if (joules.grade == Grade::measured || joules.grade == Grade::computed) measured_ += joules.value;
    bounded_ = bounded_ || joules.lo || joules.hi;
    const auto own = own_bounds(entry);
    total_.open_above = total_.open_above || !own.hi;
    add_spread(joules.value - own.lo, own.hi.value_or(joules.value) - joules.value, own.hard);
    if (entry.common_relative) {
      const double gain = *entry.common_relative;
      const auto device = device_of(entry);
      total_.gain_j[device] += std::abs(joules.value) * gain;
      // As in the entry's own interval: hard bounds are each widened by their own share.
      gain_down_j_[device] += gain * std::abs(own.hard ? own.lo : joules.value);
      gain_up_j_[device] += gain * std::abs(own.hard ? own.hi.value_or(joules.value) : joules.value);
    }
    may_be_negative_ = may_be_negative_ || joules.lo.value_or(joules.value) < 0.0;
    sources_.insert(entry.source);
    sources_.insert(joules.sources.begin(), joules.sources.end());
    counted_.insert(entry.source);
    flags_.insert(entry.flags.begin(), entry.flags.end());
  }
  void miss(const std::vector<std::string>& domains) { missing_.insert(domains.begin(), domains.end()); }

  [[nodiscard]] std::optional<EnergyTotal> total() {
    if (count_ == 0) return std::nullopt;
    auto& joules = total_.joules;
    joules.unit = "J";
    joules.grade = grade_;
    joules.sources.assign(sources_.begin(), sources_.end());
    total_.chance = {std::sqrt(total_.chance.down), std::sqrt(total_.chance.up)};
    // What is missing adds an unknown amount: the sum is a lower bound.
    total_.open_above = total_.open_above || !missing_.empty();
    bounded_ = bounded_ || !missing_.empty();
    if (bounded_) {
      const double lo =
          joules.value - total_.hard.down - std::hypot(total_.chance.down, gain_half_width(gain_down_j_));
      joules.lo = may_be_negative_ ? lo : std::max(0.0, lo);
    }
    if (bounded_ && !total_.open_above)
      joules.hi = joules.value + total_.hard.up + std::hypot(total_.chance.up, gain_half_width(gain_up_j_));
    total_.measured_share = joules.value > 0.0 ? std::clamp(measured_ / joules.value, 0.0, 1.0)
                                               : (grade_ <= Grade::computed ? 1.0 : 0.0);
    total_.missing.assign(missing_.begin(), missing_.end());
    total_.counted.assign(counted_.begin(), counted_.end());
    total_.flags.assign(flags_.begin(), flags_.end());
    return std::move(total_);
  }

 private:
  void add_spread(double down, double up, bool hard) {
    if (hard) {
      total_.hard.down += down;
      total_.hard.up += up;
    } else {
      total_.chance.down += squared(down);
      total_.chance.up += squared(up);
    }
  }
  EnergyTotal total_;
  Grade grade_ = Grade::measured;
  std::size_t count_ = 0;
  double measured_ = 0.0;
  bool bounded_ = false;
  bool may_be_negative_ = false;                           ///< Some part is net of idle.
  std::map<std::string, double> gain_down_j_, gain_up_j_;  ///< By device.
  std::set<std::string> sources_, counted_, flags_, missing_;
};

/// Wall less parts; bounds as if all were independent, since a meter and a sensor share no gain.
std::optional<Fact> unexplained(const EnergyTotal& wall, const EnergyTotal& parts) {
  Fact rest{wall.joules.value - parts.joules.value,
            "J",
            {},
            {},
            weaker(weaker(wall.joules.grade, parts.joules.grade), Grade::computed),
            wall.joules.sources};
  rest.sources.insert(rest.sources.end(), parts.joules.sources.begin(), parts.joules.sources.end());
  const auto lo = wall.joules.lo.value_or(wall.joules.value) - parts.joules.hi.value_or(parts.joules.value);
  const auto hi = wall.joules.hi.value_or(wall.joules.value) - parts.joules.lo.value_or(parts.joules.value);
  if ((wall.joules.lo || parts.joules.lo) && !parts.open_above) rest.lo = lo;
  if ((wall.joules.hi || parts.joules.lo) && !wall.open_above) rest.hi = hi;
  return rest;
}

}  // namespace

OwnBounds own_bounds(const EnergyEntry& entry) {
  const Fact& joules = entry.joules;
  const double c = entry.common_relative.value_or(0.0);
  const double lo = joules.lo.value_or(joules.value);
  const double hi = joules.hi.value_or(joules.value);
  OwnBounds own;
  own.hard = entry.hard_bounds.value_or(entry.method != "integral");
  if (in_quadrature(entry)) {
    const double gain = std::abs(joules.value) * c;
    const auto without = [&](double width) {
      return std::sqrt(std::max(0.0, squared(width) - squared(gain)));
    };
    own.lo = joules.value - without(joules.value - lo);
    own.hi = joules.value + without(hi - joules.value);
  } else {
    own.lo = std::min(joules.value, lo >= 0.0 ? lo / std::max(1.0 - c, 1e-9) : lo / (1.0 + c));
    own.hi = std::max(joules.value, hi >= 0.0 ? hi / (1.0 + c) : hi / std::max(1.0 - c, 1e-9));
  }
  if (joules.lo && !joules.hi) own.hi.reset();
  return own;
}

void set_joules(EnergyEntry& entry, double value, double lo, std::optional<double> hi) {
  const double c = entry.common_relative.value_or(0.0);
  entry.joules.value = value;
  entry.joules.hi.reset();
  if (in_quadrature(entry)) {
    entry.joules.lo = value - std::hypot(value - lo, c * value);
    if (hi) entry.joules.hi = value + std::hypot(*hi - value, c * value);
  } else {
    entry.joules.lo = lo - c * std::abs(lo);
    if (hi) entry.joules.hi = *hi + c * std::abs(*hi);
  }
}

std::optional<EnergyTotal> add_up(const Windows& windows) {
  Adder sum;
  Adder parts;
  bool wall_everywhere = !windows.empty();
  for (const auto* window : windows) {
    const auto inner = parts_of(*window);
    const auto walls = walls_of(*window);
    const auto& counted = walls.empty() ? inner : walls;
    for (const auto* entry : counted) sum.add(*entry);
    for (const auto* entry : inner) parts.add(*entry);
    sum.miss(missing_in(*window, counted));
    parts.miss(missing_in(*window, inner));
    wall_everywhere = wall_everywhere && !walls.empty() && !inner.empty();
  }
  auto total = sum.total();
  if (!total || !wall_everywhere) return total;
  if (const auto inside = parts.total(); inside && inside->missing.empty()) {
    total->unexplained = unexplained(*total, *inside);
  }
  return total;
}

std::optional<Fact> total_energy(const WindowRecord& window) {
  const auto total = add_up({&window});
  return total ? std::optional(total->joules) : std::nullopt;
}

std::optional<Fact> energy_ratio(const Windows& a, const Windows& b) {
  const auto above = add_up(a);
  const auto below = add_up(b);
  if (!above || !below || below->joules.value <= 0.0 || above->missing != below->missing) return std::nullopt;
  const double over = above->joules.value;
  const double under = below->joules.value;
  Fact ratio{over / under,
             "1",
             {},
             {},
             weaker(weaker(above->joules.grade, below->joules.grade), Grade::computed),
             {}};
  std::set<std::string> sources(above->joules.sources.begin(), above->joules.sources.end());
  sources.insert(below->joules.sources.begin(), below->joules.sources.end());
  ratio.sources.assign(sources.begin(), sources.end());
  if (!above->joules.lo && !above->joules.hi && !below->joules.lo && !below->joules.hi) return ratio;
  // To first order a gain error g of a device moves the ratio by g · (its share above − its share below).
  std::map<std::string, double> left;
  for (const auto& [device, width] : above->gain_j) left[device] += width / std::max(over, 1e-300);
  for (const auto& [device, width] : below->gain_j) left[device] -= width / under;
  const double gain = ratio.value * gain_half_width(left);
  const auto chance = [&](double numerator, double denominator) {
    return std::sqrt(squared(numerator / under) + squared(ratio.value * denominator / under) + squared(gain));
  };
  const double most = under + below->hard.up;
  const double least = under - below->hard.down;
  if (!below->open_above)
    ratio.lo = (over - above->hard.down) / most - chance(above->chance.down, below->chance.up);
  else
    ratio.lo = 0.0;
  if (!above->open_above && least > 0.0)
    ratio.hi = (over + above->hard.up) / least + chance(above->chance.up, below->chance.down);
  return ratio;
}

}  // namespace edgeeval
