// SPDX-License-Identifier: Apache-2.0
#include "mock/law.hpp"

#include <charconv>
#include <cmath>
#include <numbers>
#include <sstream>
#include <vector>

namespace edgeeval::mock {
namespace {

constexpr double kLongestS = 1e6;
constexpr const char* kLawHint =
    "allowed: \"20ms\", \"uniform 10ms 30ms\", \"exponential 20ms\", \"lognormal 20ms 0.5\"";

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

Nanos of_seconds(double seconds) { return Nanos(std::llround(seconds * 1e9)); }

double seconds_of(Nanos time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

Result<Nanos> parse_duration(std::string_view text) {
  constexpr const char* kHint = "a number and a unit: 20ms, 1.5s, 250us, 0ns";
  double number = 0.0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto unit_text = text.substr(static_cast<std::size_t>(end - text.data()));
  double scale = 0.0;
  if (unit_text == "s") scale = 1.0;
  if (unit_text == "ms") scale = 1e-3;
  if (unit_text == "us") scale = 1e-6;
  if (unit_text == "ns") scale = 1e-9;
  const double seconds = number * scale;
  if (problem != std::errc() || scale == 0.0 || !(seconds >= 0.0) || seconds > kLongestS)
    return fail(ErrorCode::usage, "\"" + std::string(text) + "\" is no duration", {}, kHint);
  return of_seconds(seconds);
}

double unit(SplitMix64& random) { return static_cast<double>(random.next() >> 11U) * 0x1.0p-53; }

Nanos Law::draw(SplitMix64& random) const {
  switch (kind) {
    case Kind::constant:
      return first;
    case Kind::uniform:
      return first + of_seconds(seconds_of(second - first) * unit(random));
    case Kind::exponential:
      // 1 - u lies in (0, 1], so the logarithm is finite.
      return of_seconds(-seconds_of(first) * std::log(1.0 - unit(random)));
    case Kind::lognormal: {
      const double radius = std::sqrt(-2.0 * std::log(1.0 - unit(random)));
      const double normal = radius * std::cos(2.0 * std::numbers::pi * unit(random));
      return of_seconds(std::min(seconds_of(first) * std::exp(sigma * normal), kLongestS));
    }
  }
  return first;
}

Nanos Law::mean() const {
  if (kind == Kind::uniform) return (first + second) / 2;
  if (kind == Kind::lognormal) return of_seconds(seconds_of(first) * std::exp(sigma * sigma / 2.0));
  return first;
}

Result<Law> parse_law(std::string_view text) {
  const auto words = words_of(text);
  const auto bad = [&] {
    return fail(ErrorCode::usage, "\"" + std::string(text) + "\" is no law", {}, kLawHint);
  };
  if (words.empty()) return bad();
  const auto first = parse_duration(words[words.size() > 1 ? 1 : 0]);
  if (!first) return bad();
  if (words.size() == 1) return Law{Law::Kind::constant, *first};
  if (words[0] == "constant" && words.size() == 2) return Law{Law::Kind::constant, *first};
  if (words[0] == "exponential" && words.size() == 2) return Law{Law::Kind::exponential, *first};
  if (words[0] == "uniform" && words.size() == 3) {
    const auto second = parse_duration(words[2]);
    if (!second || *second < *first) return bad();
    return Law{Law::Kind::uniform, *first, *second};
  }
  if (words[0] == "lognormal" && words.size() == 3) {
    double sigma = 0.0;
    const auto* last = words[2].data() + words[2].size();
    const auto [end, problem] = std::from_chars(words[2].data(), last, sigma);
    if (problem != std::errc() || end != last || !(sigma >= 0.0) || sigma > 5.0) return bad();
    return Law{Law::Kind::lognormal, *first, Nanos(0), sigma};
  }
  return bad();
}

}  // namespace edgeeval::mock
