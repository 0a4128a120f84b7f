// SPDX-License-Identifier: Apache-2.0
// The fields of a request as one table: what each is called in files, how it is written, and how it is read.
#pragma once

#include <simdjson.h>

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "record/json_text.hpp"
#include "record/load_record.hpp"

namespace edgeeval {

/// Whether a number can be one of a load's: below 2^62, so that no difference of two overflows. Clocks count
/// nanoseconds from the machine's start, and so take 146 years to get there.
[[nodiscard]] constexpr bool is_recordable(std::int64_t number) {
  constexpr std::int64_t kBeyond = std::int64_t{1} << 62;
  return number > -kBeyond && number < kBeyond;
}

/// One field of a record `R`.
template <class R>
struct LoadField {
  std::string_view key;
  void (*put)(const R&, std::string_view key, JsonObject&);  ///< Writes nothing where it is absent.
  bool (*take)(R&, simdjson::dom::element);                  ///< False where the value is of another type.
};

/// Reads `value` into a plain number, flag or text; false where it does not fit.
template <class T>
[[nodiscard]] bool take_value(T& target, simdjson::dom::element value) {
  if constexpr (std::is_same_v<T, std::string>) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return false;
    target = text;
  } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, double>) {
    return value.get(target) == simdjson::SUCCESS;
  } else if constexpr (std::is_signed_v<T>) {
    std::int64_t number = 0;
    if (value.get(number) != simdjson::SUCCESS || !std::in_range<T>(number)) return false;
    if (!is_recordable(number)) return false;
    target = static_cast<T>(number);
  } else {
    std::uint64_t number = 0;
    if (value.get(number) != simdjson::SUCCESS || !std::in_range<T>(number)) return false;
    target = static_cast<T>(number);
  }
  return true;
}

template <class T>
[[nodiscard]] bool take_value(std::optional<T>& target, simdjson::dom::element value) {
  T taken{};
  if (!take_value(taken, value)) return false;
  target = taken;
  return true;
}

/// The field behind a pointer to member.
template <class R, auto Member>
constexpr LoadField<R> load_field(std::string_view key) {
  return {key,
          [](const R& record, std::string_view name, JsonObject& out) { out.member(name, record.*Member); },
          [](R& record, simdjson::dom::element value) { return take_value(record.*Member, value); }};
}

/// A text that is left out where it is empty.
template <class R, auto Member>
constexpr LoadField<R> text_field(std::string_view key) {
  return {key,
          [](const R& record, std::string_view name, JsonObject& out) {
            if (!(record.*Member).empty()) out.member(name, std::string_view(record.*Member));
          },
          [](R& record, simdjson::dom::element value) { return take_value(record.*Member, value); }};
}

/// All fields of a request but its events, in the order in which they are written.
[[nodiscard]] std::span<const LoadField<RequestRecord>> request_fields();

/// Reads the members of `object` by the table; a key that no field has is passed over. Returns the key of the
/// first member that does not fit, or nothing. Members mostly come in the order of the table, so the search
/// for each begins after the one before.
template <class R>
[[nodiscard]] std::optional<std::string_view> take_fields(std::span<const LoadField<R>> fields, R& record,
                                                          simdjson::dom::object object) {
  std::size_t next = 0;
  for (const auto member : object) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const auto& field = fields[(next + i) % fields.size()];
      if (field.key != member.key) continue;
      if (!field.take(record, member.value)) return field.key;
      next = (next + i + 1) % fields.size();
      break;
    }
  }
  return std::nullopt;
}

}  // namespace edgeeval
