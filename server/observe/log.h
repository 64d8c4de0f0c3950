// Structured logging: one line an entry, to stderr, as text for people or JSON for machines.
//
// Never logged, in any message or field (INV-10): API keys, tokens, passwords, keys, connection
// strings with a password; raw identifiers (e-mail addresses, phone numbers, customer, device and
// contact ids); payloads or any part of them; idempotency keys, which callers build from anything.
// Log instead: request_id, record ids, profile ids, names of tenants, sources and schemas, reasons,
// counts and durations. Whatever came from a client is hashed or counted, not printed.
//
// Levels: info = a person would want it at start, stop or change of state; warn = someone should
// look; error = data or service at risk; debug = the rest. Only server/ logs, and an error is
// returned or logged, never both.
#ifndef SELFSAME_SERVER_OBSERVE_LOG_H_
#define SELFSAME_SERVER_OBSERVE_LOG_H_

#include <atomic>
#include <concepts>
#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

namespace spdlog {
class logger;
}

namespace selfsame::observe {

enum class LogFormat { kText, kJson };
enum class LogLevel { kDebug, kInfo, kWarn, kError };

// From the words text and json; debug, info, warn and error. Nothing for any other word.
std::optional<LogFormat> ParseLogFormat(std::string_view word);
std::optional<LogLevel> ParseLogLevel(std::string_view word);

struct LogOptions {
  LogFormat format = LogFormat::kText;
  LogLevel level = LogLevel::kInfo;  // What is below is dropped.
  std::FILE* sink = stderr;          // Must outlive the logger; not closed by it.
};

template <typename T>
concept LogInteger = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

// One key with its value. Views only: lives as long as the call it is written in. Keys are
// snake_case constants other than time, level and message.
struct LogField {
  LogField(std::string_view key, LogInteger auto number) : key(key) {
    if constexpr (std::signed_integral<decltype(number)>) {
      value = static_cast<std::int64_t>(number);
    } else {
      value = static_cast<std::uint64_t>(number);
    }
  }
  LogField(std::string_view key, std::floating_point auto number)
      : key(key), value(static_cast<double>(number)) {}
  LogField(std::string_view key, std::string_view text) : key(key), value(text) {}
  // Or the pointer would count as a truth value. Requires: text is not null.
  LogField(std::string_view key, const char* text) : key(key), value(std::string_view(text)) {}

  std::string_view key;
  std::variant<std::int64_t, std::uint64_t, double, std::string_view> value;
};

// Writes entries, each as one whole line and at once, so that a crash loses none. Thread-safe.
// Failures to write are dropped: there is nowhere left to say so.
//
//   log.Info("batch committed", {{"request_id", id}, {"rows", 512}, {"seconds", 0.004}});
//
//   2026-01-02T03:04:05.123Z info  batch committed request_id=... rows=512 seconds=0.004
//   {"time":"2026-01-02T03:04:05.123Z","level":"info","message":"batch committed", ... "rows":512}
class Logger {
 public:
  explicit Logger(const LogOptions& options);
  ~Logger();

  // From now on. Thread-safe.
  void SetLevel(LogLevel level) { level_ = level; }

  using Fields = std::initializer_list<LogField>;
  void Debug(std::string_view message, Fields fields = {}) const;
  void Info(std::string_view message, Fields fields = {}) const;
  void Warn(std::string_view message, Fields fields = {}) const;
  void Error(std::string_view message, Fields fields = {}) const;

 private:
  void Write(LogLevel level, std::string_view message, Fields fields) const;

  const LogFormat format_;
  std::atomic<LogLevel> level_;
  const std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace selfsame::observe

#endif  // SELFSAME_SERVER_OBSERVE_LOG_H_
