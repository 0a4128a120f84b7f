// SPDX-License-Identifier: Apache-2.0
// When requests are sent: scenarios, and the schedules made of them before the first request goes out.
#pragma once

#include <cstdint>
#include <edgeeval/result.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edgeeval {

/// Laws of the gaps between arrivals.
enum class ArrivalLaw { constant, poisson, gamma };

/// A load's shape, as `--scenario` says it.
struct Scenario {
  enum class Kind {
    single,     ///< "single": one request in flight.
    offline,    ///< "offline": all at once.
    closed,     ///< "closed:N": N in flight.
    open,       ///< "open:const@RATE", "open:poisson@RATE", "open:gamma:SHAPE@RATE" (requests a second).
    ramp,       ///< "ramp:FROM-TO": an open Poisson loop whose rate rises evenly over the run.
    trace,      ///< "trace:FILE" or "trace:FILE*SPEED": arrivals of a trace.
    sweep,      ///< "sweep", "sweep:closed:1,2,4,8", "sweep:open:1,2,5" : one load after the other.
    find_peak,  ///< "find-peak" (open Poisson) or "find-peak:closed": the most that meets the SLOs.
  };
  Kind kind = Kind::single;
  int concurrency = 1;
  ArrivalLaw law = ArrivalLaw::poisson;
  double rate = 0.0;         ///< Requests a second; of a ramp where it begins.
  double rate_to = 0.0;      ///< Of a ramp.
  double gamma_shape = 1.0;  ///< 1 = Poisson; below 1 bursty.
  std::filesystem::path trace{};
  double speed = 1.0;           ///< Of a trace; 2 = twice as fast.
  bool steps_closed = true;     ///< Of a sweep or a find-peak: steps are concurrencies, else rates.
  std::vector<double> steps{};  ///< Of a sweep; empty = chosen as it goes.
  /// As it is written, in one normal form.
  [[nodiscard]] std::string text() const;
};

/// Reads `--scenario`. Error: usage, with what is allowed.
[[nodiscard]] Result<Scenario> parse_scenario(std::string_view text);

/// The three seeds of a load (as MLPerf's LoadGen keeps them apart): salts and made-up words; which prompt
/// when; when.
struct Seeds {
  std::uint64_t library = 1, prompts = 2, schedule = 3;
  friend bool operator==(const Seeds&, const Seeds&) = default;
};

/// One request that is to be sent.
struct Planned {
  std::uint32_t index = 0;
  std::uint32_t prompt = 0;              ///< Into the prompt set.
  std::optional<std::int64_t> due_ns{};  ///< From the start of the phase; absent in a closed loop.
  std::uint32_t max_tokens = 0;
  /// The request's own number among those of its load, the same whatever warm-up came before it: what salts
  /// are made of. Measured ones count up from 0, a warm-up's down from 2^32 - 1.
  std::uint32_t number = 0;
  bool warmup = false;
  friend bool operator==(const Planned&, const Planned&) = default;
};

/// What a load that is to be made again must be told beside its schedule; the first line of schedule.jsonl.
struct ScheduleOrigin {
  std::string scenario;  ///< As it was asked for.
  Seeds seeds{};
  bool salted = false;              ///< Each request began with a salt of its own…
  std::uint64_t salt_seed = 1;      ///< …made of this.
  std::uint32_t max_tokens = 128;   ///< Of requests whose prompt has no limit of its own.
  std::uint32_t prompt_tokens = 0;  ///< Of made-up prompts; 0 = they came from a file.
  std::size_t prompt_count = 0;     ///< How many prompts there were.
  std::string prompt_file{};        ///< Name of that file; empty for made-up prompts.
  std::string prompt_digest{};      ///< prompts_digest() of them, so that others are noticed.
  friend bool operator==(const ScheduleOrigin&, const ScheduleOrigin&) = default;
};

/// When a load may end: when all that are given are met; `requests` alone is an exact count.
struct StopRule {
  std::optional<std::uint64_t> requests;  ///< Exactly so many (then the two below are not used).
  std::optional<double> min_duration_s;
  std::optional<std::uint64_t> min_requests;
  double max_duration_s = 3600.0;  ///< In any case.
};

/// What a schedule is made of.
struct ScheduleWish {
  Scenario scenario;
  StopRule stop;
  std::size_t prompts = 1;  ///< Size of the prompt set.
  std::uint32_t max_tokens = 128;
  std::vector<std::uint32_t> max_tokens_of{};  ///< By prompt where it has its own; empty = all as above.
  std::vector<double> trace_at_s{};            ///< Arrival of each prompt of a trace.
  Seeds seeds{};
};

/// Lays out a load: every prompt is used equally often (each pass is a new permutation), arrivals follow the
/// law, the first one gap after the start. An open loop's schedule is long enough for its stop rule: an exact
/// count is laid out whole, else up to the first arrival at which minimum duration and minimum count are both
/// met, or to the longest duration. A ramp rises over that time, or over as long as its exact count should
/// take, and then stays at its end's rate. A trace keeps each arrival's own prompt, begins with its first
/// arrival and is played once: whole where no end is given. An offline load is an open loop with all due at
/// 0. A closed loop is drawn on demand by index. Errors: usage (no end, no rate, a sweep or a find-peak,
/// whose steps have schedules of their own).
class Schedule {
 public:
  [[nodiscard]] static Result<Schedule> make(const ScheduleWish& wish);
  /// A closed loop that asks each of `prompts` prompts once, in the order in which they stand.
  [[nodiscard]] static Schedule in_order(std::uint32_t prompts, std::uint32_t max_tokens);
  /// Number of requests; absent where only time ends it.
  [[nodiscard]] std::optional<std::uint64_t> size() const;
  /// The request at `index`, which must be below size(); any index is good where that is absent. Takes no
  /// lock and no memory: any number of threads may ask at once.
  [[nodiscard]] Planned at(std::uint64_t index) const;
  [[nodiscard]] bool open_loop() const;
  /// Arrivals a second of an open loop, as laid out: 1 over the mean gap, (count - 1) / (last due - first
  /// due), so that it does not depend on when the first one comes. Absent in a closed loop and where there is
  /// no gap (offline).
  [[nodiscard]] std::optional<double> offered_rps() const;
  /// Size of the prompt set that is needed: all prompts are below it. (What was read back tells by what it
  /// uses.)
  [[nodiscard]] std::uint32_t prompts() const;
  /// The first `used` requests (at most size()) as JSON lines: index, prompt, due_ns, max_tokens; before them
  /// a line of their origin, where given. The file is whole or not there. Errors: io, disk_full.
  [[nodiscard]] Result<void> write(const std::filesystem::path& file, std::uint64_t used,
                                   const ScheduleOrigin* origin = nullptr) const;
  /// One that was written before: the same requests at the same times. Errors: io, invalid_task.
  [[nodiscard]] static Result<Schedule> read(const std::filesystem::path& file);
  /// Where it came from, of one that was read; absent in files of before version 1.0 of the first line.
  [[nodiscard]] const std::optional<ScheduleOrigin>& origin() const { return origin_; }

 private:
  ScheduleWish wish_;
  std::vector<Planned>
      planned_;  ///< Of an open loop, and of what was read; else requests are drawn by index.
  std::optional<std::uint64_t> size_;
  bool open_ = false;
  std::optional<ScheduleOrigin> origin_{};
};

}  // namespace edgeeval
