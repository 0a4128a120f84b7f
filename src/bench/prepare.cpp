// SPDX-License-Identifier: Apache-2.0
#include "bench/prepare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <edgeeval/clock.hpp>
#include <set>
#include <thread>
#include <utility>

#include "bench/field_trial.hpp"
#include "bench/reply_lengths.hpp"
#include "bench/salting.hpp"
#include "bench/server_tokens.hpp"
#include "bench/small_call.hpp"
#include "core/text.hpp"
#include "workload/permutation.hpp"

namespace edgeeval {
namespace {

constexpr std::chrono::milliseconds kLook{100};  // Between two looks at a server that is not ready.
constexpr double kOneReply_s = 120.0;            // For a reply of one token.
constexpr std::size_t kUsualPrompts = 256;
constexpr double kMostTokens = 1e8;  // Of all made-up prompts together: some 700 MB of words.

/// The route the user named, among those of the server's dialect.
Result<Dialect> with_route(const Dialect& found, const std::string& route) {
  if (route.empty() || route == found.path) return found;
  std::vector<std::string> paths;
  for (const auto& dialect : dialects_of(found.server)) {
    if (dialect.path == route) return dialect;
    paths.push_back(dialect.path);
  }
  return fail(ErrorCode::usage,
              fmt::format("{} has no route \"{}\" that is known here", to_string(found.server), route),
              "--route", "its routes: " + join(paths, ", "));
}

/// The error of a server that was asked what it is, with the option that gives it more time.
Error explained(Error error) {
  if (error.code == ErrorCode::timed_out && error.hint.empty())
    error.hint = "--probe-timeout SECONDS waits longer for what the server says of itself";
  return error;
}

/// Asks until the server is ready, or time is up.
class Waiting {
 public:
  Waiting(const BenchSettings& settings, const CancelToken& cancel, const Telling& tell)
      : settings_(settings),
        cancel_(cancel),
        tell_(tell),
        call_(small_call(settings.target, settings.probe_timeout_s, &cancel)),
        until_(clock_.now() + std::chrono::duration_cast<SteadyTime::duration>(
                                  std::chrono::duration<double>(settings.ready_timeout_s))) {}

  Result<ProbedServer> run() {
    while (true) {
      const bool refused = !listens();
      if (!refused) {
        auto server = probe_server(call_, settings_.dialect);
        if (!server && server.error().code == ErrorCode::unavailable) return with_hint(server.error());
        if (!server) return tl::unexpected(explained(std::move(server.error())));
        if (server->readiness != Readiness::loading) return server;
      }
      tell(refused ? "nobody listens there yet" : "the server is loading its model");
      if (cancel_.requested()) return fail(ErrorCode::cancelled, "interrupted while the server was loading");
      if (clock_.now() >= until_) return too_late(refused);
      std::this_thread::sleep_for(kLook);
    }
  }

 private:
  /// Whether to go on to probing. One small call tells, so that no server comes up in the midst of the
  /// probe's questions and is taken for another.
  [[nodiscard]] bool listens() const {
    if (!settings_.wait_for_port) return true;
    const auto answer = call_("/health", "");
    return answer || answer.error().code != ErrorCode::unavailable;
  }

  /// Some servers open their port only when they have loaded the model, so that a refusal may mean that.
  static tl::unexpected<Error> with_hint(Error error) {
    error.hint =
        "Is it running? One that opens its port only when it has loaded its model (vLLM) is waited for "
        "with --ready-timeout SECONDS.";
    return tl::unexpected(std::move(error));
  }

  [[nodiscard]] tl::unexpected<Error> too_late(bool refused) const {
    return fail(ErrorCode::timed_out,
                fmt::format("{} after {:g} s", refused ? "nobody listened" : "the server was still loading",
                            settings_.ready_timeout_s),
                settings_.target.url(), "--ready-timeout SECONDS waits longer");
  }

  void tell(const std::string& what) {
    if (what != told_ && tell_) tell_(what);
    told_ = what;
  }

  const BenchSettings& settings_;
  const CancelToken& cancel_;
  const Telling& tell_;
  SystemClock clock_;
  SmallCall call_;
  SteadyTime until_;
  std::string told_;
};

std::size_t prompts_to_make(const BenchSettings& settings) {
  if (settings.prompts.count > 0) return settings.prompts.count;
  const auto asked = settings.stop.requests.value_or(kUsualPrompts);
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(asked, 1, kUsualPrompts));
}

tl::unexpected<Error> interrupted() {
  return fail(ErrorCode::cancelled, "interrupted while prompts were made");
}

Result<void> check_tokens(double tokens, const std::string& what, const std::string& where) {
  if (tokens <= kMostTokens) return {};
  return fail(
      ErrorCode::usage,
      fmt::format("{} have {:.6g} tokens in all; at most {:g} are made up", what, tokens, kMostTokens), where,
      "Ask for fewer or for shorter ones.");
}

/// Words that are made up are kept in memory; a slip of the keyboard must not fill it.
Result<void> check_made_up(const BenchSettings& settings) {
  if (!settings.prompts.file.empty()) return {};
  const auto count = prompts_to_make(settings);
  return check_tokens(static_cast<double>(count) * settings.prompts.tokens,
                      fmt::format("{} prompts of {} tokens", count, settings.prompts.tokens),
                      "--prompt-tokens");
}

/// The same of a trace that has lengths only.
Result<void> check_lengths(const std::vector<Prompt>& prompts, const std::string& file) {
  double tokens = 0.0;
  for (const auto& prompt : prompts) {
    if (prompt.text.empty() && prompt.messages.empty()) tokens += prompt.prompt_tokens.value_or(0);
  }
  return check_tokens(tokens, fmt::format("the {} prompts of the file", prompts.size()), file);
}

std::string text_of(CountedBy by) {
  switch (by) {
    case CountedBy::tokenizer:
      return "each counted by the server's tokenizer";
    case CountedBy::usage:
      return "made of words that are one token each, as the usage of small replies told";
    case CountedBy::nothing:
      break;
  }
  return "about 0.75 words a token: the server tells no counts before the load";
}

/// Tries the words that were fitted by usage on a few of the prompts.
void check_by_usage(ServerTokens& tokens, PromptSet& set) {
  std::int64_t worst = 0;
  const auto last = set.prompts.size() - 1;
  for (const auto at : std::set<std::size_t>{0, last / 2, last}) {
    const auto& prompt = set.prompts[at];
    const auto told = tokens.usage_of(prompt);
    if (told && prompt.prompt_tokens && prompt.messages.empty())
      worst = std::max(worst, std::abs(*told - std::int64_t{*prompt.prompt_tokens}));
  }
  if (worst > 0)
    set.notes.push_back(
        fmt::format("prompts are within ±{} tokens of the length asked for, by the usage of "
                    "replies to some of them before the load",
                    worst));
}

/// What making words found, into the set.
void take_made(SyntheticResult made, const LearntTokens& learnt, ServerTokens& tokens, PromptSet& set) {
  set.prompts = std::move(made.prompts);
  set.salts = learnt.salts;
  set.lengths_by = text_of(learnt.by);
  if (!made.note.empty()) set.notes.push_back(std::move(made.note));
  if (learnt.by == CountedBy::usage) check_by_usage(tokens, set);
  if (set.salted && made.exact && !learnt.even_salts)
    set.notes.emplace_back(
        "no words were found that are all of one length to the server, so the salts that requests begin with "
        "make their lengths differ by a few tokens");
}

/// The prompts that the load asks first, in its order.
std::vector<std::uint32_t> asked_first(const BenchSettings& settings, std::size_t count) {
  std::vector<std::uint32_t> order;
  const auto most = std::min<std::uint64_t>(settings.stop.requests.value_or(count), count);
  for (std::uint64_t i = 0; i < most; ++i)
    order.push_back(prompt_at(settings.seeds.prompts, static_cast<std::uint32_t>(count), i));
  return order;
}

/// Reply lengths of conversations, by the server's tokenizer where it has one.
void take_replies(const BenchSettings& settings, ServerTokens& tokens, PromptSet& set) {
  const bool any =
      std::any_of(set.prompts.begin(), set.prompts.end(), [](const auto& p) { return !p.reply.empty(); });
  if (!any) return;
  const auto most = settings.max_tokens_given ? std::optional(settings.max_tokens) : std::nullopt;
  auto lengths = take_reply_lengths(set.prompts, asked_first(settings, set.prompts.size()), most,
                                    [&](const std::string& text) { return tokens.tokenized(text); });
  set.reply_lengths = true;
  if (!lengths.note.empty()) set.notes.push_back(std::move(lengths.note));
}

Result<PromptSet> from_file(const BenchSettings& settings, ServerTokens& tokens, const CountTokens& counter) {
  auto read = read_prompts(settings.prompts.file, settings.prompts.format);
  if (!read) return tl::unexpected(read.error());
  if (auto timed = check_trace_times(settings, *read); !timed) return tl::unexpected(timed.error());
  const bool wordless = std::any_of(read->begin(), read->end(),
                                    [](const auto& p) { return p.text.empty() && p.messages.empty(); });
  if (auto fits = check_lengths(*read, settings.prompts.file.string()); !fits)
    return tl::unexpected(fits.error());
  PromptSet set;
  const auto salt = choose_salt(settings, read->size(), &*read);
  set.salted = salt.salted;
  if (salt.salted) set.notes.push_back("each request begins with a salt of its own: " + salt.why);
  if (wordless) {
    const auto& learnt = tokens.learn(salt.salted);
    take_made(fill_in_words(std::move(*read), settings.seeds.library, counter, learnt.vocabulary), learnt,
              tokens, set);
    set.reply_lengths = true;
    return set;
  }
  set.prompts = std::move(*read);
  set.lengths_by = "as the file's words are";
  take_replies(settings, tokens, set);
  return set;
}

}  // namespace

Result<ProbedServer> find_server(const BenchSettings& settings, const CancelToken& cancel,
                                 const Telling& tell) {
  auto server = Waiting(settings, cancel, tell).run();
  if (!server) return server;
  auto dialect = with_route(server->dialect, settings.route);
  if (!dialect) return tl::unexpected(dialect.error());
  server->dialect = std::move(*dialect);
  const auto refused = leave_out_refused(small_call(settings.target, kOneReply_s, &cancel),
                                         settings.model.empty() ? server->model : settings.model,
                                         settings.extra_json, server->dialect);
  if (!refused.empty()) server->facts["refused_fields"] = join(refused, ", ");
  return server;
}

Result<void> check_trace_times(const BenchSettings& settings, const std::vector<Prompt>& prompts) {
  if (settings.scenario.kind != Scenario::Kind::trace || !settings.schedule_file.empty()) return {};
  const auto timed =
      std::count_if(prompts.begin(), prompts.end(), [](const auto& p) { return p.at_s.has_value(); });
  if (timed == static_cast<std::ptrdiff_t>(prompts.size())) return {};
  const auto file = settings.prompts.file.string();
  return fail(
      ErrorCode::usage,
      fmt::format("{} of {} requests have no time, so the file is no trace of arrivals",
                  prompts.size() - static_cast<std::size_t>(timed), prompts.size()),
      file,
      fmt::format("Send its prompts at a rate of your own: --prompts {} --scenario open:poisson@RATE. "
                  "BurstGPT, Mooncake and Azure traces have times.",
                  file));
}

Result<PromptSet> prepare_prompts(const BenchSettings& settings, const ProbedServer& server,
                                  const std::string& model, const CancelToken& cancel) {
  if (auto fits = check_made_up(settings); !fits) return tl::unexpected(fits.error());
  ServerTokens tokens(settings, server, model, &cancel);
  const CountTokens counter = [&](const Prompt& prompt) { return tokens.count(prompt); };
  Result<PromptSet> set = PromptSet{};
  if (settings.prompts.file.empty()) {
    const auto salt = choose_salt(settings, prompts_to_make(settings), nullptr);
    set->salted = salt.salted;
    const auto& learnt = tokens.learn(salt.salted);
    auto made = make_prompts(
        {prompts_to_make(settings), settings.prompts.tokens, settings.seeds.library, learnt.vocabulary},
        counter);
    take_made(std::move(made), learnt, tokens, *set);
    set->reply_lengths = true;
  } else {
    set = from_file(settings, tokens, counter);
  }
  if (cancel.requested()) return interrupted();
  return set;
}

}  // namespace edgeeval
