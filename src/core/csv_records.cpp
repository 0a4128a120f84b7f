// SPDX-License-Identifier: Apache-2.0
#include "core/csv_records.hpp"

#include <csv.h>

#include <utility>

namespace edgeeval {

/// libcsv's state, and the record that its call-backs collect.
struct CsvRecords::Parser {
  explicit Parser(OnRecord act) : on_record(std::move(act)) { csv_init(&csv, CSV_STRICT | CSV_STRICT_FINI); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() { csv_free(&csv); }

  static void field(void* text, std::size_t size, void* self) {
    auto& parser = *static_cast<Parser*>(self);
    if (parser.used == parser.fields.size()) parser.fields.emplace_back();
    parser.fields[parser.used++].assign(static_cast<const char*>(text), size);
  }
  static void record(int, void* self) {
    auto& parser = *static_cast<Parser*>(self);
    parser.fields.resize(std::exchange(parser.used, 0));
    parser.on_record(parser.fields);
  }

  csv_parser csv{};
  OnRecord on_record;
  std::vector<std::string> fields;
  std::size_t used = 0;
};

CsvRecords::CsvRecords(OnRecord on_record) : parser_(std::make_unique<Parser>(std::move(on_record))) {}

CsvRecords::~CsvRecords() = default;

bool CsvRecords::feed(std::string_view text) {
  return csv_parse(&parser_->csv, text.data(), text.size(), &Parser::field, &Parser::record, parser_.get()) ==
         text.size();
}

bool CsvRecords::finish() {
  return csv_fini(&parser_->csv, &Parser::field, &Parser::record, parser_.get()) == 0;
}

std::string CsvRecords::problem() const { return csv_strerror(csv_error(&parser_->csv)); }

}  // namespace edgeeval
