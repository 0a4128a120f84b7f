// SPDX-License-Identifier: Apache-2.0
#include "record/retokenised.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/files.hpp"
#include "record/codec_parts.hpp"
#include "record/load_fields.hpp"
#include "record/record_json.hpp"

namespace edgeeval {
namespace {

constexpr const char* kName = "retokenised.json";
constexpr std::string_view kMajor = "1";

Result<void> take(const Json& json, const std::string& where, LoadRecord& load) {
  const auto version = value_or(json, "version", std::string());
  if (value_or(json, "type", std::string()) != "retokenised" ||
      version.substr(0, version.find('.')) != kMajor)
    return fail(ErrorCode::record_unreadable,
                fmt::format("is not a list of retokenised replies of version {}.x", kMajor), where,
                "Use the edgeeval that wrote it, or a newer one.");
  auto summary = retokenising_from(json);
  const auto index = json.at("index").get<std::vector<std::uint32_t>>();
  const auto tokens = json.at("tokens").get<std::vector<std::int64_t>>();
  if (index.size() != tokens.size())
    return fail(ErrorCode::record_unreadable, "\"index\" and \"tokens\" are of different lengths", where,
                "The file was changed after the load; restore it from a copy.");
  for (std::size_t i = 0; i < index.size(); ++i) {
    // Requests lie in order of index (read_load).
    const auto at = std::lower_bound(load.requests.begin(), load.requests.end(), index[i],
                                     [](const auto& request, auto wanted) { return request.index < wanted; });
    if (at != load.requests.end() && at->index == index[i] && tokens[i] >= 0 && is_recordable(tokens[i]))
      at->retokenised_tokens = tokens[i];
  }
  load.header.retokenising = std::move(summary);
  return {};
}

}  // namespace

Json to_json(const Retokenising& retokenising) {
  Json json{
      {"wish", retokenising.wish}, {"replies", retokenising.replies}, {"counted", retokenising.counted}};
  if (!retokenising.route.empty()) json["route"] = retokenising.route;
  if (!retokenising.problem.empty()) json["problem"] = retokenising.problem;
  return json;
}

Retokenising retokenising_from(const Json& json) {
  Retokenising retokenising;
  retokenising.wish = json.at("wish").get<std::string>();
  retokenising.route = json.value("route", "");
  retokenising.replies = json.at("replies").get<std::uint64_t>();
  retokenising.counted = json.at("counted").get<std::uint64_t>();
  retokenising.problem = json.value("problem", "");
  return retokenising;
}

Result<void> write_retokenised(const std::filesystem::path& folder, const Retokenising& summary,
                               std::span<const CountedReply> counts) {
  auto json = to_json(summary);
  json["type"] = "retokenised";
  json["version"] = "1.0";
  auto index = Json::array();
  auto tokens = Json::array();
  for (const auto& [request, count] : counts) {
    index.push_back(request);
    tokens.push_back(count);
  }
  json["index"] = std::move(index);
  json["tokens"] = std::move(tokens);
  return write_file(folder / kName, to_line(json) + "\n");
}

Result<void> take_retokenised(const std::filesystem::path& folder, LoadRecord& load) {
  const auto path = folder / kName;
  std::error_code status;
  if (!std::filesystem::exists(path, status)) return {};
  const auto json = read_record_json(path.string());
  if (!json) return tl::unexpected(json.error());
  const auto taken = codec::decoded<bool>(path.string(), [&]() -> Result<bool> {
    if (auto read = take(*json, path.string(), load); !read) return tl::unexpected(read.error());
    return true;
  });
  if (!taken) return tl::unexpected(taken.error());
  return {};
}

}  // namespace edgeeval
