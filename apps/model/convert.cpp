// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <llama.h>

#include <memory>

#include "commands.hpp"
#include "rewrite.hpp"

namespace edgeeval::model {
namespace {

struct FreeGguf {
  void operator()(gguf_context* context) const { gguf_free(context); }
};

}  // namespace

Result<ggml_type> float_type(const std::string& name) {
  if (name == "f16") return GGML_TYPE_F16;
  if (name == "f32") return GGML_TYPE_F32;
  return fail(ErrorCode::usage, "unknown type \"" + name + "\"", "--type", "known: f16, f32");
}

Result<void> require_llama(const GgufFile& file) {
  auto architecture = file.architecture();
  if (!architecture) return tl::unexpected(architecture.error());
  if (*architecture == "llama") return {};
  return fail(ErrorCode::unsupported, fmt::format("architecture \"{}\" is not supported", *architecture),
              file.path().string(), "supported: llama (LLaMA family)");
}

Result<Json> rewrite(const GgufFile& source, const std::filesystem::path& out, ggml_type type,
                     const Change& change) {
  const std::unique_ptr<gguf_context, FreeGguf> header(gguf_init_empty());
  gguf_set_kv(header.get(), source.header());
  gguf_remove_key(header.get(), "general.quantization_version");
  const auto file_type = type == GGML_TYPE_F16 ? LLAMA_FTYPE_MOSTLY_F16 : LLAMA_FTYPE_ALL_F32;
  gguf_set_val_u32(header.get(), "general.file_type", static_cast<std::uint32_t>(file_type));
  std::vector<GgufOutput> outputs;
  for (const auto& tensor : source.tensors()) {
    // llama.cpp keeps vectors (norms, biases, rope factors) in F32 whatever the file's type.
    const auto stored = tensor.shape.size() > 1 ? type : GGML_TYPE_F32;
    outputs.push_back({tensor.name, stored, tensor.shape,
                       [&source, &tensor, &change, stored]() -> Result<std::vector<std::uint8_t>> {
                         auto values = source.read(tensor);
                         if (!values) return tl::unexpected(values.error());
                         if (auto changed = change(tensor, *values); !changed)
                           return tl::unexpected(changed.error());
                         return store_as(stored, *values, tensor.shape[0]);
                       }});
  }
  if (auto written = write_gguf(out, header.get(), outputs); !written) return tl::unexpected(written.error());
  return describe_output(out);
}

Result<Json> describe_output(const std::filesystem::path& out) {
  auto file = GgufFile::open(out);
  if (!file) return tl::unexpected(file.error());
  const auto type = static_cast<llama_ftype>(static_cast<int>(file->number("general.file_type").value_or(0)));
  std::string name = llama_ftype_name(type);
  if (name.starts_with("(guessed) ")) name.erase(0, 10);
  return Json{{"out", out.string()},
              {"bytes", file->file_bytes()},
              {"file_type", name},
              {"tensor_mix", tensor_mix(file->tensors())}};
}

Result<Json> convert(const std::filesystem::path& model, const std::filesystem::path& out,
                     const std::string& type) {
  auto wanted = float_type(type);
  if (!wanted) return tl::unexpected(wanted.error());
  auto source = GgufFile::open(model);
  if (!source) return tl::unexpected(source.error());
  if (auto known = require_llama(*source); !known) return tl::unexpected(known.error());
  return rewrite(*source, out, *wanted,
                 [](const GgufTensor&, std::vector<float>&) { return Result<void>(); });
}

}  // namespace edgeeval::model
