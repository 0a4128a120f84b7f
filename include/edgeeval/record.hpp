// SPDX-License-Identifier: Apache-2.0
// What a run leaves behind, as read back from its folder. Metrics and reports are functions of this.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <edgeeval/sourced.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace edgeeval {

/// A recorded number with its unit, interval, grade and sources: one line of evidence.
struct Fact {
  double value = 0.0;
  std::string unit;          ///< "s", "J", "B", "tok", "1", …
  std::optional<double> lo;  ///< Lower bound, where known.
  std::optional<double> hi;  ///< Upper bound, where known; may be absent while lo is there.
  Grade grade = Grade::measured;
  std::vector<std::string> sources;
};

/// A file a stage made, relative to the run folder.
struct Artifact {
  std::string name;  ///< "model", "adapter", "requests", "predictions".
  std::string path;
  std::uint64_t bytes = 0;
  std::string sha256;  ///< Of a file; of the sorted file digests for a folder.
};

/// Energy of one window from one source.
struct EnergyEntry {
  std::string source;    ///< Probe id: "cpu-model".
  std::string domain;    ///< "cpu", "gpu0", "dram", "wall".
  std::string boundary;  ///< "package", "board", "vcpu", …
  std::string parent;    ///< The source that contains this one; empty where none does.
  Fact joules;           ///< Gross, with all that is uncertain.
  std::string method{};  ///< "counter", "integral", "counter and integral", "model"; how it came to be.
  /// The part of the interval that all windows of this device share, as a 95 % half-width relative to the value
  /// (its gain); it cancels in ratios on one device. Absent where not known.
  std::optional<double> common_relative{};
  std::optional<Fact> net{};      ///< Gross less idle power × duration (J); absent without an idle baseline.
  std::optional<Fact> tail{};      ///< Excess over the baseline read after the end, as a lagging sensor shows it (J).
  std::optional<double> mean_w{};  ///< Mean power (W).
  std::optional<double> peak_w{};  ///< Largest power seen (W).
  std::optional<double> coverage{};///< Share of the window that samples cover, 0…1.
  std::optional<double> longest_gap_s{};
  std::vector<std::string> flags{};  ///< "reset", "glitch", "gap", "disagrees", "shared board", "mirror".
  std::string device{};  ///< The hardware, as ProbeInfo::device; empty where not known (then the source stands for it).
  /// Whether the window's own bounds hold always (a counter's bracket, a model's range) rather than at 95 %; decides
  /// how the gain went into the interval. Absent in records before 1.1.
  std::optional<bool> hard_bounds{};
};

/// A source that gave a window no energy, and why.
struct EnergyVoid {
  std::string source, domain, boundary, parent;
  std::string reason;              ///< "the sensor vanished: …", "shorter than the sensor can resolve".
  std::optional<double> needed_s;  ///< The length that would do, where length is the reason.
};

/// A stretch of time with what was read over it.
struct WindowRecord {
  std::string name;      ///< "adapt", "start", "serve", …
  double start_s = 0.0;  ///< On the sitting's steady clock.
  double duration_s = 0.0;
  std::vector<EnergyEntry> energy;
  std::optional<double> cpu_utilisation{};  ///< Of the whole machine, 0…1.
  std::vector<std::string> notes{};         ///< Gaps, resets, steal time.
  std::vector<EnergyVoid> voids{};
  /// Conditions at the opening and the close: "gpu0.temperature_c" → first and last value.
  std::map<std::string, std::pair<std::string, std::string>> conditions{};
  std::optional<double> sampling_cpu_s{};  ///< CPU time that reading the sources took (s).
};

/// A window in which the machine was left alone, so that net energy can be told from gross.
struct IdleRecord {
  int sitting = 1;
  std::string state;   ///< "bare": nothing of the study is loaded.
  std::string moment;  ///< "before" the sitting's first stage or "after" its last.
  WindowRecord window;
};

/// How a stage ended.
enum class StageOutcome { finished, failed, skipped };

/// One stage as the record tells it.
struct StageRecord {
  std::string id;
  std::string kind;
  std::string key;
  StageOutcome outcome = StageOutcome::finished;
  int sitting = 0;      ///< Which sitting ran it, from 1.
  std::string started;  ///< Wall-clock label.
  double duration_s = 0.0;
  std::map<std::string, Fact> facts;
  std::map<std::string, std::string> notes;  ///< Text findings: "file_type" → "Q4_0".
  std::vector<Artifact> artifacts;
  std::vector<WindowRecord> windows;
  std::optional<Error> error;         ///< Where it failed.
  std::vector<std::string> log_tail;  ///< The last log lines where it failed.
};

/// One request as the client saw it. Times in seconds from the serve window's opening, on the steady clock.
struct RequestTimeline {
  std::string item;     ///< Evaluation item id.
  int index = 0;        ///< Order of issue, from 0.
  double sent_s = 0.0;  ///< First byte handed to the kernel.
  std::optional<double> connected_s;
  std::optional<double> headers_s;
  std::optional<double> first_token_s;  ///< First event that carries text.
  std::optional<double> last_token_s;   ///< Last event that carries text.
  std::optional<double> closed_s;       ///< End of the stream.
  std::vector<double> token_events_s;   ///< Stamp of each event that carries text.
  std::optional<std::int64_t> prompt_tokens;
  std::optional<std::int64_t> cached_tokens;  ///< Prompt tokens the server took from its cache.
  std::optional<std::int64_t> completion_tokens;
  /// Tokens in its events, which time per output token divides by, and those of the first event with tokens;
  /// absent where they cannot be told, and in older records.
  std::optional<std::int64_t> shown_tokens, first_tokens;
  std::string token_source;   ///< "usage", "timings" or "" where counts are unknown.
  std::string finish_reason;  ///< "stop", "length", …
  bool ok = false;
  std::string error;  ///< Why not ok.
  int retries = 0;
  std::string text;  ///< The whole answer.
};

/// The score of one prediction.
struct ItemScore {
  std::string item;
  std::string prediction;
  std::vector<std::string> gold;
  bool answered =
      false;  ///< False where the request failed; the scores are then 0 and the failure is counted.
  double exact_match = 0.0;
  double f1 = 0.0;
  double rouge_l = 0.0;
};

/// A variant as the record needs it.
struct VariantInfo {
  std::string id, model, family, size, method, precision, task;
  std::vector<std::string> stages;
  std::string model_stage, serve_stage, score_stage;
  std::string note;
};

/// One start of `edgeeval run` on the folder.
struct Sitting {
  int number = 1;
  std::string started;
  std::string ended;      ///< Empty where the process was killed.
  std::string how_ended;  ///< "finished", "cancelled", "failed" or "killed".
  std::map<std::string, std::string> environment;
};

/// Everything a run folder holds, read back.
struct RunRecord {
  std::string version;  ///< Record format, "major.minor".
  std::string study;
  std::string plan_key;
  std::vector<Sitting> sittings;
  std::vector<VariantInfo> variants;
  std::map<std::string, StageRecord> stages;  ///< By stage id; the latest outcome wins.
  std::vector<IdleRecord> idle;               ///< In the order they were made; none where idling was switched off.
  std::map<std::string, Fact> prices;         ///< "electricity_usd_per_kwh", "api_usd_per_request".
  std::map<std::string, std::vector<RequestTimeline>> requests;  ///< By variant id.
  std::map<std::string, std::vector<ItemScore>> scores;          ///< By variant id.
  std::vector<std::string> warnings;
  std::vector<std::pair<std::string, std::string>> settings;  ///< Effective settings, key → value.
};

/// Reads a run folder: record.jsonl and the per-variant files its finished stages name. A torn last line
/// is dropped with a warning in the result. Errors: io, record_unreadable (newer major version, damage).
[[nodiscard]] Result<RunRecord> read_run(const std::string& folder);

/// Restores a recorded number as the typed, sourced quantity it was.
class RecordedReading {
 public:
  /// `fact` as a quantity; the grade it was recorded with.
  template <class Q>
  [[nodiscard]] static Sourced<Q> restore(const Fact& fact) {
    typename Sourced<Q>::Bounds bounds;
    if (fact.lo || fact.hi)
      bounds = Interval<Q>{Q(fact.lo.value_or(fact.value)), Q(fact.hi.value_or(fact.value))};
    switch (fact.grade) {
      case Grade::measured:
        return Sourced<Q>::measured(MeasurementKey(), Q(fact.value), fact.sources, bounds);
      case Grade::computed:
        return Sourced<Q>::computed(Q(fact.value), fact.sources, bounds);
      case Grade::modelled:
        return Sourced<Q>::modelled(Q(fact.value), fact.sources,
                                    bounds.value_or(Interval<Q>{Q(fact.value), Q(fact.value)}));
      case Grade::published:
        return Sourced<Q>::published(Q(fact.value), fact.sources, bounds);
      case Grade::assumed:
        break;
    }
    return Sourced<Q>::assumed(Q(fact.value), fact.sources, bounds);
  }
};

}  // namespace edgeeval
