// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <llama.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "commands.hpp"
#include "core/files.hpp"
#include "core/text.hpp"
#include "llama_model.hpp"
#include "rewrite.hpp"

namespace edgeeval::model {
namespace {

/// Names of the matrices whose rows do not fill the type's blocks.
std::vector<std::string> unfit(const GgufFile& file, ggml_type type) {
  std::vector<std::string> names;
  for (const auto& tensor : file.tensors()) {
    if (tensor.shape.size() > 1 && tensor.shape[0] % ggml_blck_size(type) != 0) names.push_back(tensor.name);
  }
  return names;
}

Result<void> refuse_unfit(const GgufFile& file, ggml_type type, bool allow_fallback) {
  const auto names = unfit(file, type);
  if (names.empty() || allow_fallback) return {};
  const auto shown =
      std::vector<std::string>(names.begin(), names.begin() + std::min<std::ptrdiff_t>(3, std::ssize(names)));
  return fail(ErrorCode::unsupported,
              fmt::format("{} tensors have rows that {} blocks of {} cannot hold: {}{}", names.size(),
                          ggml_type_name(type), ggml_blck_size(type), join(shown, ", "),
                          names.size() > shown.size() ? ", …" : ""),
              file.path().string(),
              "--allow-fallback lets llama.cpp choose another type for them; the mix is reported.");
}

/// Quantizing what is quantized already would add one loss to another.
Result<void> refuse_quantized(const GgufFile& file) {
  const auto found = std::find_if(file.tensors().begin(), file.tensors().end(),
                                  [](const GgufTensor& tensor) { return ggml_is_quantized(tensor.type); });
  if (found == file.tensors().end()) return {};
  return fail(ErrorCode::unsupported,
              fmt::format("the model is quantized already ({})", tensor_mix(file.tensors())),
              file.path().string(), "`edgeeval-model convert --type f16` first, if its loss is acceptable.");
}

/// Why llama.cpp failed, which it does not say itself. `part` is still there: a disk that it filled is still
/// full.
Error reason_of_failure(const std::filesystem::path& part, const std::filesystem::path& out) {
  constexpr std::uint64_t kAsGoodAsFull = 1U << 20U;
  std::error_code status;
  const auto folder = std::filesystem::absolute(out, status).parent_path();
  if (!std::filesystem::is_directory(folder, status)) {
    return {ErrorCode::io, "the folder to write to does not exist", folder.string(), "Create it first."};
  }
  const auto space = free_space(folder);
  std::filesystem::remove(part, status);
  if (space && *space < kAsGoodAsFull)
    return errno_error(ENOSPC, "the quantized model cannot be written", out.string());
  return {ErrorCode::tool_failed, "llama.cpp could not quantize the model; its reason is in the lines above",
          out.string(), ""};
}

}  // namespace

Result<Json> quantize(const std::filesystem::path& model, const std::filesystem::path& out,
                      const QuantizeOptions& options) {
  if (options.to == "fp16") return convert(model, out, "f16");
  const bool int8 = options.to == "int8";
  if (!int8 && options.to != "int4") {
    return fail(ErrorCode::usage, "unknown precision \"" + options.to + "\"", "--to",
                "known: fp16, int8, int4");
  }
  auto source = GgufFile::open(model);
  if (!source) return tl::unexpected(source.error());
  if (auto known = require_llama(*source); !known) return tl::unexpected(known.error());
  if (auto whole = refuse_quantized(*source); !whole) return tl::unexpected(whole.error());
  if (auto fits = refuse_unfit(*source, int8 ? GGML_TYPE_Q8_0 : GGML_TYPE_Q4_0, options.allow_fallback);
      !fits) {
    return tl::unexpected(fits.error());
  }
  route_log(false);
  auto parameters = llama_model_quantize_default_params();
  parameters.ftype = int8 ? LLAMA_FTYPE_MOSTLY_Q8_0 : LLAMA_FTYPE_MOSTLY_Q4_0;
  parameters.nthread = options.threads;
  const auto part = part_path(out);
  if (llama_model_quantize(model.c_str(), part.c_str(), &parameters) != 0) {
    return tl::unexpected(reason_of_failure(part, out));
  }
  if (auto committed = commit_file(part, out); !committed) return tl::unexpected(committed.error());
  return describe_output(out);
}

}  // namespace edgeeval::model
