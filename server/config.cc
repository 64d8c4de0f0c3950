#include "server/config.h"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <optional>
#include <string_view>

// Everywhere alike: a binary must not hold both kinds of toml++.
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace selfsame::server {
namespace {

Error Malformed(std::string message) {
  return {.code = ErrorCode::kInvalidArgument,
          .reason = "CONFIG_MALFORMED",
          .message = std::move(message)};
}

// Takes a value over, or says false when it is of the wrong type or out of range.
using Setter = std::function<bool(const toml::node&)>;

Setter Text(std::string* target) {
  return [target](const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    if (text) *target = *text;
    return text.has_value();
  };
}

Setter Flag(bool* target) {
  return [target](const toml::node& node) {
    const auto flag = node.value_exact<bool>();
    if (flag) *target = *flag;
    return flag.has_value();
  };
}

template <typename T>
Setter Whole(T* target, std::int64_t least, std::int64_t most) {
  return [=](const toml::node& node) {
    const auto number = node.value_exact<std::int64_t>();
    if (!number || *number < least || *number > most) return false;
    *target = T(*number);
    return true;
  };
}

template <typename T>
Setter Word(T* target, std::optional<T> (*parse)(std::string_view)) {
  return [=](const toml::node& node) {
    const auto word = node.value_exact<std::string>();
    const std::optional<T> parsed = word ? parse(*word) : std::nullopt;
    if (parsed) *target = *parsed;
    return parsed.has_value();
  };
}

// Days by name: { SCHEMA_UNKNOWN = 365 }.
Setter DaysByName(std::map<std::string, int>* target, std::int64_t most) {
  return [=](const toml::node& node) {
    if (!node.is_table()) return false;
    for (const auto& [name, value] : *node.as_table()) {
      const auto days = value.value_exact<std::int64_t>();
      if (!days || *days < 1 || *days > most) return false;
      (*target)[std::string(name.str())] = static_cast<int>(*days);
    }
    return true;
  };
}

// Every key of the file, as "table.key".
std::map<std::string, Setter, std::less<>> Setters(Config* config) {
  constexpr std::int64_t kDayMs = 86'400'000;
  constexpr std::int64_t kTtlDaysMax = 36'500;
  return {
      {"server.data_dir", Text(&config->data_dir)},
      {"server.listen", Text(&config->listen)},
      {"server.metrics_listen", Text(&config->metrics_listen)},
      {"server.drain_wait_ms", Whole(&config->drain_wait, 0, kDayMs)},
      {"server.probe_interval_ms", Whole(&config->probe_interval, 100, kDayMs)},
      {"server.read_threads", Whole(&config->read_threads, 1, 64)},
      {"server.read_queue_max", Whole(&config->read_queue_max, 1, 1'000'000)},
      {"database.url", Text(&config->database_url)},
      {"database.migrate", Flag(&config->migrate)},
      {"database.allow_fsync_off", Flag(&config->allow_fsync_off)},
      {"database.connect_wait_ms", Whole(&config->connect_wait, 1, kDayMs)},
      {"database.statement_wait_ms", Whole(&config->statement_wait, 1, kDayMs)},
      {"security.master_key_file", Text(&config->master_key_file)},
      // Less than ingest::kRulesetGrace: what another ruleset prepared is sent back after that.
      {"security.directory_refresh_ms", Whole(&config->directory_refresh, 10, 1'000)},
      {"quarantine.ttl_days", Whole(&config->quarantine.days, 1, kTtlDaysMax)},
      {"quarantine.ttl_days_by_reason", DaysByName(&config->quarantine.by_reason, kTtlDaysMax)},
      {"quality.measures", Flag(&config->quality_measures)},
      {"log.format", Word(&config->log.format, &observe::ParseLogFormat)},
      {"log.level", Word(&config->log.level, &observe::ParseLogLevel)},
      {"lanes.count", Whole(&config->lanes.lanes, 1, 64)},
      {"lanes.queue_rows_max", Whole(&config->lanes.queue_rows_max, 1'000, 100'000'000)},
      {"lanes.queue_rows_share", Whole(&config->lanes.queue_rows_share, 0, 1'000'000)},
      {"lanes.queue_bytes_max",
       Whole(&config->lanes.queue_bytes_max, 1 << 20, std::int64_t{1} << 40)},
      {"lanes.batch_rows_max", Whole(&config->lanes.batch_rows_max, 1, 100'000)},
      {"lanes.linger_us", Whole(&config->lanes.linger, 0, 1'000'000)},
      {"lanes.give_up_ms", Whole(&config->lanes.give_up, 1, kDayMs)},
      {"lanes.lock_wait_ms", Whole(&config->lanes.lock_wait, 1, kDayMs)},
      {"lanes.cache_anchors_max", Whole(&config->lanes.cache_anchors_max, 1, 100'000'000)},
  };
}

Status Apply(const toml::table& root, const std::string& path, Config* config) {
  const auto setters = Setters(config);
  for (const auto& [table_name, table] : root) {
    if (!table.is_table())
      return Malformed(fmt::format("{}: {} is not a table", path, table_name.str()));
    for (const auto& [key, value] : *table.as_table()) {
      const std::string name = fmt::format("{}.{}", table_name.str(), key.str());
      const auto setter = setters.find(name);
      if (setter == setters.end()) return Malformed(fmt::format("{}: unknown key {}", path, name));
      if (!setter->second(value)) {
        return Malformed(fmt::format("{}: {} is of the wrong type or out of range", path, name));
      }
    }
  }
  return {};
}

}  // namespace

Status LoadConfigFile(const std::string& path, Config* config) {
  const toml::parse_result parsed = toml::parse_file(path);
  if (parsed) return Apply(parsed.table(), path, config);
  return Malformed(fmt::format("{}: line {}: {}", path, parsed.error().source().begin.line,
                               parsed.error().description()));
}

Status CheckConfig(const Config& config) {
  if (config.data_dir.empty() && config.database_url.empty()) {
    return Malformed("give a data dir for a private database, or a database url");
  }
  if (config.data_dir.empty() && config.master_key_file.empty()) {
    return Malformed("without a data dir a master key file is needed");
  }
  return {};
}

}  // namespace selfsame::server
