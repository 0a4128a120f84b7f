// SPDX-License-Identifier: Apache-2.0
#include "mock/script.hpp"

#include <fmt/format.h>

#include <charconv>
#include <span>

#include "core/files.hpp"
#include "core/text.hpp"
#include "mock/fault.hpp"
#include "plan/yaml.hpp"

namespace edgeeval::mock {
namespace {

constexpr std::uint64_t kMostTokens = 1'000'000;
constexpr std::uint64_t kMostBytes = 1ULL << 40U;

/// Keys of one map, each put where it belongs; what is wrong becomes a finding.
class Keys {
 public:
  Keys(const YAML::Node& node, std::string path, const std::vector<std::string>& allowed, Findings& findings)
      : map_(node, std::move(path), allowed, findings), findings_(findings) {}

  void text(const std::string& key, std::string& target) {
    if (map_.find(key)) target = map_.text(key, false);
  }
  void law(const std::string& key, Law& target) { take(key, target, parse_law); }
  void duration(const std::string& key, Nanos& target) { take(key, target, parse_duration); }
  void dialect(const std::string& key, Dialect& target) { take(key, target, parse_dialect); }

  template <class Number>
  void count(const std::string& key, std::uint64_t least, std::uint64_t most, Number& target) {
    const auto node = map_.find(key);
    if (!node) return;
    const auto text = scalar(*node);
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size() || value < least || value > most) {
      return findings_.add(
          node->Mark(), map_.path_of(key),
          fmt::format("must be a whole number from {} to {}, found {}", least, most, describe(*node)));
    }
    target = static_cast<Number>(value);
  }

  template <class Target>
  void flag(const std::string& key, Target& target) {
    const auto node = map_.find(key);
    if (!node) return;
    const auto text = scalar(*node);
    if (text != "true" && text != "false")
      return findings_.add(node->Mark(), map_.path_of(key),
                           "must be true or false, found " + describe(*node));
    target = text == "true";
  }

  /// One of `names`, whose place in the list is its value in the enumeration.
  template <class Enum>
  void choice(const std::string& key, const std::vector<std::string>& names, Enum& target) {
    const auto node = map_.find(key);
    if (!node) return;
    const auto text = scalar(*node);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == text) {
        target = static_cast<Enum>(i);
        return;
      }
    }
    findings_.add(node->Mark(), map_.path_of(key), "unknown: " + describe(*node), allowed_hint(text, names));
  }

  [[nodiscard]] YamlMap& map() { return map_; }

 private:
  static std::string scalar(const YAML::Node& node) {
    return node.IsScalar() ? node.Scalar() : std::string();
  }

  template <class T>
  void take(const std::string& key, T& target, Result<T> (*parse)(std::string_view)) {
    const auto node = map_.find(key);
    if (!node) return;
    const auto value = parse(scalar(*node));
    if (value) {
      target = *value;
    } else {
      findings_.add(node->Mark(), map_.path_of(key), value.error().message, value.error().hint);
    }
  }

  YamlMap map_;
  Findings& findings_;
};

void read_tokens(Keys& keys, ReplyScript& reply, Findings& findings) {
  const auto node = keys.map().find("tokens");
  if (!node) return;
  if (!node->IsMap()) {
    keys.count("tokens", 0, kMostTokens, reply.tokens_from);
    reply.tokens_to = reply.tokens_from;
    return;
  }
  Keys range(*node, "tokens", {"from", "to"}, findings);
  range.count("from", 0, kMostTokens, reply.tokens_from);
  range.count("to", 0, kMostTokens, reply.tokens_to);
  if (reply.tokens_to < reply.tokens_from)
    findings.add(node->Mark(), "tokens", "\"to\" is less than \"from\"", "Give both.");
}

void read_split(const YAML::Node& node, ReplyScript& reply, Findings& findings) {
  Keys keys(node, "reply.split", {"at", "parts", "gap", "head"}, findings);
  reply.cut = Cut::random;
  keys.choice("at", {"none", "random", "utf8", "crlf", "every-byte"}, reply.cut);
  keys.count("parts", 2, 1000, reply.parts);
  keys.duration("gap", reply.gap);
  keys.flag("head", reply.cut_head);
}

void read_reply(const YAML::Node& node, ReplyScript& reply, Findings& findings) {
  Keys keys(node, "reply",
            {"bundle", "merge", "split", "role", "opening", "empty_every", "reasoning", "tool_call", "usage",
             "comment_every", "done", "line_end", "space", "all_at_once", "close_after"},
            findings);
  keys.count("bundle", 1, 1000, reply.bundle);
  keys.count("merge", 1, 1000, reply.merge);
  if (const auto split = keys.map().find("split")) read_split(*split, reply, findings);
  keys.choice("role", {"usual", "none", "early"}, reply.role);
  keys.choice("opening", {"apart", "one-write"}, reply.opening);
  keys.count("empty_every", 0, kMostTokens, reply.empty_every);
  keys.count("reasoning", 0, kMostTokens, reply.reasoning);
  keys.flag("tool_call", reply.tool_call);
  keys.choice("usage", {"asked", "none", "last", "every", "finish"}, reply.usage);
  keys.count("comment_every", 0, kMostTokens, reply.comment_every);
  keys.flag("done", reply.done);
  keys.choice("line_end", {"lf", "crlf", "cr"}, reply.line_end);
  keys.flag("space", reply.space);
  keys.flag("all_at_once", reply.all_at_once);
  keys.flag("close_after", reply.close_after);
}

void read_limits(const YAML::Node& node, ReplyScript& reply, Findings& findings) {
  Keys keys(node, "limits", {"stall", "retry_after", "drip", "giant_bytes", "json_depth"}, findings);
  keys.duration("stall", reply.stall);
  keys.duration("retry_after", reply.retry_after);
  keys.duration("drip", reply.drip);
  keys.count("giant_bytes", 1, kMostBytes, reply.giant_bytes);
  keys.count("json_depth", 1, 100'000'000, reply.json_depth);
}

void read_share(const YAML::Node& node, const std::string& path, FaultRule& rule, Findings& findings) {
  auto text = node.IsScalar() ? node.Scalar() : std::string();
  const double scale = text.ends_with('%') ? 0.01 : 1.0;
  if (scale != 1.0) text.pop_back();
  double value = 0.0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  value *= scale;
  if (problem != std::errc() || end != text.data() + text.size() || !(value >= 0.0 && value <= 1.0))
    return findings.add(node.Mark(), path + ".share", "must be a share, found " + describe(node),
                        "2% or 0.02");
  rule.share = value;
}

void read_requests(const YAML::Node& node, const std::string& path, FaultRule& rule, Findings& findings) {
  const auto one = [&](const YAML::Node& item) {
    const auto text = item.IsScalar() ? item.Scalar() : std::string();
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size() || number == 0)
      return findings.add(item.Mark(), path + ".requests", "must be numbers from 1, found " + describe(item));
    rule.requests.push_back(number);
  };
  if (!node.IsSequence()) return one(node);
  for (const auto& item : node) one(item);
}

void read_fault(const YAML::Node& node, const std::string& path, Script& script, Findings& findings) {
  Keys keys(node, path, {"name", "share", "requests"}, findings);
  FaultRule rule;
  rule.name = keys.map().text("name", true);
  if (!rule.name.empty() && find_fault(rule.name) == nullptr) {
    findings.add(keys.map().find("name")->Mark(), path + ".name", "unknown fault \"" + rule.name + "\"",
                 allowed_hint(rule.name, fault_names()));
  }
  if (const auto share = keys.map().find("share")) read_share(*share, path, rule, findings);
  if (const auto requests = keys.map().find("requests")) read_requests(*requests, path, rule, findings);
  script.faults.push_back(std::move(rule));
}

void read_loading(const YAML::Node& node, Script& script, Findings& findings) {
  Keys keys(node, "loading", {"for", "how"}, findings);
  keys.duration("for", script.loading);
  keys.choice("how", {"503", "refuse", "lazy"}, script.loading_manner);
}

void read_all(const YAML::Node& root, Script& script, Findings& findings) {
  Keys keys(root, "",
            {"dialect", "model", "host", "port", "seed", "ttft", "itl", "tokens", "batch_step", "metrics",
             "spin", "template_tokens", "prefix_cache", "strict", "loading", "reply", "limits", "faults"},
            findings);
  keys.dialect("dialect", script.dialect);
  keys.text("model", script.model);
  keys.text("host", script.host);
  keys.count("port", 0, 65535, script.port);
  keys.count("seed", 0, ~0ULL, script.seed);
  keys.law("ttft", script.reply.ttft);
  keys.law("itl", script.reply.itl);
  read_tokens(keys, script.reply, findings);
  keys.flag("batch_step", script.batch_step);
  keys.flag("metrics", script.metrics);
  keys.flag("spin", script.spin);
  keys.count("template_tokens", 0, kMostTokens, script.template_tokens);
  keys.flag("prefix_cache", script.prefix_cache);
  keys.flag("strict", script.strict);
  if (const auto node = keys.map().find("loading")) read_loading(*node, script, findings);
  if (const auto node = keys.map().find("reply")) read_reply(*node, script.reply, findings);
  if (const auto node = keys.map().find("limits")) read_limits(*node, script.reply, findings);
  if (!keys.map().find("faults")) return;
  each_item(keys.map(), "faults", 1000, findings, [&](const YAML::Node& node, const std::string& path) {
    read_fault(node, path, script, findings);
  });
}

/// All findings as one error: the first in the message, the others below it.
Error joined(const std::vector<Error>& errors) {
  auto error = errors.front();
  for (std::size_t i = 1; i < errors.size(); ++i) {
    const auto& more = errors[i];
    error.hint += fmt::format("{}also {}: {}{}{}", error.hint.empty() ? "" : "\n", more.where, more.message,
                              more.hint.empty() ? "" : "\n", more.hint);
  }
  return error;
}

}  // namespace

Result<Script> parse_script(const std::string& text, const std::string& file) {
  Script script;
  Findings findings(file);
  try {
    const auto root = YAML::Load(text);
    if (!root.IsNull()) read_all(root, script, findings);
  } catch (const YAML::Exception& problem) {
    findings.add(problem.mark, "", "not YAML: " + problem.msg);
  }
  if (!findings.errors().empty()) return tl::unexpected(joined(findings.errors()));
  return script;
}

Result<Script> read_script(const std::filesystem::path& path) {
  const auto text = read_file(path);
  if (!text) return tl::unexpected(text.error());
  return parse_script(*text, path.string());
}

}  // namespace edgeeval::mock
