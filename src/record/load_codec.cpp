// SPDX-License-Identifier: Apache-2.0
#include "record/load_codec.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include "record/load_fields.hpp"

namespace edgeeval {
namespace {

/// Places of an event's array.
enum EventPlace : std::size_t { kKernel, kUser, kClass, kTokens, kBytes, kFlags, kRead, kPlaces };

void append_number(std::string& out, std::int64_t value) { out += fmt::format_int(value).c_str(); }

void append_event(std::string& out, const EventRecord& event) {
  out += '[';
  if ((event.flags & kKernelStamp) != 0) {
    append_number(out, event.kernel_ns);
  } else {
    out += "null";
  }
  out += ',';
  append_number(out, event.user_ns);
  out.append(",\"").append(to_string(event.kind)).append("\",");
  if ((event.flags & kTokensKnown) != 0) {
    append_number(out, event.tokens);
  } else {
    out += "null";
  }
  for (const std::uint32_t number : {event.bytes, std::uint32_t{event.flags}, event.read}) {
    out += ',';
    append_number(out, number);
  }
  out += ']';
}

bool take_event(EventRecord& event, simdjson::dom::array array) {
  std::size_t place = 0;
  bool good = true;
  for (const auto value : array) {
    switch (place++) {
      case kKernel:
        if (!value.is_null()) good = good && take_value(event.kernel_ns, value);
        break;
      case kUser:
        good = good && take_value(event.user_ns, value);
        break;
      case kClass: {
        std::string_view word;
        good = good && value.get(word) == simdjson::SUCCESS;
        event.kind = event_class_from(word);
        break;
      }
      case kTokens:
        if (!value.is_null()) good = good && take_value(event.tokens, value);
        break;
      case kBytes:
        good = good && take_value(event.bytes, value);
        break;
      case kFlags:
        good = good && take_value(event.flags, value);
        break;
      case kRead:
        good = good && take_value(event.read, value);
        break;
      default:
        break;  // A newer minor version may say more.
    }
  }
  // Without a stamp of the kernel's the user's stands in its place (EventFlag::kKernelStamp).
  if ((event.flags & kKernelStamp) == 0) event.kernel_ns = event.user_ns;
  return good && place >= kPlaces;
}

Error malformed(std::string what, const std::string& where) {
  return Error{ErrorCode::record_unreadable, "malformed request: " + std::move(what), where,
               "The load is damaged before its last line; restore it from a copy."};
}

void append_fields(JsonObject& object, const RequestRecord& request) {
  for (const auto& field : request_fields()) field.put(request, field.key, object);
}

}  // namespace

void append_request(std::string& out, const RequestRecord& request) {
  JsonObject object(out);
  append_fields(object, request);
  object.close();
}

void append_request(std::string& out, const RequestRecord& request, std::span<const EventRecord> events) {
  JsonObject object(out);
  append_fields(object, request);
  object.name("events");
  out += '[';
  for (const auto& event : events) {
    if (&event != events.data()) out += ',';
    append_event(out, event);
  }
  out += ']';
  object.close();
}

struct RequestParser::Impl {
  simdjson::dom::parser parser;
  /// The line as an object; it lives until the next call.
  Result<simdjson::dom::object> object(std::string_view line, const std::string& where) {
    simdjson::dom::object found;
    const auto status = parser.parse(line.data(), line.size(), false).get(found);
    if (status != simdjson::SUCCESS) return tl::unexpected(malformed(simdjson::error_message(status), where));
    return found;
  }
};

RequestParser::RequestParser() : impl_(std::make_unique<Impl>()) {
  static_assert(kPadding >= simdjson::SIMDJSON_PADDING);
}
RequestParser::~RequestParser() = default;

Result<RequestRecord> RequestParser::request(std::string_view line, const std::string& where) {
  const auto object = impl_->object(line, where);
  if (!object) return tl::unexpected(object.error());
  RequestRecord request;
  if (const auto wrong = take_fields(request_fields(), request, *object))
    return tl::unexpected(malformed(fmt::format("\"{}\" is not what it must be", *wrong), where));
  if (object->at_key("index").error() != simdjson::SUCCESS)
    return tl::unexpected(malformed("it has no \"index\"", where));
  return request;
}

Result<void> RequestParser::events(std::string_view line, const std::string& where,
                                   std::vector<EventRecord>& events) {
  events.clear();
  const auto object = impl_->object(line, where);
  if (!object) return tl::unexpected(object.error());
  std::uint32_t index = 0;
  simdjson::dom::element number;
  if (object->at_key("index").get(number) != simdjson::SUCCESS || !take_value(index, number))
    return tl::unexpected(malformed("it has no \"index\"", where));
  simdjson::dom::array list;
  if (object->at_key("events").get(list) != simdjson::SUCCESS) return {};
  events.reserve(list.size());
  for (const auto item : list) {
    EventRecord event;
    event.request = index;
    simdjson::dom::array places;
    if (item.get(places) != simdjson::SUCCESS || !take_event(event, places))
      return tl::unexpected(malformed(fmt::format("event {} is not what it must be", events.size()), where));
    events.push_back(event);
  }
  return {};
}

}  // namespace edgeeval
