// SPDX-License-Identifier: Apache-2.0
// The paper's metrics of a published study's tables, as the same rows that runs of our own yield.
#pragma once

#include <edgeeval/metrics.hpp>
#include <edgeeval/result.hpp>
#include <map>
#include <string>
#include <vector>

#include "economics/paper_formulas.hpp"
#include "tables/published_study.hpp"

namespace edgeeval::paper {

/// One variant with everything the tables say of it, and its five metrics.
struct PublishedVariant {
  const ServingRow* serving = nullptr;
  const AdaptationRow* adaptation = nullptr;
  const QualityRow* quality = nullptr;
  double joules_per_request = 0.0;
  std::optional<double> n_break;  ///< Absent where electricity alone costs as much as the API: never.
  double ipw = 0.0;
  double rho_sys = 0.0;
  double c_tax = 0.0;
  std::optional<double> q_ret;  ///< LoRA INT8 and INT4 only: they alone have an FP16 row to compare with.
  std::string q_ret_absent;     ///< Why `q_ret` has no value where it should have one.
};

/// "llama-1b.rag.lora.int4": the variant's id in rows and records; without the precision where it is empty.
[[nodiscard]] std::string variant_id(const CellKey& key);

/// The nominal gigabytes of `key`, or an error at `place` that says which sizes and precisions have any.
[[nodiscard]] Result<double> nominal_gb_of(const CellKey& key, const Place& place);

/// Joins the tables and computes the metrics, in the order of the serving table. `study` must outlive the
/// result. Errors: invalid_table where a row lacks that rows of other tables speak of (holes.hpp), where a
/// variant has no adaptation, quality or FP16 row or its size label has no nominal size, and where a figure
/// that is divided by is not above zero or a metric comes out as no finite number.
[[nodiscard]] Result<std::vector<PublishedVariant>> compute(const PublishedStudy& study,
                                                            const Constants& constants);

/// The variants as metric rows in mode "paper": five a variant, Q_ret left out where the paper has none.
[[nodiscard]] std::vector<MetricRow> metric_rows(const std::vector<PublishedVariant>& variants,
                                                 const StudyContext& context, const Constants& constants);

}  // namespace edgeeval::paper
