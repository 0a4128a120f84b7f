// SPDX-License-Identifier: Apache-2.0
#include "workload/prompts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <fstream>

#include "core/files.hpp"
#include "core/hash.hpp"
#include "core/text.hpp"
#include "workload/prompt_reading.hpp"

namespace edgeeval {
namespace {

/// Bytes from which a format is told.
constexpr std::size_t kBeginning = 64U << 10U;

constexpr const char* kFormats =
    "known are: JSONL (an object a line with prompt, text, messages or question), ShareGPT (a JSON list of "
    "conversations), BurstGPT (CSV with Request tokens), Mooncake (JSONL with input_length), Azure (CSV with "
    "ContextTokens)";

using Reader = Result<std::vector<Prompt>> (*)(std::string_view text, const std::string& file);
struct FormatRow {
  PromptFormat format;
  std::string_view name;
  Reader read;
};
constexpr std::array kReaders{
    FormatRow{PromptFormat::jsonl, "jsonl", prompt_reading::read_jsonl},
    FormatRow{PromptFormat::sharegpt, "sharegpt", prompt_reading::read_sharegpt},
    FormatRow{PromptFormat::burstgpt, "burstgpt", prompt_reading::read_burstgpt},
    FormatRow{PromptFormat::mooncake, "mooncake", prompt_reading::read_mooncake},
    FormatRow{PromptFormat::azure, "azure", prompt_reading::read_azure},
};

const FormatRow& row_of(PromptFormat format) {
  const auto* found = std::find_if(kReaders.begin(), kReaders.end(),
                                   [&](const FormatRow& row) { return row.format == format; });
  return found == kReaders.end() ? kReaders.front() : *found;
}

/// Which format `text`, a file's beginning, is; nothing where it looks like none.
std::optional<PromptFormat> told_from(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  auto first = text.substr(0, text.find('\n'));
  if (text.starts_with('[')) return PromptFormat::sharegpt;
  if (text.starts_with('{')) {
    const auto has = [&](std::string_view key) { return first.find(key) != std::string_view::npos; };
    if (has("\"input_length\"") && has("\"output_length\"")) return PromptFormat::mooncake;
    return has("\"conversations\"") ? PromptFormat::sharegpt : PromptFormat::jsonl;
  }
  std::string header(first);
  std::transform(header.begin(), header.end(), header.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  if (header.find("request tokens") != std::string::npos) return PromptFormat::burstgpt;
  if (header.find("contexttokens") != std::string::npos) return PromptFormat::azure;
  return std::nullopt;
}

Result<PromptFormat> format_of_text(std::string_view beginning, const std::string& file) {
  if (beginning.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return fail(ErrorCode::invalid_task, "the file is empty", file, kFormats);
  const auto format = told_from(beginning);
  if (format) return *format;
  auto first = beginning.substr(0, beginning.find('\n')).substr(0, 60);
  return fail(ErrorCode::invalid_task,
              fmt::format("the format is none that is known; it begins \"{}\"", printable(first)),
              file + ":1", kFormats);
}

/// A file's content, read once into memory of its size. What is no regular file is read_file()'s to judge.
Result<std::string> content_of_file(const std::filesystem::path& file) {
  std::error_code status;
  const auto size = std::filesystem::file_size(file, status);
  if (status || !std::filesystem::is_regular_file(file, status)) return read_file(file);
  std::ifstream in(file, std::ios::binary);
  if (!in) return tl::unexpected(errno_error(errno, "cannot read the file", file.string()));
  std::string text(size, '\0');
  in.read(text.data(), static_cast<std::streamsize>(size));
  if (in.bad()) return fail(ErrorCode::io, "reading the file failed half way", file.string());
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace

std::string_view to_string(PromptFormat format) { return row_of(format).name; }

Result<PromptFormat> prompt_format_of(const std::filesystem::path& file) {
  std::error_code status;
  if (!std::filesystem::is_regular_file(file, status)) {
    auto whole = read_file(file);
    if (!whole) return tl::unexpected(whole.error());
    return format_of_text(std::string_view(*whole).substr(0, kBeginning), file.string());
  }
  std::ifstream in(file, std::ios::binary);
  if (!in) return tl::unexpected(errno_error(errno, "cannot read the file", file.string()));
  std::string text(kBeginning, '\0');
  in.read(text.data(), static_cast<std::streamsize>(kBeginning));
  if (in.bad()) return fail(ErrorCode::io, "reading the file failed", file.string());
  text.resize(static_cast<std::size_t>(in.gcount()));
  return format_of_text(text, file.string());
}

Result<std::vector<Prompt>> read_prompts(const std::filesystem::path& file,
                                         std::optional<PromptFormat> format) {
  const auto text = content_of_file(file);
  if (!text) return tl::unexpected(text.error());
  if (!format) {
    const auto told = format_of_text(std::string_view(*text).substr(0, kBeginning), file.string());
    if (!told) return tl::unexpected(told.error());
    format = *told;
  }
  return parse_prompts(*text, *format, file.string());
}

std::string prompts_digest(const std::vector<Prompt>& prompts) {
  std::string digests, one;
  for (const auto& prompt : prompts) {
    // Zeros stand between the parts, so that no two sets are the same bytes.
    one.assign(prompt.system).append(1, '\0').append(prompt.text).append(1, '\0');
    for (const auto& [role, content] : prompt.messages)
      one.append(role).append(1, '\0').append(content).append(1, '\0');
    digests += sha256(one);
  }
  return sha256(digests);
}

Result<std::vector<Prompt>> parse_prompts(std::string_view text, PromptFormat format,
                                          const std::string& file) {
  return row_of(format).read(text, file);
}

}  // namespace edgeeval
