// SPDX-License-Identifier: Apache-2.0
#include "decision/gate_policy.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/files.hpp"
#include "core/one_line.hpp"
#include "core/text.hpp"
#include "tables/strict_yaml.hpp"

namespace edgeeval {
namespace {

const std::vector<std::string> kPolicyKeys{"version", "despite", "rules"};
const std::vector<std::string> kRuleKeys{"name",      "metric", "mode",   "variant",  "tier",
                                         "direction", "limit",  "margin", "baseline", "bound"};

/// Reads one policy; every error is invalid_policy.
class PolicyReader {
 public:
  explicit PolicyReader(std::string file) : file_(file), yaml_(std::move(file)) {}

  Result<GatePolicy> read(const YAML::Node& root) const {
    const auto entries = map(root, "", kPolicyKeys);
    if (!entries) return tl::unexpected(entries.error());
    GatePolicy policy;
    policy.file = file_;
    for (const auto& entry : *entries) {
      auto taken = take(entry, policy);
      if (!taken) return tl::unexpected(taken.error());
    }
    if (policy.rules.empty())
      return yaml_.wrong(root, "rules", "the policy has no rules: such a gate would let everything pass",
                         "A rule at least: {metric: token_f1, limit: 0.3}");
    return policy;
  }

 private:
  Result<std::vector<YamlEntry>> map(const YAML::Node& node, const std::string& path,
                                     const std::vector<std::string>& allowed) const {
    auto entries = yaml_.map(node, path, allowed);
    if (entries || !node.IsMap()) return entries;
    // The same error, with the key that may have been meant.
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) continue;
      const auto& key = entry.first.Scalar();
      if (std::find(allowed.begin(), allowed.end(), key) != allowed.end()) continue;
      auto error = entries.error();
      if (const auto close = nearest(key, allowed); !close.empty())
        error.hint += "\ndid you mean \"" + close + "\"?";
      return tl::unexpected(error);
    }
    return entries;
  }

  Result<void> take(const YamlEntry& entry, GatePolicy& policy) const {
    if (entry.key == "version") {
      const auto version = yaml_.text(entry.value, entry.path);
      if (!version) return tl::unexpected(version.error());
      if (*version != "1")
        return yaml_.wrong(entry.value, entry.path, "found \"" + one_line(*version) + "\"", "allowed: 1");
      return {};
    }
    if (entry.key == "despite") return take_despite(entry, policy);
    if (!entry.value.IsSequence())
      return yaml_.wrong(entry.value, entry.path, "must be a list of rules",
                         "- metric: token_f1\n  limit: 0.3");
    for (std::size_t i = 0; i < entry.value.size(); ++i) {
      auto rule = take_rule(entry.value[i], fmt::format("rules[{}]", i), i + 1);
      if (!rule) return tl::unexpected(rule.error());
      policy.rules.push_back(std::move(*rule));
    }
    return {};
  }

  Result<void> take_despite(const YamlEntry& entry, GatePolicy& policy) const {
    const auto words = yaml_.texts(entry.value, entry.path);
    if (!words) return tl::unexpected(words.error());
    std::vector<std::string> known;
    for (const auto concern : all_concerns()) known.emplace_back(to_string(concern));
    for (const auto& word : *words) {
      const auto concern = concern_from(word);
      if (!concern) return unknown_word(entry, word, known);
      policy.despite.insert(*concern);
    }
    return {};
  }

  tl::unexpected<Error> unknown_word(const YamlEntry& entry, const std::string& word,
                                     const std::vector<std::string>& known) const {
    auto hint = "allowed: " + join(known, ", ");
    if (const auto close = nearest(word, known); !close.empty()) hint += "\ndid you mean \"" + close + "\"?";
    return yaml_.wrong(entry.value, entry.path, "found \"" + one_line(word) + "\"", hint);
  }

  /// One of `known`, by its index.
  Result<std::size_t> choice(const YamlEntry& entry, const std::vector<std::string>& known) const {
    const auto word = yaml_.text(entry.value, entry.path);
    if (!word) return tl::unexpected(word.error());
    const auto found = std::find(known.begin(), known.end(), *word);
    if (found == known.end()) return unknown_word(entry, *word, known);
    return static_cast<std::size_t>(found - known.begin());
  }

  /// A finite number; `percent` is set where a % sign follows it, and may be null where none may.
  Result<double> number(const YamlEntry& entry, bool* percent) const {
    const auto text = yaml_.text(entry.value, entry.path);
    if (!text) return tl::unexpected(text.error());
    double value = 0.0;
    const auto* end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data(), end, value);
    std::string_view rest(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    const bool share = percent != nullptr && rest == "%";
    if (parsed.ec != std::errc() || !std::isfinite(value) || !(rest.empty() || share))
      return yaml_.wrong(
          entry.value, entry.path, "must be a finite number, found \"" + one_line(*text) + "\"",
          percent != nullptr ? "allowed: 0.02 (in the metric's unit), 5 %" : "allowed: a number");
    if (share) {
      *percent = true;
      value /= 100.0;
    }
    return value;
  }

  Result<void> take_words(const YamlEntry& entry, GateRule& rule) const {
    static const std::vector<std::string> kModes{"paper", "honest", "observed"};
    static const std::vector<std::string> kTiers{"hard", "soft", "monitor"};
    static const std::vector<std::string> kDirections{"higher", "lower"};
    static const std::vector<std::string> kBounds{"interval", "value"};
    if (entry.key == "mode") {
      return choice(entry, kModes).map([&](std::size_t at) { rule.mode = kModes[at]; });
    }
    if (entry.key == "tier") {
      return choice(entry, kTiers).map([&](std::size_t at) { rule.tier = static_cast<Tier>(at); });
    }
    if (entry.key == "direction") {
      return choice(entry, kDirections).map([&](std::size_t at) {
        rule.direction = at == 0 ? Direction::higher_is_better : Direction::lower_is_better;
      });
    }
    if (entry.key == "bound")
      return choice(entry, kBounds).map([&](std::size_t at) { rule.on_value = at == 1; });
    auto text = yaml_.text(entry.value, entry.path);
    if (!text) return tl::unexpected(text.error());
    if (entry.key == "name") rule.name = std::move(*text);
    if (entry.key == "metric") rule.metric = std::move(*text);
    if (entry.key == "variant") rule.variant = std::move(*text);
    if (entry.key == "baseline") rule.baseline = std::move(*text);
    return {};
  }

  Result<GateRule> take_rule(const YAML::Node& node, const std::string& path, std::size_t rule_number) const {
    const auto entries = map(node, path, kRuleKeys);
    if (!entries) return tl::unexpected(entries.error());
    GateRule rule;
    rule.number = rule_number;
    rule.where = fmt::format("{}:{}:{}", file_, node.Mark().line + 1, node.Mark().column + 1);
    bool with_baseline = false;
    for (const auto& entry : *entries) {
      if (entry.key == "limit" || entry.key == "margin") {
        const auto value = number(entry, entry.key == "margin" ? &rule.percent : nullptr);
        if (!value) return tl::unexpected(value.error());
        if (entry.key == "margin" && *value < 0.0)
          return yaml_.wrong(entry.value, entry.path, "a margin is 0 at least", "allowed: 0.02, 5 %, 0");
        (entry.key == "limit" ? rule.limit : rule.margin) = *value;
        continue;
      }
      with_baseline = with_baseline || entry.key == "baseline";
      if (auto taken = take_words(entry, rule); !taken) return tl::unexpected(taken.error());
    }
    return checked(node, path, std::move(rule), with_baseline);
  }

  Result<GateRule> checked(const YAML::Node& node, const std::string& path, GateRule rule,
                           bool with_baseline) const {
    if (rule.metric.empty())
      return yaml_.wrong(node, path, "a rule needs its metric", "`edgeeval metrics` lists them.");
    if (rule.limit && (rule.margin || with_baseline))
      return yaml_.wrong(node, path, "a rule has a limit, or a margin to a baseline, not both",
                         "Make it two rules.");
    if (!rule.limit && !rule.margin)
      return yaml_.wrong(node, path, "a rule needs a limit, or a margin to a baseline",
                         "limit: 0.3, or margin: 5 % (then --baseline RUN, or baseline: VARIANT)");
    if (rule.name.empty()) rule.name = rule.metric + " of " + rule.variant;
    return rule;
  }

  std::string file_;
  StrictYaml yaml_;
};

Error as_policy_error(Error error) {
  if (error.code == ErrorCode::invalid_table) error.code = ErrorCode::invalid_policy;
  return error;
}

}  // namespace

std::string_view to_string(Tier tier) noexcept {
  switch (tier) {
    case Tier::hard:
      return "hard";
    case Tier::soft:
      return "soft";
    case Tier::monitor:
      break;
  }
  return "monitor";
}

Result<GatePolicy> parse_policy(const std::string& text, const std::string& name) {
  try {
    return PolicyReader(name).read(YAML::Load(text)).map_error(as_policy_error);
  } catch (const YAML::Exception& problem) {
    const auto& mark = problem.mark;
    return fail(ErrorCode::invalid_policy, problem.msg,
                mark.is_null() ? name : fmt::format("{}:{}:{}", name, mark.line + 1, mark.column + 1));
  }
}

Result<GatePolicy> read_policy(const std::filesystem::path& file) {
  const auto text = read_file(file);
  if (!text) return tl::unexpected(text.error());
  return parse_policy(*text, file.string());
}

std::string to_text(const GateRule& rule) {
  auto text = rule.metric + " of " + rule.variant;
  if (rule.limit) {
    const bool known = rule.direction.has_value();
    const bool higher = known && *rule.direction == Direction::higher_is_better;
    return text + (known ? (higher ? " at least " : " at most ") : " within ") +
           fmt::format("{:g}", *rule.limit);
  }
  text += rule.percent ? fmt::format(" at most {:g} % worse than ", 100.0 * *rule.margin)
                       : fmt::format(" at most {:g} worse than ", *rule.margin);
  return text + (rule.baseline == "run" ? "in the baseline run" : rule.baseline);
}

}  // namespace edgeeval
