// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <llama.h>

#include <algorithm>
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
  const auto shown = std::vector<std::string>(names.begin(), names.begin() + std::min<std::ptrdiff_t>(3, std::ssize(names)));
  return fail(ErrorCode::unsupported,
              fmt::format("{} tensors have rows that {} blocks of {} cannot hold: {}{}", names.size(), ggml_type_name(type),
                          ggml_blck_size(type), join(shown, ", "), names.size() > shown.size() ? ", …" : ""),
              file.path().string(), "--allow-fallback lets llama.cpp choose another type for them; the mix is reported.");
}

}  // namespace

Result<Json> quantize(const std::filesystem::path& model, const std::filesystem::path& out, const QuantizeOptions& options) {
  if (options.to == "fp16") return convert(model, out, "f16");
  const bool int8 = options.to == "int8";
  if (!int8 && options.to != "int4") {
    return fail(ErrorCode::usage, "unknown precision \"" + options.to + "\"", "--to", "known: fp16, int8, int4");
  }
  auto source = GgufFile::open(model);
  if (!source) return tl::unexpected(source.error());
  if (auto known = require_llama(*source); !known) return tl::unexpected(known.error());
  if (auto fits = refuse_unfit(*source, int8 ? GGML_TYPE_Q8_0 : GGML_TYPE_Q4_0, options.allow_fallback); !fits) {
    return tl::unexpected(fits.error());
  }
  route_log(false);
  auto parameters = llama_model_quantize_default_params();
  parameters.ftype = int8 ? LLAMA_FTYPE_MOSTLY_Q8_0 : LLAMA_FTYPE_MOSTLY_Q4_0;
  parameters.nthread = options.threads;
  const auto part = part_path(out);
  const auto space = free_space(out.parent_path());
  const bool done = llama_model_quantize(model.c_str(), part.c_str(), &parameters) == 0;
  if (!done) {
    std::error_code status;
    std::filesystem::remove(part, status);
    // llama.cpp does not say why a write failed; too little space for even a half of the input tells it.
    const bool full = space && *space < source->file_bytes() / 2;
    return fail(full ? ErrorCode::disk_full : ErrorCode::tool_failed, full ? "no space left for the quantized model" : "llama.cpp could not quantize the model",
                out.string());
  }
  if (auto committed = commit_file(part, out); !committed) return tl::unexpected(committed.error());
  return describe_output(out);
}

}  // namespace edgeeval::model
