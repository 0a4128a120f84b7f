// SPDX-License-Identifier: Apache-2.0
#include "paper/published_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "paper/holes.hpp"

namespace edgeeval::paper {
namespace {

template <class Row>
std::map<CellKey, const Row*> index_of(const std::vector<Row>& rows) {
  std::map<CellKey, const Row*> index;
  for (const auto& row : rows) index.emplace(row.key, &row);
  return index;
}

/// Every way from a serving row to the other tables.
class Join {
 public:
  explicit Join(const PublishedStudy& study)
      : adaptation_(index_of(study.adaptation)), quality_(index_of(study.quality)) {}

  [[nodiscard]] const AdaptationRow* adaptation(CellKey key) const {
    key.precision.clear();
    return at(adaptation_, key);
  }
  [[nodiscard]] const QualityRow* quality(const CellKey& key) const { return at(quality_, key); }

 private:
  template <class Row>
  static const Row* at(const std::map<CellKey, const Row*>& index, const CellKey& key) {
    const auto found = index.find(key);
    return found == index.end() ? nullptr : found->second;
  }
  std::map<CellKey, const AdaptationRow*> adaptation_;
  std::map<CellKey, const QualityRow*> quality_;
};

tl::unexpected<Error> missing(const ServingRow& row, const char* what) {
  return fail(ErrorCode::invalid_table, fmt::format("no {} row for {}", what, describe(row.key)),
              fmt::format("{}:{}", row.place.file, row.place.line),
              "Every serving row needs one in the same family, size, method and task.");
}

/// The first of the row's figures that cannot be, as an error.
Result<void> check_figures(const PublishedVariant& variant) {
  const auto& row = *variant.serving;
  struct Figure {
    const char* name;
    const std::optional<double>& value;
    const Place& place;
    bool divides;
  };
  for (const auto& figure :
       {Figure{"energy_j", row.energy_j, row.place, true}, Figure{"samples", row.samples, row.place, true},
        Figure{"throughput_tok_per_s", row.throughput, row.place, true},
        Figure{"load_time_s", row.load_time_s, row.place, false},
        Figure{"power_mean_w", row.power_mean_w, row.place, true},
        Figure{"energy_j", variant.adaptation->energy_j, variant.adaptation->place, true},
        Figure{"primary_mean", variant.quality->primary_mean, variant.quality->place, false}}) {
    const auto where = fmt::format("{}:{}", figure.place.file, figure.place.line);
    if (!figure.value)
      return fail(ErrorCode::invalid_table, fmt::format("no {} for {}", figure.name, describe(row.key)),
                  where);
    const bool sound =
        std::isfinite(*figure.value) && (figure.divides ? *figure.value > 0.0 : *figure.value >= 0.0);
    if (!sound)
      return fail(ErrorCode::invalid_table,
                  fmt::format("{} of {} cannot be {}", figure.name, describe(row.key), *figure.value), where,
                  figure.divides ? "It must be above 0." : "It must be 0 or more.");
  }
  return {};
}

/// Retention against the FP16 row, or why it has no value.
void compare(PublishedVariant& variant, const QualityRow& whole) {
  const auto reference = whole.primary_mean.value_or(0.0);
  if (reference > 0.0) {
    variant.q_ret = q_ret(*variant.quality->primary_mean, reference);
  } else {
    variant.q_ret_absent =
        fmt::format("the FP16 score ({}:{}) is {}: nothing to keep a share of", whole.place.file,
                    whole.place.line, whole.primary_mean ? "0" : "missing");
  }
}

Result<PublishedVariant> compute_one(const ServingRow& row, const Join& join, const Constants& constants) {
  PublishedVariant variant{&row, join.adaptation(row.key), join.quality(row.key), 0.0, {}, 0.0, 0.0, 0.0, {},
                           {}};
  if (variant.adaptation == nullptr) return missing(row, "adaptation");
  if (variant.quality == nullptr) return missing(row, "quality");
  if (auto sound = check_figures(variant); !sound) return tl::unexpected(sound.error());
  const auto gigabytes = nominal_gb_of(row.key, row.place);
  if (!gigabytes) return tl::unexpected(gigabytes.error());
  const Joules per_request(*row.energy_j / *row.samples);
  const double score = *variant.quality->primary_mean;
  variant.joules_per_request = per_request.value();
  variant.n_break = n_break(Joules(*variant.adaptation->energy_j), per_request, constants);
  variant.ipw = ipw(score, per_request, row.key.task == "chat");
  variant.rho_sys = rho_sys(TokensPerSecond(*row.throughput), *gigabytes);
  variant.c_tax = c_tax(Seconds(*row.load_time_s), Watts(*row.power_mean_w), per_request);
  if (!std::isfinite(variant.ipw) || !std::isfinite(variant.rho_sys) || !std::isfinite(variant.c_tax))
    return fail(ErrorCode::invalid_table,
                fmt::format("a metric of {} is no finite number", describe(row.key)),
                fmt::format("{}:{}", row.place.file, row.place.line),
                "One of its figures is too large or too small.");
  if (row.key.precision != "INT8" && row.key.precision != "INT4") return variant;
  auto whole = row.key;
  whole.precision = "FP16";
  const auto* reference = join.quality(whole);
  if (reference == nullptr) return missing(row, "FP16 quality");
  compare(variant, *reference);
  return variant;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::string variant_id(const CellKey& key) {
  const auto id = fmt::format("{}-{}.{}.{}", key.family, key.size, key.task, key.method);
  return lower(key.precision.empty() ? id : id + "." + key.precision);
}

Result<double> nominal_gb_of(const CellKey& key, const Place& place) {
  if (const auto gigabytes = nominal_gb(key.size, key.precision)) return *gigabytes;
  return fail(
      ErrorCode::invalid_table,
      fmt::format("size \"{}\" with precision \"{}\" ({}) has no nominal gigabytes", key.size, key.precision,
                  describe(key)),
      fmt::format("{}:{}", place.file, place.line),
      "allowed: sizes 1B, 3B, 7B; precisions FP16, INT8, INT4, MERGED (docs/tables.md; a column's `values` "
      "rename what a table calls otherwise)");
}

Result<std::vector<PublishedVariant>> compute(const PublishedStudy& study, const Constants& constants) {
  if (auto whole = check_whole(study); !whole) return tl::unexpected(whole.error());
  const Join join(study);
  std::vector<PublishedVariant> variants;
  variants.reserve(study.serving.size());
  for (const auto& row : study.serving) {
    auto variant = compute_one(row, join, constants);
    if (!variant) return tl::unexpected(variant.error());
    variants.push_back(*variant);
  }
  return variants;
}

std::vector<MetricRow> metric_rows(const std::vector<PublishedVariant>& variants, const StudyContext& context,
                                   const Constants& constants) {
  std::vector<MetricRow> rows;
  rows.reserve(variants.size() * 5);
  for (const auto& variant : variants) {
    const auto& key = variant.serving->key;
    const auto id = variant_id(key);
    const auto add = [&](const char* metric, const char* unit, std::optional<double> value, const char* flag,
                         const std::string& absent = {}) {
      MetricRow row{id,     key.family, key.size, key.method, key.precision, key.task, "paper",
                    metric, {},         flag,     ""};
      if (value)
        row.value = Fact{*value, unit, {}, {}, Grade::published, {context.source}};
      else
        row.absent_reason = absent;
      rows.push_back(std::move(row));
    };
    const bool fast = variant.n_break && *variant.n_break < constants.roi_requests;
    add("n_break", "requests", variant.n_break, fast ? "roi_within_hour" : (variant.n_break ? "" : "never"),
        "a request's electricity costs as much as the API's price: never");
    add("ipw", "1/J", variant.ipw, "");
    add("rho_sys", "tok/s/GB", variant.rho_sys, "");
    add("c_tax", "requests", variant.c_tax,
        variant.c_tax > constants.prohibitive_c_tax ? "serverless_prohibitive" : "");
    if (variant.q_ret)
      add("q_ret", "%", variant.q_ret, *variant.q_ret >= constants.fidelity_percent ? "fidelity_kept" : "");
    else if (!variant.q_ret_absent.empty())
      add("q_ret", "%", {}, "", variant.q_ret_absent);
  }
  return rows;
}

}  // namespace edgeeval::paper
