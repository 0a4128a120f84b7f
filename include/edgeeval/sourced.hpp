// SPDX-License-Identifier: Apache-2.0
// A number that says where it comes from and how sure it is.
#pragma once

#include <algorithm>
#include <edgeeval/units.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edgeeval {

/// How a number came to be, strongest first. Arithmetic keeps the weakest grade of its inputs.
enum class Grade {
  measured,   ///< Read from a sensor, a clock or a counter.
  computed,   ///< Derived from measured numbers alone.
  modelled,   ///< Estimated by a model (a TDP curve, watts per virtual CPU…), with the model's interval.
  published,  ///< Somebody else's figure: perhaps measured, but without raw samples or interval to check it
              ///< by.
  assumed,    ///< Supplied without measurement: a price, a nominal size, a user's figure.
};

/// The stable lower-case name of a grade.
[[nodiscard]] std::string_view to_string(Grade grade) noexcept;
/// The grade of that name, or nothing.
[[nodiscard]] std::optional<Grade> grade_from(std::string_view name) noexcept;
/// The weaker of two grades.
[[nodiscard]] constexpr Grade weaker(Grade a, Grade b) { return a < b ? b : a; }

class Probe;
class RecordedReading;

/// The right to call a number measured. Only probes can mint one, and the record reader, which
/// restores what a probe has minted before.
class MeasurementKey {
  friend class Probe;
  friend class RecordedReading;
  MeasurementKey() = default;
};

/// Bounds of a quantity; `lo <= hi`, either may be infinite.
template <class Q>
struct Interval {
  Q lo;
  Q hi;
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// A quantity with its grade, its sources, and its interval where one is known.
template <class Q>
class Sourced {
 public:
  using Bounds = std::optional<Interval<Q>>;
  using Sources = std::vector<std::string>;

  /// A sensor's reading; needs the key that only a probe can mint.
  [[nodiscard]] static Sourced measured(MeasurementKey, Q value, Sources sources, Bounds bounds = {}) {
    return Sourced(value, Grade::measured, std::move(sources), bounds);
  }
  /// Derived from measured numbers by a rule that the sources name.
  [[nodiscard]] static Sourced computed(Q value, Sources sources, Bounds bounds = {}) {
    return Sourced(value, Grade::computed, std::move(sources), bounds);
  }
  /// A model's estimate; the interval is not optional.
  [[nodiscard]] static Sourced modelled(Q value, Sources sources, Interval<Q> bounds) {
    return Sourced(value, Grade::modelled, std::move(sources), bounds);
  }
  /// A figure from somebody else's tables.
  [[nodiscard]] static Sourced published(Q value, Sources sources, Bounds bounds = {}) {
    return Sourced(value, Grade::published, std::move(sources), bounds);
  }
  /// A figure taken on trust from the study, a price table or a nominal size.
  [[nodiscard]] static Sourced assumed(Q value, Sources sources, Bounds bounds = {}) {
    return Sourced(value, Grade::assumed, std::move(sources), bounds);
  }
  /// The result of arithmetic on sourced numbers: never stronger than computed.
  [[nodiscard]] static Sourced derived(Q value, Grade weakest, Sources sources, Bounds bounds = {}) {
    return Sourced(value, weaker(weakest, Grade::computed), std::move(sources), bounds);
  }

  [[nodiscard]] Q value() const { return value_; }
  [[nodiscard]] Grade grade() const { return grade_; }
  [[nodiscard]] const Sources& sources() const { return sources_; }
  [[nodiscard]] const Bounds& bounds() const { return bounds_; }
  /// The lower bound, or the value itself where no interval is known.
  [[nodiscard]] Q lo() const { return bounds_ ? bounds_->lo : value_; }
  /// The upper bound, or the value itself where no interval is known.
  [[nodiscard]] Q hi() const { return bounds_ ? bounds_->hi : value_; }

 private:
  Sourced(Q value, Grade grade, Sources sources, Bounds bounds)
      : value_(value), grade_(grade), sources_(std::move(sources)), bounds_(bounds) {
    std::sort(sources_.begin(), sources_.end());
    sources_.erase(std::unique(sources_.begin(), sources_.end()), sources_.end());
  }
  Q value_;
  Grade grade_;
  Sources sources_;
  Bounds bounds_;
};

namespace detail {
template <class A, class B>
[[nodiscard]] std::vector<std::string> joined(const Sourced<A>& a, const Sourced<B>& b) {
  auto sources = a.sources();
  sources.insert(sources.end(), b.sources().begin(), b.sources().end());
  return sources;
}

/// Extremes of a binary operation over two intervals, taken at the corners; exact where the
/// operation is monotone in each argument over them.
template <class A, class B, class Op>
[[nodiscard]] auto combine(const Sourced<A>& a, const Sourced<B>& b, Op op) {
  using Q = decltype(op(a.value(), b.value()));
  typename Sourced<Q>::Bounds bounds;
  if (a.bounds() || b.bounds()) {
    const auto corners = {op(a.lo(), b.lo()), op(a.lo(), b.hi()), op(a.hi(), b.lo()), op(a.hi(), b.hi())};
    bounds = Interval<Q>{std::min(corners), std::max(corners)};
  }
  return Sourced<Q>::derived(op(a.value(), b.value()), weaker(a.grade(), b.grade()), joined(a, b), bounds);
}
}  // namespace detail

template <class Q>
[[nodiscard]] Sourced<Q> operator+(const Sourced<Q>& a, const Sourced<Q>& b) {
  return detail::combine(a, b, [](Q x, Q y) { return x + y; });
}
template <class Q>
[[nodiscard]] Sourced<Q> operator-(const Sourced<Q>& a, const Sourced<Q>& b) {
  return detail::combine(a, b, [](Q x, Q y) { return x - y; });
}
template <class A, class B>
[[nodiscard]] auto operator*(const Sourced<A>& a, const Sourced<B>& b) {
  return detail::combine(a, b, [](A x, B y) { return x * y; });
}
/// The quotient; the divisor's interval must not hold zero (callers check with straddles_zero).
template <class A, class B>
[[nodiscard]] auto operator/(const Sourced<A>& a, const Sourced<B>& b) {
  return detail::combine(a, b, [](A x, B y) { return x / y; });
}

/// Whether the interval of `q` holds zero, so that dividing by it would be unbounded.
template <class Q>
[[nodiscard]] bool straddles_zero(const Sourced<Q>& q) {
  return q.lo().value() <= 0.0 && q.hi().value() >= 0.0;
}

}  // namespace edgeeval
