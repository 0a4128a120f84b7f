// SPDX-License-Identifier: Apache-2.0
#include "tables/csv.hpp"

#include <csv.h>
#include <fmt/format.h>

#include <array>
#include <fstream>
#include <optional>
#include <string_view>

namespace edgeeval {
namespace {

/// Collects libcsv's call-backs into records.
class Reader {
 public:
  Reader(const std::filesystem::path& path, const OnCsvRow& on_header, const OnCsvRow& on_row)
      : path_(path), on_header_(on_header), on_row_(on_row) {
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { csv_free(&parser_); }

  /// Feeds one physical line, so that a record's line is known.
  Result<void> feed(std::string_view text, std::size_t line) {
    line_ = line;
    if (at_start_) began_ = line;
    at_start_ = at_start_ && text.find_first_not_of("\r\n") == std::string_view::npos;
    if (csv_parse(&parser_, text.data(), text.size(), &Reader::field, &Reader::record, this) != text.size()) {
      return malformed();
    }
    return take_error();
  }

  Result<void> finish() {
    if (csv_fini(&parser_, &Reader::field, &Reader::record, this) != 0) return malformed();
    if (columns_ == 0)
      return fail(ErrorCode::invalid_table, "the table is empty: it has no header", path_.string());
    return take_error();
  }

 private:
  static void field(void* text, std::size_t size, void* self) {
    auto& reader = *static_cast<Reader*>(self);
    if (reader.used_ == reader.fields_.size()) reader.fields_.emplace_back();
    reader.fields_[reader.used_++].assign(static_cast<const char*>(text), size);
  }
  static void record(int, void* self) { static_cast<Reader*>(self)->end_record(); }

  void end_record() {
    fields_.resize(used_);
    used_ = 0;
    at_start_ = true;
    if (error_) return;
    const bool header = columns_ == 0;
    if (!header && fields_.size() != columns_) {
      error_ = Error{ErrorCode::invalid_table,
                     fmt::format("{} fields where the header has {}", fields_.size(), columns_),
                     fmt::format("{}:{}", path_.string(), began_)};
      return;
    }
    if (header) columns_ = fields_.size();
    auto taken = (header ? on_header_ : on_row_)(CsvRow{began_, fields_});
    if (!taken) error_ = taken.error();
  }

  Result<void> take_error() {
    if (error_) return tl::unexpected(*error_);
    return {};
  }
  [[nodiscard]] Result<void> malformed() {
    return fail(ErrorCode::invalid_table, fmt::format("malformed CSV: {}", csv_strerror(csv_error(&parser_))),
                fmt::format("{}:{}", path_.string(), line_),
                "Quotes must be doubled inside a quoted field and closed.");
  }

  csv_parser parser_{};
  const std::filesystem::path& path_;
  const OnCsvRow& on_header_;
  const OnCsvRow& on_row_;
  std::vector<std::string> fields_;
  std::size_t used_ = 0;
  std::size_t columns_ = 0;
  std::size_t line_ = 0;
  std::size_t began_ = 0;
  bool at_start_ = true;  ///< No byte of the next record has been fed yet.
  std::optional<Error> error_;
};

}  // namespace

Result<void> read_csv(const std::filesystem::path& path, const OnCsvRow& on_header, const OnCsvRow& on_row) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::io, "the table cannot be opened", path.string());
  Reader reader(path, on_header, on_row);
  std::string text;
  for (std::size_t line = 1; std::getline(file, text); ++line) {
    if (line == 1 && text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    // getline took the line end away; the last line of a file may have had none, and then needs none.
    if (!file.eof()) text += '\n';
    if (auto fed = reader.feed(text, line); !fed) return fed;
  }
  if (file.bad()) return fail(ErrorCode::io, "the table cannot be read", path.string());
  return reader.finish();
}

}  // namespace edgeeval
