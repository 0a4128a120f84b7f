// SPDX-License-Identifier: Apache-2.0
// Records as JSON and back. Keys carry units; absent values are left out, never zero.
#pragma once

#include <edgeeval/record.hpp>

#include "core/json.hpp"

namespace edgeeval {

[[nodiscard]] Json to_json(const Fact& fact);
[[nodiscard]] Json to_json(const Artifact& artifact);
[[nodiscard]] Json to_json(const WindowRecord& window);
[[nodiscard]] Json to_json(const IdleRecord& idle);
[[nodiscard]] Json to_json(const StageRecord& stage);
[[nodiscard]] Json to_json(const RequestTimeline& request);
[[nodiscard]] Json to_json(const ItemScore& score);
[[nodiscard]] Json to_json(const VariantInfo& variant);
[[nodiscard]] Json to_json(const Error& error);

/// The reverse; record_unreadable naming `where` and the key on anything malformed.
[[nodiscard]] Result<Fact> fact_from(const Json& json, const std::string& where);
[[nodiscard]] Result<WindowRecord> window_from(const Json& json, const std::string& where);
[[nodiscard]] Result<IdleRecord> idle_from(const Json& json, const std::string& where);
[[nodiscard]] Result<StageRecord> stage_from(const Json& json, const std::string& where);
[[nodiscard]] Result<RequestTimeline> request_from(const Json& json, const std::string& where);
[[nodiscard]] Result<ItemScore> score_from(const Json& json, const std::string& where);
[[nodiscard]] Result<VariantInfo> variant_from(const Json& json, const std::string& where);
/// All of a list, each id once: everything that is told of a variant is found by its id.
[[nodiscard]] Result<std::vector<VariantInfo>> variants_from(const Json& list, const std::string& where);

}  // namespace edgeeval
