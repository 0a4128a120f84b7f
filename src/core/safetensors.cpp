// SPDX-License-Identifier: Apache-2.0
#include "core/safetensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <system_error>
#include <tuple>

#include "core/files.hpp"
#include "core/json.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");
constexpr std::uint64_t kLargestHeader = 100'000'000;  // The format's own limit.

std::uint64_t width_of(const std::string& dtype) {
  if (dtype == "F32") return 4;
  return dtype == "F16" || dtype == "BF16" ? 2 : 0;
}

float from_half(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1F;
  const int mantissa = bits & 0x3FF;
  const float sign = (bits & 0x8000) != 0 ? -1.0F : 1.0F;
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(mantissa), -24);
  if (exponent == 31) return mantissa == 0 ? sign * INFINITY : NAN;
  return sign * std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
}

/// Reads one entry of the header; throws nlohmann's exception on wrong types.
SafetensorInfo info_of(const Json& entry) {
  SafetensorInfo info;
  info.dtype = entry.at("dtype").get<std::string>();
  info.shape = entry.at("shape").get<std::vector<std::int64_t>>();
  info.begin = entry.at("data_offsets").at(0).get<std::uint64_t>();
  info.end = entry.at("data_offsets").at(1).get<std::uint64_t>();
  return info;
}

/// What is wrong with an entry; empty where nothing is.
std::string problem_of(const SafetensorInfo& info, std::uint64_t data_bytes) {
  if (info.begin > info.end || info.end > data_bytes) return "its data lie outside the file";
  std::uint64_t elements = 1;
  for (const auto extent : info.shape) {
    if (extent < 0 || (extent > 0 && elements > (1ULL << 48U) / static_cast<std::uint64_t>(extent)))
      return "its shape is impossible";
    elements *= static_cast<std::uint64_t>(extent);
  }
  const auto width = width_of(info.dtype);
  if (width != 0 && elements * width != info.end - info.begin)
    return "its shape and the size of its data disagree";
  return {};
}

/// The name of a tensor whose data begin within another's; empty where no two share bytes.
std::string overlapping(const std::map<std::string, SafetensorInfo>& tensors) {
  std::vector<std::tuple<std::uint64_t, std::uint64_t, std::string>> spans;
  for (const auto& [name, info] : tensors) spans.emplace_back(info.begin, info.end, name);
  std::sort(spans.begin(), spans.end());
  for (std::size_t i = 1; i < spans.size(); ++i) {
    if (std::get<0>(spans[i]) < std::get<1>(spans[i - 1])) return std::get<2>(spans[i]);
  }
  return {};
}

}  // namespace

Result<SafetensorsFile> SafetensorsFile::open(const fs::path& path) {
  std::error_code status;
  const auto size = fs::file_size(path, status);
  if (status)
    return fail(ErrorCode::bad_model, "the file is missing or cannot be read: " + status.message(),
                path.string());
  std::ifstream file(path, std::ios::binary);
  std::uint64_t header_bytes = 0;
  file.read(reinterpret_cast<char*>(&header_bytes), sizeof header_bytes);
  if (!file || header_bytes > kLargestHeader || header_bytes + 8 > size) {
    return fail(ErrorCode::bad_model, "not a safetensors file, or a truncated one", path.string());
  }
  std::string text(header_bytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  auto header = parse_json(text, path.string());
  if (!file || !header || !header->is_object())
    return fail(ErrorCode::bad_model, "the safetensors header is damaged", path.string());
  SafetensorsFile opened;
  opened.path_ = path;
  opened.data_begin_ = 8 + header_bytes;
  for (const auto& [name, entry] : header->items()) {
    if (name == "__metadata__") continue;
    try {
      opened.tensors_[name] = info_of(entry);
    } catch (const nlohmann::json::exception& problem) {
      return fail(ErrorCode::bad_model, fmt::format("tensor {}: {}", name, problem.what()), path.string());
    }
    const auto problem = problem_of(opened.tensors_[name], size - opened.data_begin_);
    if (!problem.empty())
      return fail(ErrorCode::bad_model, fmt::format("tensor {}: {}", name, problem), path.string());
  }
  if (const auto name = overlapping(opened.tensors_); !name.empty()) {
    return fail(ErrorCode::bad_model, fmt::format("tensor {}: its data overlap another tensor's", name),
                path.string());
  }
  return opened;
}

Result<std::vector<float>> SafetensorsFile::read(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) return fail(ErrorCode::bad_model, "no tensor " + name, path_.string());
  const auto& info = found->second;
  if (width_of(info.dtype) == 0) {
    return fail(ErrorCode::unsupported, fmt::format("tensor {} is of type {}", name, info.dtype),
                path_.string(), "known: F32, F16, BF16");
  }
  std::ifstream file(path_, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(data_begin_ + info.begin));
  std::vector<char> raw(info.end - info.begin);
  file.read(raw.data(), static_cast<std::streamsize>(raw.size()));
  if (!file) return fail(ErrorCode::io, "tensor " + name + " cannot be read", path_.string());
  std::vector<float> values(raw.size() / width_of(info.dtype));
  if (info.dtype == "F32") {
    std::memcpy(values.data(), raw.data(), raw.size());
    return values;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, raw.data() + 2 * i, 2);
    values[i] =
        info.dtype == "F16" ? from_half(bits) : std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
  }
  return values;
}

Result<void> write_safetensors(const fs::path& path, const std::vector<SafetensorOutput>& tensors) {
  Json header{{"__metadata__", {{"format", "pt"}}}};
  std::uint64_t offset = 0;
  for (const auto& tensor : tensors) {
    const auto bytes = tensor.values.size() * sizeof(float);
    header[tensor.name] = {
        {"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {offset, offset + bytes}}};
    offset += bytes;
  }
  auto text = header.dump();
  // The data part begins on a multiple of eight bytes; spaces are the format's own padding.
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = text.size();
  std::string content(8 + text.size() + offset, '\0');
  std::memcpy(content.data(), &length, 8);
  std::memcpy(content.data() + 8, text.data(), text.size());
  char* at = content.data() + 8 + text.size();
  for (const auto& tensor : tensors) {
    std::memcpy(at, tensor.values.data(), tensor.values.size() * sizeof(float));
    at += tensor.values.size() * sizeof(float);
  }
  return write_file(path, content);
}

}  // namespace edgeeval
