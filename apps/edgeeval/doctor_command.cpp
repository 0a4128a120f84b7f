// SPDX-License-Identifier: Apache-2.0
#include "doctor_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <edgeeval/version.hpp>
#include <memory>
#include <string>
#include <vector>

#include "console.hpp"
#include "core/json_document.hpp"
#include "core/text.hpp"
#include "doctor_sensors.hpp"
#include "probe/machine.hpp"

namespace edgeeval {
namespace {

struct Options {
  bool json = false;
  bool strict = false;
  bool sensors = false;
  DoctorSensorsOptions sensor_options{};
};

constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;

enum class Mark { good, bad, none };

/// Writes the report as marked lines.
class Page {
 public:
  explicit Page(bool colour) : colour_(colour) {}

  void title(const std::string& text) { fmt::print("\n{}\n", paint("1", text)); }

  /// A marked line; what is missing gets the reason and the next step below it.
  void line(Mark mark, const std::string& name, const std::string& text, const std::string& help = {}) {
    fmt::print(" {} {}{}\n", sign(mark), padded(name), printable(text));
    if (!help.empty()) fmt::print("   {}{}\n", padded(""), paint("2", "→ " + printable(help)));
  }

  void note(const std::string& text) { fmt::print(" – {}\n", printable(text)); }

 private:
  static constexpr std::size_t kNameColumns = 26;

  static std::string padded(const std::string& text) {
    const auto width = display_width(text);
    return text + std::string(width < kNameColumns ? kNameColumns - width : 0, ' ') + "  ";
  }
  [[nodiscard]] std::string paint(const char* code, const std::string& text) const {
    return colour_ ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
  }
  [[nodiscard]] std::string sign(Mark mark) const {
    if (mark == Mark::good) return paint("32", "✔");
    return mark == Mark::bad ? paint("31", "✘") : "–";
  }
  bool colour_;
};

void show_part(Page& page, const PartFinding& part) {
  if (!part.found) return page.line(Mark::bad, part.name, part.why_not, part.how_to_get);
  page.line(Mark::good, part.name,
            part.version.empty() ? part.location : part.version + " · " + part.location);
}

void show_machine(Page& page, const MachineReport& report) {
  const auto at = [&](const char* key) {
    const auto found = report.environment.find(key);
    return found == report.environment.end() ? std::string("unknown") : found->second;
  };
  page.title("Machine");
  page.line(Mark::none, "processor", at("logical_cpus") + " × " + at("cpu"));
  const auto free = report.memory_free_b ? fmt::format(", {:.1f} GiB free",
                                                       static_cast<double>(*report.memory_free_b) / kGibibyte)
                                         : std::string();
  page.line(Mark::none, "memory", at("memory") + free);
  if (report.disk_free_b) {
    page.line(Mark::none, "disk",
              format_bytes(static_cast<double>(*report.disk_free_b)) + " free in this folder");
  }
  page.line(Mark::none, "system", at("os") + ", Linux " + at("kernel"));
  page.line(Mark::none, "cache folder", report.cache);
}

void show_parts(Page& page, const MachineReport& report) {
  page.title("Can it run the quickstart?");
  for (const auto& part : report.engines) show_part(page, part);
  for (const auto& part : report.helpers) show_part(page, part);
  show_part(page, report.data);
  for (const auto& part : report.models) show_part(page, part);
}

void show_energy(Page& page, const MachineReport& report) {
  page.title("Can it measure energy, and how well?");
  for (const auto& sensor : report.sensors) {
    const bool good = sensor.readable && sensor.used;
    auto text = good ? sensor.detail : sensor.why_not;
    if (!good && sensor.found && !sensor.detail.empty()) text = sensor.detail + ": " + text;
    page.line(good           ? Mark::good
              : sensor.found ? Mark::bad
                             : Mark::none,
              sensor.name, text, sensor.how_to_get);
  }
  for (const auto& source : report.sources) {
    const char* sure = source.grade == Grade::measured    ? "measured"
                       : source.grade == Grade::published ? "a recording, shown with †"
                                                          : "modelled, shown with ~ and a range";
    page.line(Mark::none, "joules from", fmt::format("{}: {}", source.title, sure));
  }
  if (report.sources.empty()) page.line(Mark::bad, "joules from", "nothing: energy will be absent");
}

void show_limits(Page& page, const MachineReport& report) {
  page.title("What limits measurements here");
  for (const auto& limit : report.limits) page.note(limit);
  if (report.limits.empty()) page.note("nothing found");
}

/// What this machine is good for, in one line.
std::string verdict(const MachineReport& report) {
  const bool ready = report.can_run_quickstart();
  const bool sensor = std::any_of(report.sources.begin(), report.sources.end(),
                                  [](const ProbeInfo& source) { return source.grade == Grade::measured; });
  std::vector<std::string> good;
  if (ready) good.emplace_back("studies of small models (edgeeval run examples/quickstart.yaml)");
  if (sensor) good.emplace_back("joules that can be quoted with their interval");
  if (ready && !sensor) good.emplace_back("comparing variants by time and quality");
  good.emplace_back("reports and audits of finished runs");
  std::string text = "Good for: " + join(good, "; ") + ".";
  if (!ready) text += " Not for studies yet: see the crosses above.";
  if (!sensor && !report.sources.empty()) text += " Joules are not measured here: not to be quoted as measured.";
  if (report.sources.empty()) text += " Joules will be absent.";
  if (sensor) text += " Next: edgeeval doctor --sensors.";
  return text;
}

Json to_json(const PartFinding& part) {
  return {{"name", part.name},         {"found", part.found},     {"version", part.version},
          {"location", part.location}, {"why_not", part.why_not}, {"how_to_get", part.how_to_get}};
}

Json to_json(const SensorFinding& sensor) {
  return {{"name", sensor.name},
          {"found", sensor.found},
          {"readable", sensor.readable},
          {"used", sensor.used},
          {"detail", sensor.detail},
          {"why_not", sensor.why_not},
          {"how_to_get", sensor.how_to_get}};
}

Json to_json(const ProbeInfo& source) {
  return {{"id", source.id},
          {"title", source.title},
          {"domain", source.domain},
          {"boundary", source.boundary},
          {"grade", std::string(to_string(source.grade))},
          {"detail", source.detail}};
}

template <class T>
Json to_json(const std::vector<T>& items) {
  Json list = Json::array();
  for (const auto& item : items) list.push_back(to_json(item));
  return list;
}

Json to_json(const MachineReport& report) {
  Json json{{"edgeeval", std::string(version())}, {"ready", report.can_run_quickstart()}};
  json["environment"] = report.environment;
  if (report.memory_free_b) json["memory_free_b"] = *report.memory_free_b;
  if (report.disk_free_b) json["disk_free_b"] = *report.disk_free_b;
  if (report.load_per_cpu) json["load_per_cpu"] = *report.load_per_cpu;
  json["energy_sources"] = to_json(report.sources);
  json["sensors"] = to_json(report.sensors);
  json["engines"] = to_json(report.engines);
  json["helpers"] = to_json(report.helpers);
  json["data"] = to_json(report.data);
  json["models"] = to_json(report.models);
  json["cache"] = report.cache;
  json["limits"] = report.limits;
  json["verdict"] = verdict(report);
  return json;
}

int doctor(const Options& options) {
  if (options.sensors) {
    auto sensor_options = options.sensor_options;
    sensor_options.json = options.json;
    return doctor_sensors(sensor_options);
  }
  const auto report = inspect_machine();
  if (options.json) {
    fmt::print("{}", json_document(to_json(report)));
  } else {
    Page page(terminal_of(stdout).colour);
    fmt::print("edgeeval {}\n", version());
    show_parts(page, report);
    show_energy(page, report);
    show_machine(page, report);
    show_limits(page, report);
    fmt::print("\n{}\n", verdict(report));
  }
  return options.strict && !report.can_run_quickstart() ? exit_code(ErrorCode::engine_missing) : 0;
}

}  // namespace

void register_doctor(CLI::App& app, Subcommand& chosen) {
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("doctor", "What this machine can run and measure, and how to get what is missing");
  command->add_flag("--json", options->json, "The findings as JSON on stdout");
  command->add_flag("--strict", options->strict, "Exit with an error where the quickstart study cannot run");
  auto& of_sensors = options->sensor_options;
  auto* sensors =
      command->add_flag("--sensors", options->sensors,
                        "Read each sensor under a switched load, say how it behaves, and keep it for "
                        "later runs (docs/sensors.md)");
  command->add_option("--seconds", of_sensors.seconds, "Reading time for each measuring point (s)")
      ->check(CLI::Range(0.5, 3600.0))
      ->capture_default_str()
      ->needs(sensors);
  command
      ->add_option("--load", of_sensors.load,
                   "Shell command that keeps the GPU busy until SIGTERM; started and ended in turn")
      ->needs(sensors);
  command
      ->add_option("--reference", of_sensors.reference,
                   "A wall meter's readings (CSV t_s,watts), or 'plug' for an open network plug")
      ->needs(sensors);
  command
      ->add_option(
          "--efficiency", of_sensors.efficiency,
          "LO:HI, the share of the reference's watts that reaches the sensor's device; 1:1 on the same "
          "rail (default 0.80:0.94, PC power supplies)")
      ->needs(sensors);
  command->footer(
      "Examples:\n  edgeeval doctor\n  edgeeval doctor --json | jq .sensors\n  edgeeval doctor --sensors\n"
      "  edgeeval doctor --sensors --seconds 90 --load './gpu_burn 600'\n"
      "  edgeeval doctor --sensors --reference meter.csv");
  command->callback([options, &chosen] { chosen = [options] { return doctor(*options); }; });
}

}  // namespace edgeeval
