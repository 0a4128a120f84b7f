// SPDX-License-Identifier: Apache-2.0
// A published study's raw tables as typed rows: what was served, adapted, merged and scored.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace edgeeval {

/// Where a row stood, for errors and findings.
struct Place {
  std::string file;      ///< File name without its folder.
  std::size_t line = 0;  ///< From 1.
};

/// What a row is about. Parts that a table does not know are empty.
struct CellKey {
  std::string family;     ///< "Llama"
  std::string size;       ///< Nominal: "1B"
  std::string method;     ///< "LoRA", "QLoRA"
  std::string precision;  ///< "FP16", "INT8", "INT4", "MERGED"; empty in an adaptation row.
  std::string task;       ///< "rag", "summ", "chat"
  friend auto operator<=>(const CellKey&, const CellKey&) = default;
};

/// "Llama-1B LoRA INT4 rag".
[[nodiscard]] std::string describe(const CellKey& key);

/// `key` in lower case: what ids are made of.
[[nodiscard]] CellKey folded(CellKey key);

/// One serving measurement of one variant.
struct ServingRow {
  CellKey key;
  Place place;
  std::string precision_label;  ///< The precision as the table's own column says it; empty where it has none.
  std::optional<double> samples;           ///< Requests.
  std::optional<double> tokens;            ///< Tokens generated over all requests.
  std::optional<double> load_time_s;       ///< Time to load the model (s).
  std::optional<double> inference_time_s;  ///< Time to serve all requests (s).
  std::optional<double> throughput;        ///< Tokens a second.
  std::optional<double> ttft_mean_ms, ttft_median_ms, itl_mean_ms, itl_median_ms;
  std::optional<double> energy_j;      ///< Over all requests (J).
  std::optional<double> power_mean_w;  ///< (W)
  std::optional<double> power_peak_w;  ///< (W)
  /// By the order of the number fields: one unit of the last decimal as written, in the field's unit.
  std::array<std::optional<double>, 12> steps{};
};

/// One adaptation run.
struct AdaptationRow {
  CellKey key;
  Place place;
  std::optional<double> energy_j, power_mean_w, time_s;
  std::optional<double> rows;    ///< Training examples.
  std::optional<double> boards;  ///< Accelerators used.
  /// By the order of the number fields: one unit of the last decimal as written, in the field's unit.
  std::array<std::optional<double>, 5> steps{};
};

/// One merge or quantization.
struct MergingRow {
  CellKey key;
  Place place;
  std::string operation;        ///< "MERGE" or "QUANTIZE".
  std::string precision_label;  ///< As the table's own column says it.
  std::optional<double> energy_j, power_mean_w, time_s;
  std::optional<double> board0_energy_j, board0_peak_w, board1_energy_j, board1_peak_w;
  /// By the order of the number fields: one unit of the last decimal as written, in the field's unit.
  std::array<std::optional<double>, 7> steps{};
};

/// Quality of one variant.
struct QualityRow {
  CellKey key;
  Place place;
  std::string precision_label;
  std::optional<double> primary_mean, primary_median, primary_sd;  ///< Task's primary score, and over passes.
  std::optional<double> secondary_mean, secondary_median, secondary_sd;  ///< Task's secondary score.
  /// By the order of the number fields: one unit of the last decimal as written, in the field's unit.
  std::array<std::optional<double>, 6> steps{};
  std::optional<double> items;         ///< Items behind the scores, where the row itself tells.
  std::optional<double> paired_error;  ///< Standard error of the primary score's difference from the FP16
                                       ///< row's over the same items, where single items are known.
};

/// What a reader of the tables must know and no column says: the platform and the sample, with their sources.
struct StudyContext {
  std::string title;
  std::string source;                               ///< Citation of the tables.
  std::string device{};  ///< The machine's name in data/economics/devices.csv; empty where not told.
  std::optional<double> board_power_limit_w;        ///< Of one accelerator (W).
  std::optional<double> boards;                     ///< Accelerators in the machine.
  std::optional<double> boards_read;                ///< Accelerators that the published sensor loop reads.
  std::optional<double> sensor_period_s;            ///< Shortest time between two fresh sensor values (s).
  std::optional<double> memory_bandwidth_gb_per_s;  ///< Of one accelerator.
  std::optional<double> board_memory_gb;            ///< Of one accelerator.
  std::optional<double> quality_items;              ///< Evaluation items behind each score.
  std::optional<double> quality_passes;             ///< Passes averaged.
  std::optional<bool>
      window_holds_load;               ///< Whether the published script's energy window also covers the load.
  std::vector<double> api_prices_usd;  ///< Each API price a request that text or code states.
  std::vector<std::string> cost_terms;  ///< Terms of cost that the study counts.
};

/// All tables of a study.
struct PublishedStudy {
  StudyContext context;
  std::vector<ServingRow> serving;
  std::vector<AdaptationRow> adaptation;
  std::vector<MergingRow> merging;
  std::vector<QualityRow> quality;
};

}  // namespace edgeeval
