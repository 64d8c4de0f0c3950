#include "server/observe/log.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace selfsame::observe {
namespace {

std::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarn: return "warn";
    case LogLevel::kError: return "error";
  }
  return "error";
}

// A JSON string with its quotes. Bytes that are no UTF-8 become the replacement character, so
// that a line is valid whatever it is given.
std::string JsonString(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool IsPlain(char c) {
  return c != '"' && c != '=' && c != '\\' && static_cast<unsigned char>(c) > ' ' && c != '\x7f';
}

std::string TextValue(std::string_view text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), IsPlain);
  return plain ? std::string(text) : JsonString(text);
}

// A line break in a message would let it pass for an entry of its own.
std::string TextMessage(std::string_view message) {
  const std::string quoted = JsonString(message);
  return quoted.substr(1, quoted.size() - 2);
}

std::string Number(double number, LogFormat format) {
  // JSON has no word for these.
  if (format == LogFormat::kJson && !std::isfinite(number)) return "null";
  return fmt::format("{}", number);
}

struct ValuePrinter {
  LogFormat format;
  std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
  std::string operator()(std::uint64_t number) const { return fmt::format("{}", number); }
  std::string operator()(double number) const { return Number(number, format); }
  std::string operator()(std::string_view text) const {
    return format == LogFormat::kJson ? JsonString(text) : TextValue(text);
  }
};

std::string TextLine(LogLevel level, std::string_view message, Logger::Fields fields) {
  std::string line = fmt::format("{:<5} {}", LevelName(level), TextMessage(message));
  for (const LogField& field : fields) {
    line +=
        fmt::format(" {}={}", field.key, std::visit(ValuePrinter{LogFormat::kText}, field.value));
  }
  return line;
}

// Without the opening brace and the time, which spdlog's pattern puts before it.
std::string JsonLine(LogLevel level, std::string_view message, Logger::Fields fields) {
  std::string line =
      fmt::format(R"("level":"{}","message":{})", LevelName(level), JsonString(message));
  for (const LogField& field : fields) {
    line += fmt::format(",{}:{}", JsonString(field.key),
                        std::visit(ValuePrinter{LogFormat::kJson}, field.value));
  }
  return line + '}';
}

std::unique_ptr<spdlog::logger> MakeLogger(const LogOptions& options) {
  using Sink = spdlog::sinks::stdout_sink_base<spdlog::details::console_mutex>;
  auto logger = std::make_unique<spdlog::logger>("selfsame", std::make_shared<Sink>(options.sink));
  const std::string pattern = options.format == LogFormat::kJson
                                  ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v)"
                                  : "%Y-%m-%dT%H:%M:%S.%eZ %v";
  logger->set_formatter(
      std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc, "\n"));
  logger->set_level(spdlog::level::trace);  // Levels are ours.
  logger->set_error_handler([](const std::string&) {});
  return logger;
}

}  // namespace

std::optional<LogFormat> ParseLogFormat(std::string_view word) {
  if (word == "text") return LogFormat::kText;
  if (word == "json") return LogFormat::kJson;
  return std::nullopt;
}

std::optional<LogLevel> ParseLogLevel(std::string_view word) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn, LogLevel::kError}) {
    if (word == LevelName(level)) return level;
  }
  return std::nullopt;
}

Logger::Logger(const LogOptions& options)
    : format_(options.format), level_(options.level), logger_(MakeLogger(options)) {}

Logger::~Logger() = default;

void Logger::Debug(std::string_view message, Fields fields) const {
  Write(LogLevel::kDebug, message, fields);
}

void Logger::Info(std::string_view message, Fields fields) const {
  Write(LogLevel::kInfo, message, fields);
}

void Logger::Warn(std::string_view message, Fields fields) const {
  Write(LogLevel::kWarn, message, fields);
}

void Logger::Error(std::string_view message, Fields fields) const {
  Write(LogLevel::kError, message, fields);
}

void Logger::Write(LogLevel level, std::string_view message, Fields fields) const {
  if (level < level_) return;
  const std::string line = format_ == LogFormat::kJson ? JsonLine(level, message, fields)
                                                       : TextLine(level, message, fields);
  logger_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace selfsame::observe
