// SPDX-License-Identifier: Apache-2.0
// One model file to another of a float type, with a change to each tensor on the way.
#pragma once

#include <edgeeval/result.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "shared/gguf_file.hpp"
#include "shared/gguf_writer.hpp"

namespace edgeeval::model {

/// Changes a tensor's values (row-major) in place.
using Change = std::function<Result<void>(const GgufTensor&, std::vector<float>&)>;

/// Writes `source` to `out` with matrices as `type` and vectors as F32; describes the result.
[[nodiscard]] Result<Json> rewrite(const GgufFile& source, const std::filesystem::path& out, ggml_type type,
                                   const Change& change);

/// What a result event says of a model file: bytes, file_type, tensor_mix.
[[nodiscard]] Result<Json> describe_output(const std::filesystem::path& out);

/// "f16" or "f32".
[[nodiscard]] Result<ggml_type> float_type(const std::string& name);

/// Unsupported unless the file's architecture is llama.
[[nodiscard]] Result<void> require_llama(const GgufFile& file);

}  // namespace edgeeval::model
