// SPDX-License-Identifier: Apache-2.0
#include "adapter.hpp"
#include "commands.hpp"
#include "rewrite.hpp"

namespace edgeeval::model {

Result<Json> merge(const std::filesystem::path& model, const std::filesystem::path& adapter_folder,
                   const std::filesystem::path& out, const std::string& type) {
  auto wanted = float_type(type);
  if (!wanted) return tl::unexpected(wanted.error());
  auto source = GgufFile::open(model);
  if (!source) return tl::unexpected(source.error());
  if (auto known = require_llama(*source); !known) return tl::unexpected(known.error());
  auto adapter = Adapter::open(adapter_folder, *source);
  if (!adapter) return tl::unexpected(adapter.error());
  auto written = rewrite(*source, out, *wanted, [&](const GgufTensor& tensor, std::vector<float>& values) {
    return adapter->apply(tensor, values);
  });
  if (written) (*written)["merged_tensors"] = adapter->size();
  return written;
}

}  // namespace edgeeval::model
