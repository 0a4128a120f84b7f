// SPDX-License-Identifier: Apache-2.0
// Records of CSV text: RFC 4180 with CRLF or LF, fed in pieces. Parsing is libcsv's.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace edgeeval {

/// Cuts CSV text into records. Blank lines are skipped.
class CsvRecords {
 public:
  /// What is done with a record; `fields` is reused for the next one.
  using OnRecord = std::function<void(const std::vector<std::string>& fields)>;
  explicit CsvRecords(OnRecord on_record);
  CsvRecords(const CsvRecords&) = delete;
  CsvRecords& operator=(const CsvRecords&) = delete;
  ~CsvRecords();

  /// Takes the next piece of text, such as a line with its end. False where its quoting is malformed.
  [[nodiscard]] bool feed(std::string_view text);
  /// Ends the text; a last record may lack its line end. False where a quote is still open.
  [[nodiscard]] bool finish();
  /// What was malformed, in libcsv's words.
  [[nodiscard]] std::string problem() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

/// What to do about malformed quoting, for errors.
inline constexpr const char* kCsvQuotingHint = "Quotes must be doubled inside a quoted field and closed.";

}  // namespace edgeeval
