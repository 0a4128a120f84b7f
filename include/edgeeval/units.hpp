// SPDX-License-Identifier: Apache-2.0
// Physical and monetary quantities as types, so that joules are never added to watts.
#pragma once

#include <compare>

namespace edgeeval {

/// Exponents of the base dimensions EdgeEval counts in.
struct Dimension {
  int energy = 0;  ///< joule
  int time = 0;    ///< second
  int tokens = 0;  ///< token
  int money = 0;   ///< US dollar
  int co2e = 0;    ///< gram of CO2 equivalent
  int bytes = 0;   ///< byte
  friend constexpr bool operator==(const Dimension&, const Dimension&) = default;
};

/// The dimension of a product.
[[nodiscard]] constexpr Dimension operator+(Dimension a, Dimension b) {
  return {a.energy + b.energy, a.time + b.time, a.tokens + b.tokens,
          a.money + b.money,   a.co2e + b.co2e, a.bytes + b.bytes};
}

/// The dimension of a quotient.
[[nodiscard]] constexpr Dimension operator-(Dimension a, Dimension b) {
  return {a.energy - b.energy, a.time - b.time, a.tokens - b.tokens,
          a.money - b.money,   a.co2e - b.co2e, a.bytes - b.bytes};
}

/// A number with a dimension, held in the base units named at Dimension.
template <Dimension D>
class Quantity {
 public:
  static constexpr Dimension dimension = D;
  constexpr Quantity() = default;
  constexpr explicit Quantity(double value) : value_(value) {}
  /// The number in base units.
  [[nodiscard]] constexpr double value() const { return value_; }

  constexpr Quantity& operator+=(Quantity other) {
    value_ += other.value_;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity other) {
    value_ -= other.value_;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.value_ + b.value_); }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.value_ - b.value_); }
  friend constexpr Quantity operator*(Quantity a, double b) { return Quantity(a.value_ * b); }
  friend constexpr Quantity operator*(double a, Quantity b) { return Quantity(a * b.value_); }
  friend constexpr Quantity operator/(Quantity a, double b) { return Quantity(a.value_ / b); }
  friend constexpr auto operator<=>(Quantity a, Quantity b) = default;

 private:
  double value_ = 0.0;
};

template <Dimension A, Dimension B>
[[nodiscard]] constexpr auto operator*(Quantity<A> a, Quantity<B> b) {
  return Quantity<A + B>(a.value() * b.value());
}

template <Dimension A, Dimension B>
[[nodiscard]] constexpr auto operator/(Quantity<A> a, Quantity<B> b) {
  return Quantity<A - B>(a.value() / b.value());
}

using Scalar = Quantity<Dimension{}>;
using Joules = Quantity<Dimension{.energy = 1}>;
using Seconds = Quantity<Dimension{.time = 1}>;
using Watts = Quantity<Dimension{.energy = 1, .time = -1}>;
using Tokens = Quantity<Dimension{.tokens = 1}>;
using TokensPerSecond = Quantity<Dimension{.time = -1, .tokens = 1}>;
using Usd = Quantity<Dimension{.money = 1}>;
using UsdPerJoule = Quantity<Dimension{.energy = -1, .money = 1}>;
using GramsCo2e = Quantity<Dimension{.co2e = 1}>;
using Bytes = Quantity<Dimension{.bytes = 1}>;
using TokensPerSecondPerByte = Quantity<Dimension{.time = -1, .tokens = 1, .bytes = -1}>;
using PerJoule = Quantity<Dimension{.energy = -1}>;

/// Energy of `kwh` kilowatt-hours.
[[nodiscard]] constexpr Joules kilowatt_hours(double kwh) { return Joules(kwh * 3.6e6); }
/// An electricity price of `usd` dollars for each kilowatt-hour.
[[nodiscard]] constexpr UsdPerJoule usd_per_kilowatt_hour(double usd) { return UsdPerJoule(usd / 3.6e6); }
/// Decimal gigabytes.
[[nodiscard]] constexpr Bytes gigabytes(double gb) { return Bytes(gb * 1e9); }

}  // namespace edgeeval
