// SPDX-License-Identifier: Apache-2.0
// Scenario files: YAML over a scenario that is there already.
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

#include "core/files.hpp"
#include "core/one_line.hpp"
#include "core/text.hpp"
#include "decision/numbers.hpp"
#include "decision/price_tables.hpp"
#include "decision/scenario.hpp"
#include "tables/strict_yaml.hpp"

namespace edgeeval {
namespace {

constexpr std::array<const char*, 4> kChoices{"device", "api", "grid", "site"};

/// Reads one file over a scenario.
class ScenarioReader {
 public:
  ScenarioReader(const std::filesystem::path& file, CostScenario& scenario)
      : folder_(file.parent_path()),
        name_(file.filename().string()),
        yaml_(file.string()),
        scenario_(scenario) {}

  Result<void> read(const YAML::Node& root) {
    const auto entries = yaml_.map(root, "", {});
    if (!entries) return tl::unexpected(entries.error());
    for (const auto& entry : *entries) {
      if (auto known = check_key(entry); !known) return known;
    }
    // Tables first, since names are looked up in them; then sets of rows; then single keys, which win.
    for (const int turn : {0, 1, 2}) {
      for (const auto& entry : *entries) {
        if (turn_of(entry.key) != turn) continue;
        if (auto done = read_entry(entry); !done) return done;
      }
    }
    return {};
  }

 private:
  static int turn_of(const std::string& key) {
    if (key == "tables") return 0;
    return std::find(kChoices.begin(), kChoices.end(), key) != kChoices.end() ? 1 : 2;
  }

  [[nodiscard]] Result<void> check_key(const YamlEntry& entry) const {
    static const std::vector<std::string> kOthers{"device", "api",  "grid",  "site",
                                                  "tables", "seed", "draws", "max_age_months"};
    if (std::find(kOthers.begin(), kOthers.end(), entry.key) != kOthers.end()) return {};
    if (economics::find_input(entry.key) != nullptr) return {};
    auto known = input_keys();
    known.insert(known.end(), kOthers.begin(), kOthers.end());
    const auto close = nearest(entry.key, known);
    return yaml_.wrong(entry.name, "", fmt::format("unknown key \"{}\"", one_line(entry.key)),
                       close.empty() ? "allowed here: " + join(kOthers, ", ") +
                                           ", and the inputs that `edgeeval whatif RUN --list` lists"
                                     : fmt::format("did you mean \"{}\"?", close));
  }

  Result<void> read_entry(const YamlEntry& entry) {
    if (entry.key == "tables") return read_tables(entry);
    if (entry.key == "seed")
      return whole(entry, 0.0, 4294967295.0,
                   [&](double n) { scenario_.seed = static_cast<std::uint32_t>(n); });
    if (entry.key == "draws")
      return whole(entry, 100.0, 1e6, [&](double n) { scenario_.draws = static_cast<std::uint32_t>(n); });
    if (entry.key == "max_age_months")
      return whole(entry, 0.0, 1200.0, [&](double n) { scenario_.max_age_months = static_cast<int>(n); });
    if (turn_of(entry.key) == 1) return read_choice(entry);
    return read_input(entry);
  }

  template <class Put>
  Result<void> whole(const YamlEntry& entry, double least, double most, Put put) const {
    const auto number = entry.value.IsScalar() ? read_number(entry.value.Scalar()) : std::nullopt;
    if (!number || *number < least || *number > most ||
        *number != static_cast<double>(static_cast<std::int64_t>(*number)))
      return yaml_.wrong(entry.value, entry.path, "is no such number",
                         fmt::format("allowed: a whole number from {} to {}", least, most));
    put(*number);
    return {};
  }

  Result<void> read_tables(const YamlEntry& entry) {
    std::vector<std::string> words;
    for (const auto& kind : kTables) words.emplace_back(kind.word);
    const auto files = yaml_.map(entry.value, entry.path, words);
    if (!files) return tl::unexpected(files.error());
    auto tables = *scenario_.tables;
    for (const auto& file : *files) {
      const auto path = yaml_.text(file.value, file.path);
      if (!path) return tl::unexpected(path.error());
      if (auto added = tables.add(file.key, folder_ / *path); !added) return added;
    }
    scenario_.tables = std::make_shared<const PriceTables>(std::move(tables));
    return refresh_choices();
  }

  /// Rows in use may have been overridden.
  Result<void> refresh_choices() {
    const auto chosen = scenario_.chosen;
    for (const auto& [table, name] : chosen) {
      if (auto done = choose_rows(scenario_, table, name); !done) return done;
    }
    return {};
  }

  Result<void> read_choice(const YamlEntry& entry) {
    const auto name = yaml_.text(entry.value, entry.path);
    if (!name) return tl::unexpected(name.error());
    auto chosen = choose_rows(scenario_, entry.key, *name);
    if (chosen) return {};
    return yaml_.wrong(entry.value, entry.path, chosen.error().message, chosen.error().hint);
  }

  Result<void> read_input(const YamlEntry& entry) {
    const auto limits = *limits_of(entry.key);
    Assumption assumption{{}, Grade::assumed, name_, ""};
    std::map<std::string, std::string> texts;
    if (entry.value.IsScalar()) {
      texts["value"] = entry.value.Scalar();
    } else {
      const auto parts = yaml_.map(entry.value, entry.path, {"value", "lo", "hi", "shape", "unit", "source"});
      if (!parts) return tl::unexpected(parts.error());
      for (const auto& part : *parts) {
        auto text = yaml_.text(part.value, part.path);
        if (!text) return tl::unexpected(text.error());
        texts[part.key] = *text;
      }
    }
    if (texts.contains("unit") && texts["unit"] != limits.unit)
      return yaml_.wrong(entry.value, entry.path + ".unit",
                         fmt::format("\"{}\" is not the unit of {}", one_line(texts["unit"]), entry.key),
                         fmt::format("must be: {}", limits.unit));
    if (texts.contains("source")) assumption.source += ": " + texts["source"];
    const auto spread = read_spread({texts["value"], texts["lo"], texts["hi"], texts["shape"]}, limits);
    if (!spread)
      return yaml_.wrong(entry.value, entry.path + (entry.value.IsScalar() ? "" : "." + spread.error().where),
                         spread.error().message, spread.error().hint);
    assumption.spread = *spread;
    put_assumption(scenario_, entry.key, std::move(assumption));
    return {};
  }

  std::filesystem::path folder_;
  std::string name_;
  StrictYaml yaml_;
  CostScenario& scenario_;
};

}  // namespace

Result<CostScenario> read_scenario(const std::filesystem::path& file, CostScenario base,
                                   std::string_view today) {
  const auto text = read_file(file);
  if (!text) return tl::unexpected(text.error());
  YAML::Node root;
  try {
    root = YAML::Load(*text);
  } catch (const YAML::Exception& problem) {
    return fail(ErrorCode::invalid_table, std::string("not YAML: ") + problem.msg,
                fmt::format("{}:{}:{}", file.string(), problem.mark.line + 1, problem.mark.column + 1));
  }
  auto scenario = std::move(base);
  scenario.name = file.filename().string();
  ScenarioReader reader(file, scenario);
  if (auto done = reader.read(root); !done) return tl::unexpected(done.error());
  check_ages(scenario, today);
  return scenario;
}

}  // namespace edgeeval
