// SPDX-License-Identifier: Apache-2.0
// A text too large for memory on its way to a file that is whole or not there, to a pipe, or to stdout.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <string>

#include "record/owned_file.hpp"

namespace edgeeval {

/// Append to text(), call flush_if_full() now and then, and commit() at the end; without it nothing is left.
class TextOut {
 public:
  /// "-" is stdout; a pipe or a device is written into; anything else is written aside first. Error: io.
  [[nodiscard]] static Result<TextOut> open(const std::filesystem::path& path);
  TextOut(TextOut&&) noexcept = default;
  TextOut& operator=(TextOut&&) = delete;
  TextOut(const TextOut&) = delete;
  TextOut& operator=(const TextOut&) = delete;
  ~TextOut();
  [[nodiscard]] std::string& text() { return text_; }
  /// Errors: io, disk_full.
  [[nodiscard]] Result<void> flush_if_full();
  /// Writes the rest and puts the file in its place. Errors: io, disk_full.
  [[nodiscard]] Result<void> commit();

 private:
  TextOut(OwnedFile file, std::filesystem::path path, std::filesystem::path part);
  OwnedFile file_;
  std::filesystem::path path_;
  std::filesystem::path part_;  ///< Empty where it is written in place, or has found its place.
  std::string text_;
};

}  // namespace edgeeval
