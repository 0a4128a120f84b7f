// SPDX-License-Identifier: Apache-2.0
#include "mock/answers.hpp"

#include <fmt/format.h>

#include "core/foreign_json.hpp"
#include "mock/asked.hpp"

namespace edgeeval::mock {
namespace {

std::string quoted(std::string_view text) { return to_line(Json(std::string(text))); }

PlainAnswer text(std::string body, std::string_view type = "text/plain; charset=utf-8") {
  return {200, std::move(body), type, {}};
}

/// The metrics route of a server that tells Prometheus text.
PlainAnswer prometheus(const ServerFacts& facts) {
  return text(facts.served->prometheus(facts.dialect, facts.model_json, facts.running),
              "text/plain; version=0.0.4; charset=utf-8");
}

PlainAnswer models(const ServerFacts& facts) {
  const auto meta = facts.dialect != Dialect::llama_server ? std::string()
                    : facts.loading                        ? std::string(",\"meta\":null")
                                    : std::string(",\"meta\":{\"n_ctx_train\":8192,\"n_params\":1000}");
  return {200, fmt::format(
                   "{{\"object\":\"list\",\"data\":[{{\"id\":{},\"object\":\"model\",\"created\":1700000000,"
                   "\"owned_by\":\"edgeeval\"{}}}]}}",
                   facts.model_json, meta)};
}

/// Token ids by place: as many as the text has words.
PlainAnswer tokenized(Dialect dialect, std::string_view body) {
  const auto json = parse_foreign(body);
  const auto words =
      count_words(value_or(json, dialect == Dialect::llama_server ? "content" : "prompt", std::string()));
  std::string ids;
  for (std::uint32_t i = 0; i < words; ++i) ids += fmt::format("{}{}", i == 0 ? "" : ",", 100 + i);
  if (dialect == Dialect::llama_server) return {200, fmt::format("{{\"tokens\":[{}]}}", ids)};
  return {200, fmt::format("{{\"count\":{},\"max_model_len\":8192,\"tokens\":[{}]}}", words, ids)};
}

std::optional<PlainAnswer> llama_route(const ServerFacts& facts, std::string_view path,
                                       std::string_view body) {
  if (path == "/health" || path == "/v1/health") return PlainAnswer{200, "{\"status\":\"ok\"}"};
  if (path == "/props")
    return PlainAnswer{200, fmt::format("{{\"total_slots\":{},\"model_alias\":{},\"build_info\":\"b0-mock\","
                                        "\"is_sleeping\":false}}",
                                        1024, facts.model_json)};
  if (path == "/slots")
    return PlainAnswer{200,
                       fmt::format("[{{\"id\":0,\"n_ctx\":8192,\"is_processing\":{}}}]", facts.running > 0)};
  if (path == "/tokenize") return tokenized(facts.dialect, body);
  if (path == "/metrics" && facts.metrics && facts.served != nullptr) return prometheus(facts);
  if (path == "/metrics")
    return PlainAnswer{
        501, error_json(facts.dialect, true, 501, "not_supported_error",
                        "This server does not support metrics endpoint. Start it with `--metrics`")};
  return std::nullopt;
}

std::optional<PlainAnswer> ollama_route(const ServerFacts& facts, std::string_view path) {
  if (path == "/") return text("Ollama is running");
  if (path == "/api/version") return PlainAnswer{200, "{\"version\":\"0.0.0-mock\"}"};
  if (path == "/api/tags" || path == "/api/ps") {
    return PlainAnswer{200,
                       fmt::format("{{\"models\":[{{\"name\":{0},\"model\":{0},\"size\":1000,\"size_vram\":0,"
                                   "\"expires_at\":\"2030-01-01T00:00:00Z\"}}]}}",
                                   facts.model_json)};
  }
  return std::nullopt;
}

std::optional<PlainAnswer> vllm_route(const ServerFacts& facts, std::string_view path,
                                      std::string_view body) {
  if (path == "/health" || path == "/reset_prefix_cache") return text("", "text/plain");
  if (path == "/version") return PlainAnswer{200, "{\"version\":\"0.0.0+mock\"}"};
  if (path == "/tokenize") return tokenized(facts.dialect, body);
  if (path == "/metrics" && facts.served != nullptr) return prometheus(facts);
  return std::nullopt;
}

std::optional<PlainAnswer> sglang_route(const ServerFacts& facts, std::string_view path,
                                        std::string_view body) {
  if (path == "/v1/tokenize" || path == "/tokenize") return tokenized(facts.dialect, body);
  if (path == "/health" || path == "/health_generate") return text("", "text/plain");
  if (path == "/get_model_info" || path == "/model_info")
    return PlainAnswer{200, fmt::format("{{\"model_path\":{},\"is_generation\":true}}", facts.model_json)};
  if (path == "/server_info" || path == "/get_server_info")
    return PlainAnswer{200, "{\"version\":\"0.0.0-mock\"}"};
  if (path == "/metrics" && facts.metrics && facts.served != nullptr) return prometheus(facts);
  if (path == "/flush_cache") {
    if (facts.running == 0) return text("Cache flushed.\n");
    return PlainAnswer{400, "Flush cache failed: requests are running.\n", "text/plain", {}};
  }
  return std::nullopt;
}

std::optional<PlainAnswer> tgi_route(const ServerFacts& facts, std::string_view path) {
  if (path == "/health" || path == "/ping") return text("", "text/plain");
  if (path == "/info")
    return PlainAnswer{200,
                       fmt::format("{{\"model_id\":{},\"max_total_tokens\":8192,\"version\":\"0.0.0-mock\"}}",
                                   facts.model_json)};
  if (path == "/metrics" && facts.served != nullptr) return prometheus(facts);
  return std::nullopt;
}

std::optional<PlainAnswer> tensorrt_route(const ServerFacts& facts, std::string_view path) {
  if (path == "/health" || path == "/health_generate") return text("", "text/plain");
  if (path == "/version") return PlainAnswer{200, "{\"version\":\"0.0.0-mock\"}"};
  if (facts.served == nullptr) return std::nullopt;
  if (path == "/metrics") return PlainAnswer{200, facts.served->iteration(facts.running)};
  if (path == "/perf_metrics") return PlainAnswer{200, facts.served->take_requests()};
  return std::nullopt;
}

std::optional<PlainAnswer> lm_studio_route(const ServerFacts& facts, std::string_view path) {
  if (path == "/api/v0/models")
    return PlainAnswer{
        200, fmt::format("{{\"object\":\"list\",\"data\":[{{\"id\":{},\"object\":\"model\",\"type\":\"llm\","
                         "\"state\":\"loaded\"}}]}}",
                         facts.model_json)};
  if (path == "/api/v1/models")
    return PlainAnswer{
        200,
        fmt::format("{{\"models\":[{{\"type\":\"llm\",\"key\":{0},\"loaded_instances\":[{{\"id\":{0}}}]}}]}}",
                    facts.model_json)};
  return std::nullopt;
}

std::optional<PlainAnswer> dialect_route(const ServerFacts& facts, std::string_view path,
                                         std::string_view body) {
  switch (facts.dialect) {
    case Dialect::llama_server:
      return llama_route(facts, path, body);
    case Dialect::ollama:
      return ollama_route(facts, path);
    case Dialect::vllm:
      return vllm_route(facts, path, body);
    case Dialect::sglang:
      return sglang_route(facts, path, body);
    case Dialect::tgi:
      return tgi_route(facts, path);
    case Dialect::tensorrt_llm:
      return tensorrt_route(facts, path);
    case Dialect::lm_studio:
      return lm_studio_route(facts, path);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 307:
      return "Temporary Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

std::string http_text(const PlainAnswer& answer, bool keep_alive) {
  return fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\n{}Connection: {}\r\nContent-Length: {}\r\n\r\n{}",
                     answer.status, reason_of(answer.status), answer.content_type, answer.fields,
                     keep_alive ? "keep-alive" : "close", answer.body.size(), answer.body);
}

std::string error_json(Dialect dialect, bool native, int status, std::string_view type,
                       std::string_view message) {
  switch (dialect) {
    case Dialect::llama_server:
      return fmt::format("{{\"error\":{{\"code\":{},\"message\":{},\"type\":\"{}\"}}}}", status,
                         quoted(message), type);
    case Dialect::ollama:
      if (native) return fmt::format("{{\"error\":{}}}", quoted(message));
      return fmt::format("{{\"error\":{{\"message\":{},\"type\":\"{}\",\"param\":null,\"code\":null}}}}",
                         quoted(message), type);
    case Dialect::tgi:
      return fmt::format("{{\"error\":{},\"error_type\":\"{}\"}}", quoted(message), type);
    case Dialect::tensorrt_llm:
      return fmt::format("{{\"object\":\"error\",\"message\":{},\"type\":\"{}\",\"param\":null,\"code\":{}}}",
                         quoted(message), type, status);
    default:
      return fmt::format("{{\"error\":{{\"message\":{},\"type\":\"{}\",\"param\":null,\"code\":{}}}}}",
                         quoted(message), type, status);
  }
}

PlainAnswer loading_answer(Dialect dialect, bool native) {
  if (dialect == Dialect::llama_server)
    return {503, error_json(dialect, native, 503, "unavailable_error", "Loading model")};
  if (dialect == Dialect::tgi) return {503, error_json(dialect, native, 503, "healthcheck", "unhealthy")};
  if (dialect == Dialect::vllm || dialect == Dialect::sglang || dialect == Dialect::tensorrt_llm)
    return {503, "", "text/plain", {}};
  return {503, error_json(dialect, native, 503, "unavailable_error", "Loading model")};
}

PlainAnswer route_answer(const ServerFacts& facts, std::string_view method, std::string_view path,
                         std::string_view body) {
  if (path == "/v1/models" && facts.dialect != Dialect::tgi) {
    // llama-server tells its model while loading; the others have nothing to tell.
    if (!facts.loading || facts.dialect == Dialect::llama_server) return models(facts);
  }
  if (facts.loading) return loading_answer(facts.dialect, true);
  if (auto answer = dialect_route(facts, path, body)) return *answer;
  if (wire_at(facts.dialect, path) && method != "POST")
    return {405, error_json(facts.dialect, true, 405, "method_not_allowed", "Method Not Allowed")};
  return {404, error_json(facts.dialect, true, 404, "not_found_error", "File Not Found")};
}

}  // namespace edgeeval::mock
