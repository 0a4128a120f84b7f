// SPDX-License-Identifier: Apache-2.0
#include "shared/gguf_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <fstream>
#include <map>
#include <memory>
#include <system_error>

#include "core/files.hpp"
#include "core/text.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

struct FreeGgml {
  void operator()(ggml_context* context) const { ggml_free(context); }
};

/// Adds the tensors' names, types and shapes to the header.
Result<void> declare(gguf_context* header, const std::vector<GgufOutput>& tensors) {
  const std::size_t memory = ggml_tensor_overhead() * (tensors.size() + 1);
  const std::unique_ptr<ggml_context, FreeGgml> shapes(ggml_init(ggml_init_params{memory, nullptr, true}));
  for (const auto& tensor : tensors) {
    if (tensor.shape[0] % ggml_blck_size(tensor.type) != 0) {
      return fail(ErrorCode::unsupported,
                  fmt::format("tensor {}: rows of {} values do not fill {} blocks of {}", tensor.name,
                              tensor.shape[0], ggml_type_name(tensor.type), ggml_blck_size(tensor.type)));
    }
    auto* declared = ggml_new_tensor(shapes.get(), tensor.type, static_cast<int>(tensor.shape.size()),
                                     tensor.shape.data());
    ggml_set_name(declared, tensor.name.c_str());
    gguf_add_tensor(header, declared);
  }
  return {};
}

Result<void> write_all(const fs::path& part, gguf_context* header, const std::vector<GgufOutput>& tensors) {
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  const auto failed = [&] {
    return tl::unexpected(errno_error(errno, "the model file cannot be written", part.string()));
  };
  if (!file) return failed();
  std::vector<char> meta(gguf_get_meta_size(header));
  gguf_get_meta_data(header, meta.data());
  file.write(meta.data(), static_cast<std::streamsize>(meta.size()));
  const auto alignment = gguf_get_alignment(header);
  for (const auto& tensor : tensors) {
    auto bytes = tensor.bytes();
    if (!bytes) return tl::unexpected(bytes.error());
    bytes->resize((bytes->size() + alignment - 1) / alignment * alignment);
    file.write(reinterpret_cast<const char*>(bytes->data()), static_cast<std::streamsize>(bytes->size()));
    if (!file) return failed();
  }
  file.close();
  if (!file) return failed();
  return {};
}

}  // namespace

Result<void> write_gguf(const fs::path& path, gguf_context* header, const std::vector<GgufOutput>& tensors) {
  if (auto declared = declare(header, tensors); !declared) return declared;
  const auto part = part_path(path);
  if (auto written = write_all(part, header, tensors); !written) {
    std::error_code status;
    fs::remove(part, status);
    return written;
  }
  return commit_file(part, path);
}

Result<std::vector<std::uint8_t>> store_as(ggml_type type, const std::vector<float>& values,
                                           std::int64_t row) {
  const auto count = static_cast<std::int64_t>(values.size());
  std::vector<std::uint8_t> bytes(ggml_row_size(type, row) * static_cast<std::size_t>(count / row));
  if (type == GGML_TYPE_F32) {
    std::copy_n(reinterpret_cast<const std::uint8_t*>(values.data()), bytes.size(), bytes.begin());
    return bytes;
  }
  if (type == GGML_TYPE_F16) {
    ggml_fp32_to_fp16_row(values.data(), reinterpret_cast<ggml_fp16_t*>(bytes.data()), count);
    return bytes;
  }
  if (ggml_quantize_requires_imatrix(type)) {
    return fail(ErrorCode::unsupported, fmt::format("{} needs an importance matrix", ggml_type_name(type)));
  }
  ggml_quantize_chunk(type, values.data(), bytes.data(), 0, count / row, row, nullptr);
  return bytes;
}

std::string tensor_mix(const std::vector<GgufTensor>& tensors) {
  std::map<std::string, int> counts;
  for (const auto& tensor : tensors) ++counts[ggml_type_name(tensor.type)];
  std::vector<std::pair<int, std::string>> sorted;
  for (const auto& [name, count] : counts) sorted.emplace_back(-count, name);
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::string> parts;
  for (auto& [count, name] : sorted) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    parts.push_back(fmt::format("{} {} tensors", name, -count));
  }
  return join(parts, ", ");
}

}  // namespace edgeeval
