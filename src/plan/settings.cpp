// SPDX-License-Identifier: Apache-2.0
#include "plan/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/text.hpp"

namespace edgeeval {
namespace {

/// Arguments that EdgeEval gives the engine itself, or that would put a secret into the record.
constexpr std::string_view kOwnArguments[] = {
    "-m", "--model",   "--host",    "--port",         "-np", "--parallel", "-c", "--ctx-size",
    "-t", "--threads", "--api-key", "--api-key-file", "-hf", "--hf-token"};

std::optional<double> number_in(const YAML::Node& node) {
  // A quoted scalar (tag "!") is a text, also where it looks like a number.
  if (!node.IsScalar() || node.Tag() == "!") return std::nullopt;
  const auto& text = node.Scalar();
  double value = 0.0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string range_text(const SettingField& field, bool whole) {
  return fmt::format("allowed: {} from {} to {}", whole ? "a whole number" : "a number",
                     format_round_trip(field.lo), format_round_trip(field.hi));
}

void read_texts(const YAML::Node& node, const std::string& path, std::vector<std::string>& texts,
                Findings& findings) {
  if (!node.IsSequence() || node.size() > 64) {
    return findings.add(node.Mark(), path, "must be a list of at most 64 texts, found " + describe(node));
  }
  for (const auto& item : node) {
    if (!item.IsScalar()) {
      findings.add(item.Mark(), path, "must be a list of texts, found in it " + describe(item));
      continue;
    }
    const auto name = item.Scalar().substr(0, item.Scalar().find('='));
    if (std::find(std::begin(kOwnArguments), std::end(kOwnArguments), name) != std::end(kOwnArguments)) {
      findings.add(item.Mark(), path, fmt::format("\"{}\" cannot be given here", printable(name)),
                   "EdgeEval sets it from the other keys, and secrets never enter a study.");
    }
    texts.push_back(printable(item.Scalar()));
  }
}

/// Puts a node's value where the field's slot points to; a finding where it does not fit.
struct Assign {
  const SettingField& field;
  const YAML::Node& node;
  const std::string& path;
  Findings& findings;

  [[nodiscard]] std::optional<double> number(bool whole) const {
    const auto value = number_in(node);
    if (!value || *value < field.lo || *value > field.hi || (whole && std::floor(*value) != *value)) {
      findings.add(node.Mark(), path, "found " + describe(node), range_text(field, whole));
      return std::nullopt;
    }
    return value;
  }
  void operator()(int* slot) const {
    if (const auto value = number(true)) *slot = static_cast<int>(*value);
  }
  void operator()(std::uint64_t* slot) const {
    if (const auto value = number(true)) *slot = static_cast<std::uint64_t>(*value);
  }
  void operator()(double* slot) const {
    if (const auto value = number(false)) *slot = *value;
  }
  void operator()(std::optional<double>* slot) const {
    if (const auto value = number(false)) *slot = *value;
  }
  void operator()(std::string* slot) const {
    if (!node.IsScalar() || node.Scalar().empty() || node.Scalar().size() > 500) {
      return findings.add(node.Mark(), path, "must be a text of at most 500 bytes, found " + describe(node));
    }
    *slot = printable(node.Scalar());
  }
  void operator()(std::vector<std::string>* slot) const { read_texts(node, path, *slot, findings); }
};

struct Show {
  std::string_view unset;
  std::string operator()(const int* value) const {
    return *value == 0 && !unset.empty() ? std::string(unset) : fmt::to_string(*value);
  }
  std::string operator()(const std::uint64_t* value) const { return fmt::to_string(*value); }
  std::string operator()(const double* value) const { return format_round_trip(*value); }
  std::string operator()(const std::optional<double>* value) const {
    return *value ? format_round_trip(**value) : std::string(unset);
  }
  std::string operator()(const std::string* value) const { return *value; }
  std::string operator()(const std::vector<std::string>* value) const { return join(*value, " "); }
};

std::string requested_text(const YAML::Node& node) {
  if (node.IsScalar()) return printable(node.Scalar());
  std::vector<std::string> items;
  if (node.IsSequence()) {
    for (const auto& item : node)
      items.push_back(item.IsScalar() ? printable(item.Scalar()) : describe(item));
  }
  return join(items, " ");
}

}  // namespace

const std::vector<SettingField>& setting_fields() {
  static const std::vector<SettingField> fields{
      {"adapt", "rank", 1, 1024, "", [](Study& s) -> SettingSlot { return &s.adapt.rank; }},
      {"adapt", "alpha", 0.001, 4096, "", [](Study& s) -> SettingSlot { return &s.adapt.alpha; }},
      {"adapt", "dropout", 0, 0.95, "", [](Study& s) -> SettingSlot { return &s.adapt.dropout; }},
      {"adapt", "learning_rate", 1e-9, 1, "", [](Study& s) -> SettingSlot { return &s.adapt.learning_rate; }},
      {"adapt", "steps", 1, 1000000, "from epochs", [](Study& s) -> SettingSlot { return &s.adapt.steps; }},
      {"adapt", "epochs", 0.001, 1000, "", [](Study& s) -> SettingSlot { return &s.adapt.epochs; }},
      {"adapt", "batch_size", 1, 1024, "", [](Study& s) -> SettingSlot { return &s.adapt.batch_size; }},
      {"adapt", "max_tokens", 16, 131072, "", [](Study& s) -> SettingSlot { return &s.adapt.max_tokens; }},
      {"adapt", "seed", 0, 4294967295.0, "", [](Study& s) -> SettingSlot { return &s.adapt.seed; }},
      {"engine", "name", 0, 0, "", [](Study& s) -> SettingSlot { return &s.engine.name; }},
      {"engine", "threads", 1, 4096, "", [](Study& s) -> SettingSlot { return &s.engine.threads; }},
      {"engine", "slots", 1, 256, "", [](Study& s) -> SettingSlot { return &s.engine.slots; }},
      {"engine", "context_tokens", 64, 1048576, "",
       [](Study& s) -> SettingSlot { return &s.engine.context_tokens; }},
      {"engine", "port", 1, 65535, "any free", [](Study& s) -> SettingSlot { return &s.engine.port; }},
      {"engine", "ready_timeout_s", 1, 86400, "",
       [](Study& s) -> SettingSlot { return &s.engine.ready_timeout_s; }},
      {"engine", "extra_arguments", 0, 0, "",
       [](Study& s) -> SettingSlot { return &s.engine.extra_arguments; }},
      {"load", "items", 1, 1000000, "all", [](Study& s) -> SettingSlot { return &s.load.items; }},
      {"load", "concurrency", 1, 256, "", [](Study& s) -> SettingSlot { return &s.load.concurrency; }},
      {"load", "max_tokens", 1, 131072, "", [](Study& s) -> SettingSlot { return &s.load.max_tokens; }},
      {"load", "warmup_requests", 0, 1000, "",
       [](Study& s) -> SettingSlot { return &s.load.warmup_requests; }},
      {"load", "request_timeout_s", 0.1, 86400, "",
       [](Study& s) -> SettingSlot { return &s.load.request_timeout_s; }},
      {"energy", "idle_s", 0, 3600, "5 with a sensor, 1 without",
       [](Study& s) -> SettingSlot { return &s.energy.idle_s; }},
      {"energy", "require", 0, 0, "", [](Study& s) -> SettingSlot { return &s.energy.require; }},
      {"prices", "electricity_usd_per_kwh", 0, 1000, "",
       [](Study& s) -> SettingSlot { return &s.prices.electricity_usd_per_kwh; }},
      {"prices", "api_usd_per_request", 0, 1000, "",
       [](Study& s) -> SettingSlot { return &s.prices.api_usd_per_request; }},
      {"prices", "source", 0, 0, "", [](Study& s) -> SettingSlot { return &s.prices.source; }},
  };
  return fields;
}

namespace {

/// What cannot be together, and defaults that follow from other settings.
void settle(const YamlMap& root, const std::vector<Setting>& asked, int cores, Study& study,
            Findings& findings) {
  const auto given = [&](std::string_view key) {
    return std::any_of(asked.begin(), asked.end(),
                       [&](const Setting& s) { return s.key == key && s.origin == "study"; });
  };
  const auto mark = [&](const std::string& section) {
    const auto node = root.find(section);
    return node ? node->Mark() : root.mark();
  };
  if (given("adapt.steps") && given("adapt.epochs")) {
    findings.add(mark("adapt"), "adapt", "has both steps and epochs",
                 "Give one: either decides how long adapters are trained.");
  }
  if (study.engine.name != "llama-server") {
    findings.add(mark("engine"), "engine.name", fmt::format("unknown engine \"{}\"", study.engine.name),
                 allowed_hint(study.engine.name, {"llama-server"}));
  }
  if (study.energy.require != "any" && study.energy.require != "measured") {
    findings.add(mark("energy"), "energy.require",
                 fmt::format("unknown requirement \"{}\"", study.energy.require),
                 allowed_hint(study.energy.require, {"any", "measured"}));
  }
  const bool own_prices = given("prices.electricity_usd_per_kwh") || given("prices.api_usd_per_request");
  if (own_prices && !given("prices.source")) study.prices.source = "the study file";
  if (study.engine.threads == 0) study.engine.threads = cores;
  if (study.engine.context_tokens == 0) study.engine.context_tokens = 1024;
  if (!given("engine.slots")) study.engine.slots = study.load.concurrency;
  if (study.load.max_tokens >= study.engine.context_tokens) {
    findings.add(
        mark("load"), "load.max_tokens",
        fmt::format("{} do not fit into engine.context_tokens {}", study.load.max_tokens,
                    study.engine.context_tokens),
        "Prompt and answer share the context: raise engine.context_tokens or lower load.max_tokens.");
  }
}

}  // namespace

std::vector<Setting> read_settings(const YamlMap& root, int cores, Study& study, Findings& findings) {
  std::vector<Setting> settings;
  study.adapt.target_modules = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"};
  for (const char* section : {"adapt", "engine", "load", "energy", "prices"}) {
    std::vector<std::string> keys;
    for (const auto& field : setting_fields()) {
      if (field.section == section) keys.emplace_back(field.key);
    }
    const auto node = root.find(section);
    std::optional<YamlMap> map;
    if (node) map.emplace(*node, section, keys, findings);
    for (const auto& field : setting_fields()) {
      if (field.section != section) continue;
      Setting setting{fmt::format("{}.{}", section, field.key), "", "", "default"};
      if (const auto value = map ? map->find(std::string(field.key)) : std::nullopt) {
        std::visit(Assign{field, *value, setting.key, findings}, field.slot(study));
        setting.requested = requested_text(*value);
        setting.origin = "study";
      }
      settings.push_back(std::move(setting));
    }
  }
  settle(root, settings, cores, study, findings);
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const auto& field = setting_fields()[i];
    settings[i].effective = std::visit(Show{field.unset}, field.slot(study));
    if (settings[i].key == "engine.threads" && settings[i].origin == "default")
      settings[i].origin = "machine";
    if (settings[i].key == "adapt.epochs" && study.adapt.steps > 0)
      settings[i].effective = "not used: steps decide";
  }
  return settings;
}

std::string section_text(const std::vector<Setting>& settings, std::string_view section) {
  std::string text;
  for (const auto& setting : settings) {
    if (setting.key.starts_with(std::string(section) + "."))
      text += setting.key + "=" + setting.effective + "\n";
  }
  return text;
}

}  // namespace edgeeval
