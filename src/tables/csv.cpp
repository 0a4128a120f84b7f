// SPDX-License-Identifier: Apache-2.0
#include "tables/csv.hpp"

#include <fmt/format.h>

#include <fstream>
#include <optional>
#include <string_view>

#include "core/csv_records.hpp"

namespace edgeeval {
namespace {

/// Gives records their lines, and checks that all have as many fields.
class Reader {
 public:
  Reader(const std::filesystem::path& path, const OnCsvRow& on_header, const OnCsvRow& on_row)
      : path_(path),
        on_header_(on_header),
        on_row_(on_row),
        records_([this](const std::vector<std::string>& fields) { end_record(fields); }) {}

  /// Feeds one physical line, so that a record's line is known.
  Result<void> feed(std::string_view text, std::size_t line) {
    line_ = line;
    if (at_start_) began_ = line;
    at_start_ = at_start_ && text.find_first_not_of("\r\n") == std::string_view::npos;
    if (!records_.feed(text)) return malformed();
    return take_error();
  }

  Result<void> finish() {
    if (!records_.finish()) return malformed();
    if (columns_ == 0)
      return fail(ErrorCode::invalid_table, "the table is empty: it has no header", path_.string());
    return take_error();
  }

 private:
  void end_record(const std::vector<std::string>& fields) {
    at_start_ = true;
    if (error_) return;
    const bool header = columns_ == 0;
    if (!header && fields.size() != columns_) {
      error_ = Error{ErrorCode::invalid_table,
                     fmt::format("{} fields where the header has {}", fields.size(), columns_),
                     fmt::format("{}:{}", path_.string(), began_)};
      return;
    }
    if (header) columns_ = fields.size();
    auto taken = (header ? on_header_ : on_row_)(CsvRow{began_, fields});
    if (!taken) error_ = taken.error();
  }

  Result<void> take_error() {
    if (error_) return tl::unexpected(*error_);
    return {};
  }
  [[nodiscard]] Result<void> malformed() {
    return fail(ErrorCode::invalid_table, fmt::format("malformed CSV: {}", records_.problem()),
                fmt::format("{}:{}", path_.string(), line_), kCsvQuotingHint);
  }

  const std::filesystem::path& path_;
  const OnCsvRow& on_header_;
  const OnCsvRow& on_row_;
  CsvRecords records_;
  std::size_t columns_ = 0;
  std::size_t line_ = 0;
  std::size_t began_ = 0;
  bool at_start_ = true;  ///< No byte of the next record has been fed yet.
  std::optional<Error> error_;
};

}  // namespace

Result<void> read_csv(const std::filesystem::path& path, const OnCsvRow& on_header, const OnCsvRow& on_row) {
  // A device such as /dev/zero gives lines without end; a pipe of the shell's is as good as a file.
  std::error_code ignored;
  const auto kind = std::filesystem::status(path, ignored).type();
  if (kind == std::filesystem::file_type::character || kind == std::filesystem::file_type::block)
    return fail(ErrorCode::io, "is a device, not a table", path.string());
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
