// SPDX-License-Identifier: Apache-2.0
#include "record/load_fields.hpp"

#include <algorithm>
#include <array>

namespace edgeeval {
namespace {

using Request = RequestRecord;
using Server = ServerTimings;

constexpr std::string_view kWarmup = "warmup";
constexpr std::string_view kMeasured = "measured";

constexpr std::array kServerFields = {
    load_field<Server, &Server::queue_ms>("queue_ms"),
    load_field<Server, &Server::load_ms>("load_ms"),
    load_field<Server, &Server::prompt_ms>("prompt_ms"),
    load_field<Server, &Server::predicted_ms>("predicted_ms"),
    load_field<Server, &Server::total_ms>("total_ms"),
    load_field<Server, &Server::first_token_ms>("first_token_ms"),
    load_field<Server, &Server::prompt_tokens>("prompt_tokens"),
    load_field<Server, &Server::cached_tokens>("cached_tokens"),
    load_field<Server, &Server::predicted_tokens>("predicted_tokens"),
    load_field<Server, &Server::draft_tokens>("draft_tokens"),
    load_field<Server, &Server::draft_accepted>("draft_accepted"),
};

constexpr LoadField<Request> phase_field() {
  return {"phase",
          [](const Request& request, std::string_view key, JsonObject& out) {
            out.member(key, request.phase == LoadPhase::warmup ? kWarmup : kMeasured);
          },
          [](Request& request, simdjson::dom::element value) {
            std::string_view word;
            if (value.get(word) != simdjson::SUCCESS || (word != kWarmup && word != kMeasured)) return false;
            request.phase = word == kWarmup ? LoadPhase::warmup : LoadPhase::measured;
            return true;
          }};
}

constexpr LoadField<Request> failure_field() {
  return {"failure",
          [](const Request& request, std::string_view key, JsonObject& out) {
            if (!request.ok()) out.member(key, to_string(request.failure));
          },
          [](Request& request, simdjson::dom::element value) {
            std::string_view word;
            if (value.get(word) != simdjson::SUCCESS) return false;
            request.failure = failure_class_from(word);
            return true;
          }};
}

constexpr LoadField<Request> source_field() {
  return {"completion_source",
          [](const Request& request, std::string_view key, JsonObject& out) {
            if (request.completion_source != TokenSource::unknown)
              out.member(key, to_string(request.completion_source));
          },
          [](Request& request, simdjson::dom::element value) {
            std::string_view word;
            if (value.get(word) != simdjson::SUCCESS) return false;
            request.completion_source = token_source_from(word);
            return true;
          }};
}

constexpr LoadField<Request> event_sources_field() {
  return {"event_sources",
          [](const Request& request, std::string_view key, JsonObject& out) {
            const auto& counts = request.event_sources;
            if (std::all_of(counts.begin(), counts.end(), [](auto count) { return count == 0; })) return;
            out.name(key);
            out.object([&](JsonObject& inner) {
              for (std::size_t i = 0; i < counts.size(); ++i)
                if (counts[i] > 0) inner.member(to_string(static_cast<TokenSource>(i)), counts[i]);
            });
          },
          [](Request& request, simdjson::dom::element value) {
            simdjson::dom::object object;
            if (value.get(object) != simdjson::SUCCESS) return false;
            for (const auto member : object) {
              std::uint32_t count = 0;
              if (!take_value(count, member.value)) return false;
              // A source that a newer version knows is unknown to this one.
              request.event_sources[static_cast<std::size_t>(token_source_from(member.key))] += count;
            }
            return true;
          }};
}

constexpr LoadField<Request> status_field() {
  return {"status",
          [](const Request& request, std::string_view key, JsonObject& out) {
            if (request.status != 0) out.member(key, request.status);
          },
          [](Request& request, simdjson::dom::element value) { return take_value(request.status, value); }};
}

constexpr LoadField<Request> server_field() {
  return {"server",
          [](const Request& request, std::string_view key, JsonObject& out) {
            if (!request.server) return;
            out.name(key);
            out.object([&](JsonObject& inner) {
              for (const auto& field : kServerFields) field.put(*request.server, field.key, inner);
            });
          },
          [](Request& request, simdjson::dom::element value) {
            simdjson::dom::object object;
            if (value.get(object) != simdjson::SUCCESS) return false;
            request.server.emplace();
            return !take_fields<Server>(kServerFields, *request.server, object);
          }};
}

constexpr std::array kRequestFields = {
    load_field<Request, &Request::index>("index"),
    load_field<Request, &Request::prompt>("prompt"),
    text_field<Request, &Request::item>("item"),
    phase_field(),
    load_field<Request, &Request::scheduled_ns>("scheduled_ns"),
    load_field<Request, &Request::connect_begun_ns>("connect_begun_ns"),
    load_field<Request, &Request::connected_ns>("connected_ns"),
    load_field<Request, &Request::tls_ns>("tls_ns"),
    load_field<Request, &Request::issued_ns>("issued_ns"),
    load_field<Request, &Request::written_ns>("written_ns"),
    load_field<Request, &Request::tx_ns>("tx_ns"),
    load_field<Request, &Request::headers_ns>("headers_ns"),
    load_field<Request, &Request::first_byte_ns>("first_byte_ns"),
    load_field<Request, &Request::closed_ns>("closed_ns"),
    load_field<Request, &Request::reused_connection>("reused_connection"),
    load_field<Request, &Request::attempts>("attempts"),
    status_field(),
    failure_field(),
    text_field<Request, &Request::error>("error"),
    load_field<Request, &Request::retry_after_ms>("retry_after_ms"),
    load_field<Request, &Request::request_bytes>("request_bytes"),
    load_field<Request, &Request::reply_bytes>("reply_bytes"),
    load_field<Request, &Request::asked_tokens>("asked_tokens"),
    load_field<Request, &Request::prompt_tokens>("prompt_tokens"),
    load_field<Request, &Request::cached_tokens>("cached_tokens"),
    load_field<Request, &Request::completion_tokens>("completion_tokens"),
    load_field<Request, &Request::reasoning_tokens>("reasoning_tokens"),
    source_field(),
    load_field<Request, &Request::retokenised_tokens>("retokenised_tokens"),
    event_sources_field(),
    text_field<Request, &Request::finish_reason>("finish_reason"),
    server_field(),
    text_field<Request, &Request::text>("text"),
};

}  // namespace

std::span<const LoadField<RequestRecord>> request_fields() { return kRequestFields; }

}  // namespace edgeeval
