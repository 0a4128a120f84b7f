// SPDX-License-Identifier: Apache-2.0
#include "support/saved_run.hpp"

#include "core/files.hpp"
#include "core/json.hpp"
#include "record/codec.hpp"
#include "record/writer.hpp"

namespace edgeeval {
namespace {

template <class T>
bool save_items(const std::vector<T>& items, const std::filesystem::path& path) {
  std::string text;
  for (const auto& item : items) text += to_line(to_json(item)) + "\n";
  return make_folder(path.parent_path()) && write_file(path, text);
}

/// Writes a variant's file and names it in its stage.
template <class T>
bool save_file(RunRecord& record, const std::string& stage, const char* name, const std::vector<T>& items,
               const std::string& variant, const std::filesystem::path& folder) {
  const auto path = std::string(name) + "/" + variant + ".jsonl";
  record.stages[stage].artifacts.push_back({name, path, 0, ""});
  return save_items(items, folder / path);
}

}  // namespace

void set_scores(RunRecord& record, const std::string& variant, int count,
                const std::function<double(int)>& score) {
  auto& scores = record.scores[variant];
  scores.clear();
  for (int i = 0; i < count; ++i) {
    const double value = score(i);
    scores.push_back({"item-" + std::to_string(i), "an answer", {"the answer"}, true, value, value, value});
  }
}

bool save_run(RunRecord record, const std::filesystem::path& folder) {
  bool saved = static_cast<bool>(make_folder(folder));
  for (const auto& variant : record.variants) {
    if (record.requests.contains(variant.id))
      saved = save_file(record, variant.serve_stage, "requests", record.requests[variant.id], variant.id,
                        folder) &&
              saved;
    if (record.scores.contains(variant.id))
      saved = save_file(record, variant.score_stage, "predictions", record.scores[variant.id], variant.id,
                        folder) &&
              saved;
  }
  auto writer = RecordWriter::open(
      folder, {record.study, record.plan_key, record.variants, record.prices, record.settings}, true);
  if (!writer) return false;
  for (const auto& sitting : record.sittings) saved = writer->sitting_started(sitting) && saved;
  for (const auto& idle : record.idle) saved = writer->idled(idle) && saved;
  for (const auto& [id, stage] : record.stages) saved = writer->stage_ended(stage) && saved;
  for (const auto& sitting : record.sittings)
    saved = writer->sitting_ended(sitting.number, sitting.ended, sitting.how_ended) && saved;
  return saved;
}

}  // namespace edgeeval
