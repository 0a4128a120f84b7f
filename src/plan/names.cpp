// SPDX-License-Identifier: Apache-2.0
// The names of adaptations, precisions and stage kinds, as they stand in studies and records.
#include <array>
#include <edgeeval/plan.hpp>
#include <utility>

namespace edgeeval {
namespace {

template <class E, std::size_t N>
using Names = std::array<std::pair<E, std::string_view>, N>;

constexpr Names<Adaptation, 3> kAdaptations{
    {{Adaptation::none, "none"}, {Adaptation::lora, "lora"}, {Adaptation::qlora, "qlora"}}};
constexpr Names<Precision, 4> kPrecisions{{{Precision::fp16, "fp16"},
                                           {Precision::int8, "int8"},
                                           {Precision::int4, "int4"},
                                           {Precision::merged, "merged"}}};
constexpr Names<StageKind, 6> kKinds{{{StageKind::import, "import"},
                                      {StageKind::adapt, "adapt"},
                                      {StageKind::merge, "merge"},
                                      {StageKind::quantize, "quantize"},
                                      {StageKind::serve, "serve"},
                                      {StageKind::score, "score"}}};

template <class E, std::size_t N>
std::string_view name_of(const Names<E, N>& names, E value) {
  for (const auto& [each, name] : names) {
    if (each == value) return name;
  }
  return "?";
}

template <class E, std::size_t N>
std::optional<E> value_of(const Names<E, N>& names, std::string_view name) {
  for (const auto& [value, each] : names) {
    if (each == name) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Adaptation adaptation) noexcept { return name_of(kAdaptations, adaptation); }
std::string_view to_string(Precision precision) noexcept { return name_of(kPrecisions, precision); }
std::string_view to_string(StageKind kind) noexcept { return name_of(kKinds, kind); }
std::optional<Adaptation> adaptation_from(std::string_view name) noexcept {
  return value_of(kAdaptations, name);
}
std::optional<Precision> precision_from(std::string_view name) noexcept {
  return value_of(kPrecisions, name);
}
std::optional<StageKind> stage_kind_from(std::string_view name) noexcept { return value_of(kKinds, name); }

}  // namespace edgeeval
