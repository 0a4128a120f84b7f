// SPDX-License-Identifier: Apache-2.0
// What the readers of all prompt formats share: findings collected with their lines, JSON and numbers of
// items.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <edgeeval/result.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workload/prompts.hpp"

namespace edgeeval::prompt_reading {

/// An item or line longer than this is refused unread: 16 MiB, some three million words.
inline constexpr std::size_t kLongestItem = std::size_t{16} << 20U;
/// More tokens than this in one request are no request of ours or anybody's.
inline constexpr std::uint64_t kMostTokens = 10'000'000;

/// What is wrong with a file, several lines at once.
class Findings {
 public:
  /// After so many, reading ends.
  static constexpr std::size_t kMost = 10;

  explicit Findings(std::string file) : file_(std::move(file)) {}
  void add(std::size_t line, std::string problem) { found_.push_back({line, std::move(problem)}); }
  [[nodiscard]] bool full() const { return found_.size() >= kMost; }
  [[nodiscard]] bool empty() const { return found_.empty(); }
  /// All as one error at the first one's line; `hint` says what the format looks like.
  [[nodiscard]] Error error(const char* hint) const;
  [[nodiscard]] const std::string& file() const { return file_; }

 private:
  struct Finding {
    std::size_t line;
    std::string problem;
  };
  std::string file_;
  std::vector<Finding> found_;
};

/// An item of a JSON file and the line on which it begins.
struct Item {
  std::string_view text;
  std::size_t line = 0;
};

/// Reads items as JSON objects, one after the other; what is wrong goes to the findings.
class JsonItems {
 public:
  /// Takes an object into a prompt, nothing where it holds none that can be sent, or says what is wrong.
  using Take =
      std::function<tl::expected<std::optional<Prompt>, std::string>(const simdjson::dom::object& object)>;
  JsonItems(Take take, Findings& findings) : take_(std::move(take)), findings_(findings) {}
  void read(const Item& item, std::vector<Prompt>& prompts);

 private:
  Take take_;
  Findings& findings_;
  simdjson::dom::parser parser_;
};

/// Calls `on_line` with each line that is not blank, without its end; false from it ends the walk.
void for_each_line(std::string_view text, const std::function<bool(const Item& line)>& on_line);

/// Reads a file of one JSON object a line, up to the most findings.
[[nodiscard]] std::vector<Prompt> read_json_lines(std::string_view text, JsonItems::Take take,
                                                  Findings& findings);

/// A string member. Absent where there is none or null; a problem where it is of another type.
[[nodiscard]] tl::expected<std::optional<std::string>, std::string> text_of(
    const simdjson::dom::object& object, std::string_view key);
/// A whole number from `least` to kMostTokens. Absent where there is none or null; a problem where it is no
/// such.
[[nodiscard]] tl::expected<std::optional<std::uint32_t>, std::string> tokens_of(
    const simdjson::dom::object& object, std::string_view key, std::uint64_t least);
/// A trace's length as it can be asked for: requests that failed are noted with 0 tokens, and become the
/// shortest.
[[nodiscard]] inline std::uint32_t at_least_one(std::uint32_t tokens) { return tokens == 0 ? 1 : tokens; }
/// A chat message's content: a string, or OpenAI's list of parts where all are text.
[[nodiscard]] tl::expected<std::string, std::string> content_of(const simdjson::dom::element& content);

/// The prompts where nothing was found, else the findings as an error; an error too where there is no prompt
/// at all.
[[nodiscard]] Result<std::vector<Prompt>> finished(std::vector<Prompt> prompts, const Findings& findings,
                                                   const char* hint);
/// The same for traces: arrivals are counted from the earliest one.
[[nodiscard]] Result<std::vector<Prompt>> finished_trace(std::vector<Prompt> prompts,
                                                         const Findings& findings, const char* hint);

/// A CSV trace: which of its columns (names in any case) say what, and how its time is read, in seconds.
struct TraceColumns {
  std::string_view time, prompt_tokens, reply_tokens;
  std::optional<double> (*time_of)(std::string_view text);
  const char* time_form;  ///< What a time looks like, for errors.
  const char* form;       ///< What the file looks like, for errors.
};
[[nodiscard]] Result<std::vector<Prompt>> read_csv_trace(std::string_view text, const std::string& file,
                                                         const TraceColumns& columns);

// The readers, one a format.
[[nodiscard]] Result<std::vector<Prompt>> read_jsonl(std::string_view text, const std::string& file);
[[nodiscard]] Result<std::vector<Prompt>> read_sharegpt(std::string_view text, const std::string& file);
[[nodiscard]] Result<std::vector<Prompt>> read_burstgpt(std::string_view text, const std::string& file);
[[nodiscard]] Result<std::vector<Prompt>> read_mooncake(std::string_view text, const std::string& file);
[[nodiscard]] Result<std::vector<Prompt>> read_azure(std::string_view text, const std::string& file);

}  // namespace edgeeval::prompt_reading
