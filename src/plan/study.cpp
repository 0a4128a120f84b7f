// SPDX-License-Identifier: Apache-2.0
#include "plan/study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <system_error>

#include "core/text.hpp"
#include "plan/settings.hpp"
#include "plan/yaml.hpp"

namespace edgeeval {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostModels = 64;
constexpr std::size_t kMostTasks = 16;
constexpr std::size_t kMostCells = 32;

const std::vector<std::string> kRootKeys{"name",  "models", "tasks", "variants",
                                         "adapt", "engine", "load",  "energy", "prices"};
const std::vector<std::string> kModelKeys{"name", "family", "size", "source", "note"};
const std::vector<std::string> kSourceKeys{"installed", "file", "huggingface"};
const std::vector<std::string> kTaskKeys{"name", "folder"};
const std::vector<std::string> kVariantKeys{"adaptation", "precisions"};
const std::vector<std::string> kAdaptations{"none", "lora", "qlora"};
const std::vector<std::string> kPrecisions{"fp16", "int8", "int4", "merged"};
const std::vector<std::string> kShippedTasks{"rag", "summ", "chat"};

/// Names become parts of file names.
bool safe_name(const std::string& name, bool dots) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && name.size() <= 64 && plain(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return plain(c) || c == '-' || c == '_' || (dots && c == '.'); });
}

/// Reads one study; each part notes its findings and goes on.
class StudyReader {
 public:
  StudyReader(const fs::path& file, const PlanOptions& options)
      : folder_(file.parent_path()), options_(options), findings_(file.string()) {
    out_.study.file = file;
  }

  tl::expected<StudyFile, std::vector<Error>> read(const std::string& text) {
    try {
      const auto documents = YAML::LoadAll(text);
      if (documents.size() != 1 || documents.front().IsNull()) {
        findings_.add(YAML::Mark::null_mark(), "",
                      documents.size() > 1 ? "holds several YAML documents" : "the study is empty",
                      "docs/study-format.md shows a study to begin with.");
      } else {
        read_root(documents.front());
      }
    } catch (const YAML::Exception& problem) {
      findings_.add(problem.mark, "", "not YAML: " + problem.msg,
                    "Check indentation, brackets and quotes here.");
    } catch (const std::exception& problem) {
      findings_.add(YAML::Mark::null_mark(), "", std::string("cannot be read as YAML: ") + problem.what());
    }
    if (!findings_.errors().empty()) return tl::unexpected(std::move(findings_.errors()));
    return std::move(out_);
  }

 private:
  void read_root(const YAML::Node& node) {
    YamlMap root(node, "", kRootKeys, findings_);
    if (!node.IsMap()) return;
    out_.study.name = root.text("name", true);
    if (!out_.study.name.empty() && !safe_name(out_.study.name, true))
      name_finding(*root.find("name"), "name", true);
    each_item(root, "models", kMostModels, findings_,
              [&](const auto& item, const auto& path) { read_model(item, path); });
    each_item(root, "tasks", kMostTasks, findings_,
              [&](const auto& item, const auto& path) { read_task(item, path); });
    each_item(root, "variants", kMostCells, findings_,
              [&](const auto& item, const auto& path) { read_cells(item, path); });
    refuse_alike(root);
    out_.settings = read_settings(root, options_.cores, out_.study, findings_);
  }

  void name_finding(const YAML::Node& node, const std::string& path, bool dots) {
    findings_.add(node.Mark(), path, "cannot be part of a file name: " + describe(node),
                  dots ? "allowed: letters, digits, - _ and . (at most 64, beginning with a letter or digit)"
                       : "allowed: letters, digits, - and _ (at most 64, beginning with a letter or digit)");
  }

  void read_model(const YAML::Node& item, const std::string& path) {
    YamlMap map(item, path, kModelKeys, findings_);
    if (!item.IsMap()) return;
    Model model;
    model.name = map.text("name", true);
    model.family = map.text("family", true);
    model.size = map.text("size", true);
    model.note = map.text("note", false);
    if (!model.name.empty() && !safe_name(model.name, true))
      name_finding(*map.find("name"), path + ".name", true);
    if (const auto source = map.find("source")) {
      read_source(*source, path + ".source", model);
    } else {
      findings_.add(map.mark(), path + ".source", "is missing",
                    "allowed: {installed: NAME}, {file: PATH.gguf} or {huggingface: ID}");
    }
    for (const auto& other : out_.study.models) {
      if (!model.name.empty() && other.name == model.name) {
        findings_.add(map.mark(), path + ".name", fmt::format("two models are called \"{}\"", model.name));
      }
    }
    out_.study.models.push_back(std::move(model));
  }

  void read_source(const YAML::Node& node, const std::string& path, Model& model) {
    YamlMap map(node, path, kSourceKeys, findings_);
    if (!node.IsMap()) return;
    const auto given = std::count_if(kSourceKeys.begin(), kSourceKeys.end(),
                                     [&](const auto& key) { return map.find(key).has_value(); });
    if (given != 1) {
      findings_.add(map.mark(), path, fmt::format("has {} of installed, file and huggingface", given),
                    "Give exactly one.");
      return;
    }
    model.package = map.text("installed", false);
    model.huggingface = map.text("huggingface", false);
    if (const auto file = map.text("file", false); !file.empty()) model.gguf = folder_ / file;
    locate(model);
  }

  void locate(Model& model) {
    std::error_code status;
    if (!model.package.empty()) {
      if (auto found = options_.find_model(model.package)) {
        model.gguf = *found;
      } else {
        out_.missing.push_back(
            fmt::format("model {}: \"{}\" is not installed (scripts/setup installs the quickstart's)",
                        model.name, model.package));
      }
    } else if (!model.huggingface.empty()) {
      out_.missing.push_back(
          fmt::format("model {}: {} from Hugging Face cannot be run yet; give a GGUF with file:", model.name,
                      model.huggingface));
    } else if (!model.gguf.empty() && !fs::is_regular_file(model.gguf, status)) {
      out_.missing.push_back(fmt::format("model {}: there is no file {}", model.name, model.gguf.string()));
    }
  }

  void read_task(const YAML::Node& item, const std::string& path) {
    std::string name;
    std::optional<fs::path> folder;
    if (item.IsScalar()) {
      name = item.Scalar();
      if (std::find(kShippedTasks.begin(), kShippedTasks.end(), name) == kShippedTasks.end()) {
        findings_.add(item.Mark(), path, "unknown task " + describe(item),
                      allowed_hint(name, kShippedTasks) + "\nYour own: {name: NAME, folder: PATH}");
        return;
      }
      folder = options_.find_task(name);
    } else {
      YamlMap map(item, path, kTaskKeys, findings_);
      if (!item.IsMap()) return;
      name = map.text("name", true);
      const auto given = map.text("folder", true);
      if (!name.empty() && !safe_name(name, false)) name_finding(*map.find("name"), path + ".name", false);
      std::error_code status;
      if (fs::is_directory(folder_ / given, status) && !given.empty()) folder = folder_ / given;
    }
    auto& names = out_.study.task_names;
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      findings_.add(item.Mark(), path, fmt::format("task \"{}\" is given twice", printable(name)));
    }
    if (!folder) out_.missing.push_back(fmt::format("task {}: its data is not here", printable(name)));
    names.push_back(name);
    out_.study.task_folders.push_back(folder.value_or(fs::path()));
  }

  void read_cells(const YAML::Node& item, const std::string& path) {
    YamlMap map(item, path, kVariantKeys, findings_);
    if (!item.IsMap()) return;
    const auto word = map.text("adaptation", true);
    const auto adaptation = adaptation_from(word);
    if (!word.empty() && !adaptation) {
      findings_.add(map.find("adaptation")->Mark(), path + ".adaptation",
                    fmt::format("unknown adaptation \"{}\"", word), allowed_hint(word, kAdaptations));
    }
    each_item(map, "precisions", kMostCells, findings_, [&](const auto& node, const auto& where) {
      const auto precision = node.IsScalar() ? precision_from(node.Scalar()) : std::nullopt;
      if (!precision) {
        findings_.add(node.Mark(), where, "unknown precision " + describe(node),
                      allowed_hint(node.IsScalar() ? node.Scalar() : "", kPrecisions));
      } else if (adaptation) {
        add_cell({*adaptation, *precision}, node, where);
      }
    });
  }

  void add_cell(GridCell cell, const YAML::Node& node, const std::string& path) {
    const bool merged = cell.precision == Precision::merged;
    if (merged != (cell.adaptation == Adaptation::qlora)) {
      findings_.add(
          node.Mark(), path,
          fmt::format("adaptation {} cannot have precision {}", to_string(cell.adaptation),
                      to_string(cell.precision)),
          merged ? "allowed: fp16, int8, int4 (merged means: a QLoRA adapter merged into the FP16 base)"
                 : "allowed: merged (the adapter is merged into the FP16 base and served as FP16)");
      return;
    }
    for (const auto& other : out_.grid) {
      if (other.adaptation == cell.adaptation && other.precision == cell.precision) {
        findings_.add(
            node.Mark(), path,
            fmt::format("{} {} is given twice", to_string(cell.adaptation), to_string(cell.precision)));
        return;
      }
    }
    out_.grid.push_back(cell);
  }

  /// Stage ids join names with dots; "a" with task "rag" and a model called "a.rag.x" could make the same id.
  void refuse_alike(const YamlMap& root) {
    for (const auto& a : out_.study.models) {
      for (const auto& b : out_.study.models) {
        for (const auto& task : out_.study.task_names) {
          if (!a.name.empty() && b.name.starts_with(a.name + "." + task + ".")) {
            findings_.add(
                root.mark(), "models",
                fmt::format("the names \"{}\" and \"{}\" make the same file names", a.name, b.name));
          }
        }
      }
    }
  }

  fs::path folder_;
  const PlanOptions& options_;
  Findings findings_;
  StudyFile out_;
};

}  // namespace

tl::expected<StudyFile, std::vector<Error>> parse_study(const std::string& text, const fs::path& file,
                                                        const PlanOptions& options) {
  return StudyReader(file, options).read(text);
}

std::vector<std::string> study_keys() {
  std::vector<std::string> keys{"name"};
  const std::pair<const char*, const std::vector<std::string>*> lists[] = {{"models[].", &kModelKeys},
                                                                           {"models[].source.", &kSourceKeys},
                                                                           {"tasks[].", &kTaskKeys},
                                                                           {"variants[].", &kVariantKeys}};
  for (const auto& [prefix, names] : lists) {
    for (const auto& name : *names) keys.push_back(prefix + name);
  }
  for (const auto& field : setting_fields()) keys.push_back(fmt::format("{}.{}", field.section, field.key));
  return keys;
}

}  // namespace edgeeval
