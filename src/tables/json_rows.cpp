// SPDX-License-Identifier: Apache-2.0
#include "tables/json_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "core/files.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

namespace edgeeval {
namespace {

/// Walks a text and counts the lines that its one reader has passed.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* line) : at_(at), line_(line) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    if (*at_++ == '\n') ++*line_;
    return *this;
  }
  CountingIterator operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) { return a.at_ == b.at_; }
  friend bool operator!=(const CountingIterator& a, const CountingIterator& b) { return a.at_ != b.at_; }

 private:
  const char* at_;
  std::size_t* line_;
};

/// What the parser tells, made into rows; a call-back that returns false ends the reading.
class Rows {
 public:
  Rows(std::string file, const std::size_t& line, const OnCsvRow& on_header, const OnCsvRow& on_row)
      : file_(std::move(file)), line_(line), on_header_(on_header), on_row_(on_row) {}

  bool null() { return value({}); }
  bool boolean(bool flag) { return value(flag ? "true" : "false"); }
  bool number_integer(Json::number_integer_t number) { return value(std::to_string(number)); }
  bool number_unsigned(Json::number_unsigned_t number) { return value(std::to_string(number)); }
  bool number_float(Json::number_float_t, const std::string& text) { return value(text); }
  bool string(std::string& text) { return value(std::move(text)); }
  bool binary(Json::binary_t&) { return shape(); }
  bool start_array(std::size_t) {
    if (in_row_) return refuse(fmt::format("\"{}\" holds a list", printable(names_[at_])), kFlat);
    if (in_table_) return shape();
    return in_table_ = true;
  }
  bool end_array() { return true; }
  bool start_object(std::size_t) {
    if (in_row_) return refuse(fmt::format("\"{}\" holds an object", printable(names_[at_])), kFlat);
    if (!in_table_) return shape();
    in_row_ = true;
    row_line_ = line_;
    fields_.assign(names_.size(), std::nullopt);
    return true;
  }
  bool key(std::string& name) {
    const auto found = std::find(names_.begin(), names_.end(), name);
    at_ = static_cast<std::size_t>(found - names_.begin());
    if (found == names_.end()) {
      if (has_header_)
        return refuse(fmt::format("unknown key \"{}\"", printable(name)),
                      "the first row has: " + join(names_, ", "));
      names_.push_back(name);
      fields_.emplace_back();
    } else if (fields_[at_]) {
      return refuse(fmt::format("\"{}\" is given twice", printable(name)), "Keep one of the two.");
    }
    return true;
  }
  bool end_object() {
    in_row_ = false;
    if (!has_header_ && !took(on_header_(CsvRow{row_line_, names_}))) return false;
    has_header_ = true;
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (!fields_[i]) return refuse(fmt::format("the row has no \"{}\"", printable(names_[i])), {});
      texts.push_back(std::move(*fields_[i]));
    }
    return took(on_row_(CsvRow{row_line_, texts}));
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& problem) {
    constexpr int kNumberOverflow = 406;
    return refuse(problem.id == kNumberOverflow ? "a number is too large"
                                                : fmt::format("not valid JSON: {}", problem.what()),
                  "JSON knows neither NaN nor infinity; null stands for what is missing.");
  }

  [[nodiscard]] Result<void> outcome() const {
    if (error_) return tl::unexpected(*error_);
    if (has_header_) return {};
    return fail(ErrorCode::invalid_table, "the table has no rows", file_, kFlat);
  }

 private:
  static constexpr const char* kFlat = "A JSON table is an array of flat objects, one a row.";

  bool value(std::string text) {
    if (!in_row_) return shape();
    fields_[at_] = std::move(text);
    return true;
  }
  bool shape() { return refuse("a JSON table is an array of objects, one a row", kFlat); }
  bool refuse(std::string message, std::string hint) {
    error_ = Error{ErrorCode::invalid_table, printable(message), fmt::format("{}:{}", file_, line_),
                   std::move(hint)};
    return false;
  }
  bool took(Result<void> taken) {
    if (!taken) error_ = taken.error();
    return taken.has_value();
  }

  std::string file_;
  const std::size_t& line_;
  const OnCsvRow& on_header_;
  const OnCsvRow& on_row_;
  std::vector<std::string> names_;
  std::vector<std::optional<std::string>> fields_;
  std::size_t at_ = 0;
  std::size_t row_line_ = 0;
  bool in_table_ = false;
  bool in_row_ = false;
  bool has_header_ = false;
  std::optional<Error> error_;
};

}  // namespace

Result<void> read_json_rows(const std::filesystem::path& path, const OnCsvRow& on_header,
                            const OnCsvRow& on_row) {
  const auto text = read_file(path);
  if (!text) return tl::unexpected(text.error());
  std::size_t line = 1;
  Rows rows(path.string(), line, on_header, on_row);
  Json::sax_parse(CountingIterator(text->data(), &line), CountingIterator(text->data() + text->size(), &line),
                  &rows);
  return rows.outcome();
}

}  // namespace edgeeval
