// SPDX-License-Identifier: Apache-2.0
#include "shared/gguf_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <system_error>

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

/// ggml reports a bad header in its log only; our error says it better.
void discard_log(ggml_log_level, const char*, void*) {}

std::vector<GgufTensor> tensors_of(const gguf_context* header) {
  std::vector<GgufTensor> tensors;
  const auto count = gguf_get_n_tensors(header);
  for (std::int64_t i = 0; i < count; ++i) {
    GgufTensor tensor;
    tensor.name = gguf_get_tensor_name(header, i);
    tensor.type = gguf_get_tensor_type(header, i);
    const auto* extent = gguf_get_tensor_ne(header, i);
    int dimensions = GGML_MAX_DIMS;
    while (dimensions > 1 && extent[dimensions - 1] == 1) --dimensions;
    tensor.shape.assign(extent, extent + dimensions);
    tensor.offset = gguf_get_data_offset(header) + gguf_get_tensor_offset(header, i);
    tensor.bytes = gguf_get_tensor_size(header, i);
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

}  // namespace

std::int64_t GgufTensor::elements() const {
  std::int64_t count = 1;
  for (const auto extent : shape) count *= extent;
  return count;
}

Result<GgufFile> GgufFile::open(const fs::path& path) {
  GgufFile file;
  file.path_ = path;
  std::error_code status;
  file.file_bytes_ = fs::file_size(path, status);
  if (status)
    return fail(ErrorCode::bad_model, "the model file is missing or cannot be read: " + status.message(),
                path.string());
  ggml_log_set(discard_log, nullptr);
  file.header_.reset(gguf_init_from_file(path.c_str(), gguf_init_params{true, nullptr}));
  if (!file.header_) {
    return fail(ErrorCode::bad_model,
                fmt::format("not a sound GGUF file ({} bytes): its header cannot be read", file.file_bytes_),
                path.string(), "Is the download complete? Is it a GGUF file at all?");
  }
  file.tensors_ = tensors_of(file.header_.get());
  std::uint64_t end = 0;
  for (const auto& tensor : file.tensors_) end = std::max(end, tensor.offset + tensor.bytes);
  if (end > file.file_bytes_) {
    return fail(
        ErrorCode::bad_model,
        fmt::format("the model file is truncated: it has {} bytes and its tensors need {} ({} are missing)",
                    file.file_bytes_, end, end - file.file_bytes_),
        path.string(), "Fetch it again.");
  }
  return file;
}

const GgufTensor* GgufFile::find(const std::string& name) const {
  const auto found =
      std::find_if(tensors_.begin(), tensors_.end(), [&](const GgufTensor& t) { return t.name == name; });
  return found == tensors_.end() ? nullptr : &*found;
}

std::optional<std::string> GgufFile::text(const std::string& key) const {
  const auto id = gguf_find_key(header_.get(), key.c_str());
  if (id < 0 || gguf_get_kv_type(header_.get(), id) != GGUF_TYPE_STRING) return std::nullopt;
  return std::string(gguf_get_val_str(header_.get(), id));
}

std::optional<double> GgufFile::number(const std::string& key) const {
  const auto* header = header_.get();
  const auto id = gguf_find_key(header, key.c_str());
  if (id < 0) return std::nullopt;
  switch (gguf_get_kv_type(header, id)) {
    case GGUF_TYPE_UINT8:
      return gguf_get_val_u8(header, id);
    case GGUF_TYPE_INT8:
      return gguf_get_val_i8(header, id);
    case GGUF_TYPE_UINT16:
      return gguf_get_val_u16(header, id);
    case GGUF_TYPE_INT16:
      return gguf_get_val_i16(header, id);
    case GGUF_TYPE_UINT32:
      return gguf_get_val_u32(header, id);
    case GGUF_TYPE_INT32:
      return gguf_get_val_i32(header, id);
    case GGUF_TYPE_UINT64:
      return static_cast<double>(gguf_get_val_u64(header, id));
    case GGUF_TYPE_INT64:
      return static_cast<double>(gguf_get_val_i64(header, id));
    case GGUF_TYPE_FLOAT32:
      return static_cast<double>(gguf_get_val_f32(header, id));
    case GGUF_TYPE_FLOAT64:
      return gguf_get_val_f64(header, id);
    default:
      return std::nullopt;
  }
}

Result<std::string> GgufFile::architecture() const {
  auto name = text("general.architecture");
  if (!name)
    return fail(ErrorCode::bad_model, "the file does not name its architecture (general.architecture)",
                path_.string());
  return *name;
}

Result<std::vector<std::uint8_t>> GgufFile::read_raw(const GgufTensor& tensor) const {
  std::ifstream file(path_, std::ios::binary);
  std::vector<std::uint8_t> data(tensor.bytes);
  file.seekg(static_cast<std::streamoff>(tensor.offset));
  file.read(reinterpret_cast<char*>(data.data()), static_cast<std::streamsize>(data.size()));
  if (!file) return fail(ErrorCode::io, "tensor " + tensor.name + " cannot be read", path_.string());
  return data;
}

Result<std::vector<float>> GgufFile::read(const GgufTensor& tensor) const {
  auto raw = read_raw(tensor);
  if (!raw) return tl::unexpected(raw.error());
  auto values = to_floats(tensor.type, raw->data(), tensor.elements());
  if (!values) {
    auto error = values.error();
    error.where = path_.string() + ": " + tensor.name;
    return tl::unexpected(error);
  }
  return values;
}

Result<std::vector<float>> to_floats(ggml_type type, const std::uint8_t* data, std::int64_t count) {
  std::vector<float> values(static_cast<std::size_t>(count));
  if (type == GGML_TYPE_F32) {
    std::memcpy(values.data(), data, values.size() * sizeof(float));
    return values;
  }
  const auto* traits = ggml_get_type_traits(type);
  if (traits == nullptr || traits->to_float == nullptr) {
    return fail(ErrorCode::unsupported,
                fmt::format("tensor type {} cannot be read as floats", ggml_type_name(type)));
  }
  traits->to_float(data, values.data(), count);
  return values;
}

}  // namespace edgeeval
