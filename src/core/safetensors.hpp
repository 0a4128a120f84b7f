// SPDX-License-Identifier: Apache-2.0
// safetensors files: an 8-byte header length, a JSON header, raw little-endian data
// (format: huggingface.co/docs/safetensors).
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace edgeeval {

/// One tensor's description. `dtype` is the format's name: "F32", "F16", "BF16".
struct SafetensorInfo {
  std::string dtype;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;  ///< Offsets into the data part of the file.
  std::uint64_t end = 0;
};

/// An opened safetensors file with a checked header.
class SafetensorsFile {
 public:
  /// Errors: io, bad_model (truncated, damaged header, overlapping or outside data, shape and size that
  /// disagree).
  [[nodiscard]] static Result<SafetensorsFile> open(const std::filesystem::path& path);
  [[nodiscard]] const std::map<std::string, SafetensorInfo>& tensors() const { return tensors_; }
  /// A tensor's values, row-major, as floats. Errors: bad_model (no such tensor), unsupported (dtype), io.
  [[nodiscard]] Result<std::vector<float>> read(const std::string& name) const;

 private:
  std::filesystem::path path_;
  std::uint64_t data_begin_ = 0;
  std::map<std::string, SafetensorInfo> tensors_;
};

/// A tensor to write, in F32.
struct SafetensorOutput {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;  ///< Row-major.
};

/// Writes `tensors` as F32 with the metadata {"format": "pt"}, as PEFT expects. Errors: disk_full, io.
[[nodiscard]] Result<void> write_safetensors(const std::filesystem::path& path,
                                             const std::vector<SafetensorOutput>& tensors);

}  // namespace edgeeval
