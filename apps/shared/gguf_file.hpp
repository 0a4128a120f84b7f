// SPDX-License-Identifier: Apache-2.0
// A GGUF file, checked before use: what it says of itself, and its tensors as floats.
#pragma once

#include <ggml.h>
#include <gguf.h>

#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace edgeeval {

/// One tensor of a file. `shape` is in ggml's order: shape[0] is the length of a row.
struct GgufTensor {
  std::string name;
  ggml_type type = GGML_TYPE_F32;
  std::vector<std::int64_t> shape;
  std::uint64_t offset = 0;  ///< From the beginning of the file.
  std::uint64_t bytes = 0;
  [[nodiscard]] std::int64_t elements() const;
  [[nodiscard]] std::int64_t rows() const {
    return shape.empty() || shape[0] == 0 ? 0 : elements() / shape[0];
  }
};

/// An opened GGUF file whose header is sound and whose tensors all lie within the file.
class GgufFile {
 public:
  /// Errors: bad_model (missing, not GGUF, damaged header, tensors beyond the end: says how many bytes are
  /// missing).
  [[nodiscard]] static Result<GgufFile> open(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const gguf_context* header() const { return header_.get(); }
  [[nodiscard]] const std::vector<GgufTensor>& tensors() const { return tensors_; }
  [[nodiscard]] const GgufTensor* find(const std::string& name) const;
  [[nodiscard]] std::uint64_t file_bytes() const { return file_bytes_; }

  /// A text value, or nothing.
  [[nodiscard]] std::optional<std::string> text(const std::string& key) const;
  /// A numeric value of any width, or nothing.
  [[nodiscard]] std::optional<double> number(const std::string& key) const;
  /// general.architecture; bad_model where it is missing.
  [[nodiscard]] Result<std::string> architecture() const;

  /// The bytes of a tensor as they are stored.
  [[nodiscard]] Result<std::vector<std::uint8_t>> read_raw(const GgufTensor& tensor) const;
  /// The tensor's values, dequantized, row after row.
  [[nodiscard]] Result<std::vector<float>> read(const GgufTensor& tensor) const;

 private:
  struct Free {
    void operator()(gguf_context* context) const { gguf_free(context); }
  };
  std::filesystem::path path_;
  std::unique_ptr<gguf_context, Free> header_;
  std::vector<GgufTensor> tensors_;
  std::uint64_t file_bytes_ = 0;
};

/// Stored bytes of any tensor type as floats; unsupported where ggml has no way from that type.
[[nodiscard]] Result<std::vector<float>> to_floats(ggml_type type, const std::uint8_t* data,
                                                   std::int64_t count);

}  // namespace edgeeval
