// SPDX-License-Identifier: Apache-2.0
// A schedule as JSON lines and back.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <limits>
#include <memory>
#include <tuple>

#include "core/files.hpp"
#include "workload/schedule.hpp"

namespace edgeeval {
namespace {

constexpr const char* kForm =
    R"(each line is {"index":0,"prompt":3,"due_ns":1500000,"max_tokens":128}; due_ns only in an open loop)";
/// No line of ours is longer than a quarter of this.
constexpr std::size_t kLongestLine = 1024;

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

Result<void> Schedule::write(const std::filesystem::path& file, std::uint64_t used) const {
  const auto part = part_path(file);
  const std::unique_ptr<std::FILE, CloseFile> out(std::fopen(part.c_str(), "wbe"));
  if (!out) return tl::unexpected(errno_error(errno, "cannot create", part.string()));
  const std::uint64_t count = size_ ? std::min(used, *size_) : used;
  std::string line;
  bool good = true;
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
  std::string buffer(kLongestLine, '\0'), line;
  line.reserve(kLongestLine + simdjson::SIMDJSON_PADDING);
  for (std::size_t number = 1; in.getline(buffer.data(), kLongestLine) || in.gcount() > 0; ++number) {
    // A full buffer without a line end is a longer line; more is not read of it.
    const bool too_long = in.fail();
    const auto taken = static_cast<std::size_t>(in.gcount());
    line.assign(buffer.data(), taken - (taken > 0 && !in.eof() && !too_long ? 1 : 0));
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
