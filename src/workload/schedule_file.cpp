// SPDX-License-Identifier: Apache-2.0
// A schedule as JSON lines and back.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <limits>
#include <memory>
#include <tuple>

#include "core/files.hpp"
#include "core/foreign_json.hpp"
#include "core/json.hpp"
#include "workload/schedule.hpp"

namespace edgeeval {
namespace {

constexpr const char* kForm =
    R"(each line is {"index":0,"prompt":3,"due_ns":1500000,"max_tokens":128}; due_ns only in an open loop)";
/// No line of ours is longer than a quarter of this.
constexpr std::size_t kLongestLine = 1024;
/// But for the first, which may name files.
constexpr std::size_t kLongestFirst = 64U << 10U;
constexpr std::string_view kVersion = "1.0";

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != nullptr) static_cast<void>(std::fclose(file));
  }
};

/// A line of the file. `text` is reused.
void line_of(const Planned& planned, std::string& text) {
  text.clear();
  auto out = std::back_inserter(text);
  fmt::format_to(out, R"({{"index":{},"prompt":{})", planned.index, planned.prompt);
  if (planned.due_ns) fmt::format_to(out, R"(,"due_ns":{})", *planned.due_ns);
  fmt::format_to(out, ",\"max_tokens\":{}}}\n", planned.max_tokens);
}

std::string line_of(const ScheduleOrigin& origin) {
  Json json{{"schedule", kVersion},
            {"scenario", origin.scenario},
            {"seeds", {origin.seeds.library, origin.seeds.prompts, origin.seeds.schedule}},
            {"salted", origin.salted},
            {"salt_seed", origin.salt_seed},
            {"max_tokens", origin.max_tokens},
            {"prompt_count", origin.prompt_count}};
  if (origin.prompt_tokens > 0) json["prompt_tokens"] = origin.prompt_tokens;
  if (!origin.prompt_file.empty()) json["prompt_file"] = origin.prompt_file;
  if (!origin.prompt_digest.empty()) json["prompt_digest"] = origin.prompt_digest;
  return to_line(json) + "\n";
}

/// The first line as an origin; absent where it is a request already.
Result<std::optional<ScheduleOrigin>> origin_of(const std::string& text, const std::string& where) {
  const auto json = parse_foreign(text);
  if (!json.is_object() || !json.contains("schedule")) return std::optional<ScheduleOrigin>();
  const auto version = value_or(json, "schedule", std::string());
  if (!version.starts_with("1."))
    return fail(ErrorCode::invalid_task, fmt::format("the schedule's version is \"{}\"; 1 is known", version),
                where, "Use the version of EdgeEval that wrote it, or a newer one.");
  try {
    ScheduleOrigin origin;
    origin.scenario = json.at("scenario").get<std::string>();
    const auto seeds = json.at("seeds").get<std::array<std::uint64_t, 3>>();
    origin.seeds = {seeds[0], seeds[1], seeds[2]};
    origin.salted = json.at("salted").get<bool>();
    origin.salt_seed = json.at("salt_seed").get<std::uint64_t>();
    origin.max_tokens = json.at("max_tokens").get<std::uint32_t>();
    origin.prompt_count = json.at("prompt_count").get<std::size_t>();
    origin.prompt_tokens = json.value("prompt_tokens", std::uint32_t{0});
    origin.prompt_file = json.value("prompt_file", std::string());
    origin.prompt_digest = json.value("prompt_digest", std::string());
    return std::optional(std::move(origin));
  } catch (const std::exception& problem) {
    return fail(ErrorCode::invalid_task,
                std::string("the schedule's first line is damaged: ") + problem.what(), where,
                "Take the line away to replay only the times: the prompts are then others.");
  }
}

/// Reads lines in order and checks each against those before.
class Reader {
 public:
  /// What is wrong with a line; empty where nothing is. `text` needs room for simdjson's padding.
  std::string take(const std::string& text, std::vector<Planned>& planned) {
    simdjson::dom::element element;
    if (const auto error = parser_.parse(text).get(element); error != simdjson::SUCCESS)
      return fmt::format("not valid JSON: {}", simdjson::error_message(error));
    simdjson::dom::object object;
    if (element.get(object) != simdjson::SUCCESS) return "not an object";
    Planned read;
    std::uint64_t index = 0, prompt = 0, tokens = 0;
    for (const auto& [key, value, into] :
         {std::tuple("index", &index, &read.index), std::tuple("prompt", &prompt, &read.prompt),
          std::tuple("max_tokens", &tokens, &read.max_tokens)}) {
      if (object[key].get(*value) != simdjson::SUCCESS || *value > std::numeric_limits<std::uint32_t>::max())
        return fmt::format("\"{}\" is missing or no whole number below 2^32", key);
      *into = static_cast<std::uint32_t>(*value);
    }
    if (index != planned.size())
      return fmt::format("\"index\" is {} where {} comes next", index, planned.size());
    read.number = read.index;
    if (auto problem = due_of(object, planned, read); !problem.empty()) return problem;
    planned.push_back(read);
    return {};
  }

 private:
  static std::string due_of(const simdjson::dom::object& object, const std::vector<Planned>& planned,
                            Planned& read) {
    simdjson::dom::element due;
    if (object["due_ns"].get(due) == simdjson::SUCCESS) {
      std::int64_t due_ns = 0;
      if (due.get(due_ns) != simdjson::SUCCESS || due_ns < 0)
        return "\"due_ns\" is no whole number from 0 on";
      read.due_ns = due_ns;
    }
    if (planned.empty()) return {};
    const auto& before = planned.back().due_ns;
    if (before.has_value() != read.due_ns.has_value()) return "\"due_ns\" must be in all lines or in none";
    if (before && *read.due_ns < *before)
      return fmt::format("\"due_ns\" is {}, before that of the line above, {}", *read.due_ns, *before);
    return {};
  }

  simdjson::dom::parser parser_;
};

}  // namespace

Result<void> Schedule::write(const std::filesystem::path& file, std::uint64_t used,
                             const ScheduleOrigin* origin) const {
  const auto part = part_path(file);
  const std::unique_ptr<std::FILE, CloseFile> out(std::fopen(part.c_str(), "wbe"));
  if (!out) return tl::unexpected(errno_error(errno, "cannot create", part.string()));
  const std::uint64_t count = size_ ? std::min(used, *size_) : used;
  std::string line = origin != nullptr ? line_of(*origin) : std::string();
  bool good = std::fwrite(line.data(), 1, line.size(), out.get()) == line.size();
  for (std::uint64_t index = 0; index < count && good; ++index) {
    line_of(at(index), line);
    good = std::fwrite(line.data(), 1, line.size(), out.get()) == line.size();
  }
  if (!good || std::fflush(out.get()) != 0) {
    auto problem = errno_error(errno, "cannot write", file.string());
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    return tl::unexpected(std::move(problem));
  }
  return commit_file(part, file);
}

Result<Schedule> Schedule::read(const std::filesystem::path& file) {
  std::error_code status;
  if (std::filesystem::exists(file, status) && !std::filesystem::is_regular_file(file, status))
    return fail(ErrorCode::io, "is not a file with a schedule", file.string());
  std::ifstream in(file, std::ios::binary);
  if (!in) return tl::unexpected(errno_error(errno, "cannot read the schedule", file.string()));
  Schedule schedule;
  Reader reader;
  std::string buffer(kLongestFirst, '\0'), line;
  line.reserve(kLongestFirst + simdjson::SIMDJSON_PADDING);
  const auto longest = [](std::size_t number) {
    return static_cast<std::streamsize>(number == 1 ? kLongestFirst : kLongestLine);
  };
  for (std::size_t number = 1; in.getline(buffer.data(), longest(number)) || in.gcount() > 0; ++number) {
    // A full buffer without a line end is a longer line; more is not read of it.
    const bool too_long = in.fail();
    const auto taken = static_cast<std::size_t>(in.gcount());
    line.assign(buffer.data(), taken - (taken > 0 && !in.eof() && !too_long ? 1 : 0));
    if (number == 1 && !too_long) {
      auto origin = origin_of(line, fmt::format("{}:1", file.string()));
      if (!origin) return tl::unexpected(origin.error());
      schedule.origin_ = std::move(*origin);
      if (schedule.origin_) continue;
    }
    const auto problem = too_long ? std::string("the line is longer than any of a schedule")
                                  : reader.take(line, schedule.planned_);
    if (!problem.empty())
      return fail(ErrorCode::invalid_task, problem, fmt::format("{}:{}", file.string(), number), kForm);
  }
  if (in.bad()) return fail(ErrorCode::io, "reading the schedule failed half way", file.string());
  if (schedule.planned_.empty())
    return fail(ErrorCode::invalid_task, "the schedule is empty", file.string(), kForm);
  schedule.size_ = schedule.planned_.size();
  schedule.open_ = schedule.planned_.front().due_ns.has_value();
  return schedule;
}

}  // namespace edgeeval
