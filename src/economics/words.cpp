// SPDX-License-Identifier: Apache-2.0
#include "economics/outcome.hpp"
#include "economics/uncertainty.hpp"

namespace edgeeval::economics {

std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::local:
      return "local";
    case Verdict::api:
      return "api";
    case Verdict::never:
      return "never";
  }
  return "api";
}

std::string_view to_string(Decision decision) noexcept {
  switch (decision) {
    case Decision::local:
      return "local";
    case Decision::api:
      return "api";
    case Decision::undecided:
      return "undecided";
    case Decision::never:
      return "never";
  }
  return "undecided";
}

}  // namespace edgeeval::economics
