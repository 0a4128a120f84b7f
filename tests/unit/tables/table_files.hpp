// SPDX-License-Identifier: Apache-2.0
// Small tables on disk for tests.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "unit/record/samples.hpp"

namespace edgeeval {

/// A folder of files that goes away.
class TableFolder {
 public:
  void write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_.path() / name, std::ios::binary) << content;
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }

 private:
  ScratchFolder folder_;
};

/// A serving table of two rows, with header.
inline std::string serving_csv() {
  return "family,size,method,precision,task,samples,load_s,infer_s,tps,energy,power\n"
         "Llama,1B,LoRA,FP16,rag,100,10,20,750,1500,75\n"
         "Llama,1B,LoRA,INT4,rag,100,8,10,1500,700,70\n";
}

/// A mapping that reads serving_csv() from serving.csv.
inline std::string serving_mapping() {
  return "context: {title: small, source: a test, boards: 1}\n"
         "tables:\n"
         "  serving:\n"
         "    files: [serving.csv]\n"
         "    columns: {family: family, size: size, method: method, precision: precision, task: task,\n"
         "              samples: samples, load_time_s: load_s, inference_time_s: infer_s,\n"
         "              throughput_tok_per_s: tps, energy_j: energy, power_mean_w: power}\n";
}

}  // namespace edgeeval
