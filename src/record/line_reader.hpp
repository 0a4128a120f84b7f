// SPDX-License-Identifier: Apache-2.0
// Lines of a large file, one at a time, in a buffer that grows with the longest line only.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/owned_file.hpp"

namespace edgeeval {

/// Reads a file line by line.
class LineReader {
 public:
  /// A line that is longer is damage.
  static constexpr std::size_t kLongest = std::size_t{1} << 30U;
  /// `padding` bytes behind every line can be read. Error: io.
  [[nodiscard]] static Result<LineReader> open(const std::filesystem::path& path, std::size_t padding);
  /// The next line without its end, good until the next call; nothing at the end of the file. A last line
  /// that has no end is told by torn_bytes() instead. Errors: io, record_unreadable.
  [[nodiscard]] Result<std::optional<std::string_view>> next();
  /// The number of the line that next() gave last, from 1.
  [[nodiscard]] std::uint64_t number() const { return number_; }
  /// "file:line" of that line.
  [[nodiscard]] std::string where() const;
  /// Bytes of a last line without an end; known once next() has given nothing.
  [[nodiscard]] std::size_t torn_bytes() const { return torn_; }
  /// Goes back to the first line. Error: io.
  [[nodiscard]] Result<void> rewind();

 private:
  LineReader(OwnedFile file, std::string path, std::size_t padding);
  [[nodiscard]] Result<void> fill();
  OwnedFile file_;
  std::string path_;
  std::size_t padding_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  ///< Of what is not given yet.
  std::size_t end_ = 0;    ///< Of what was read.
  bool ended_ = false;
  std::uint64_t number_ = 0;
  std::size_t torn_ = 0;
};

}  // namespace edgeeval
