#include "server/config.h"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "base/host_port.h"
#include "storage/pg/connect.h"

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

// One setting: takes a value over, or returns what is wrong with it.
struct Setting {
  std::function<std::optional<std::string>(const toml::node&)> take;
  bool is_text = false;  // Its variable and flag hold the text itself, without quotes.
};

std::optional<std::string> Unless(bool is_good, const std::string& expected) {
  if (is_good) return std::nullopt;
  return "expected " + expected;
}

Setting Text(std::string* target) {
  return {[target](const toml::node& node) {
            const auto text = node.value_exact<std::string>();
            if (text) *target = *text;
            return Unless(text.has_value(), "a text");
          },
          true};
}

// host:port.
Setting Address(std::string* target) {
  return {[target](const toml::node& node) -> std::optional<std::string> {
            const auto text = node.value_exact<std::string>();
            if (!text) return "expected a text, host:port";
            const auto parsed = ParseHostPort(*text);
            if (!parsed.ok()) return parsed.error().message;
            *target = *text;
            return std::nullopt;
          },
          true};
}

// Never repeated: it may hold a password.
Setting DatabaseUrl(std::string* target) {
  return {[target](const toml::node& node) -> std::optional<std::string> {
            const auto text = node.value_exact<std::string>();
            if (!text) return "expected a text";
            const auto parsed = pg::ConnectionString({.url = *text});
            if (!parsed.ok()) return parsed.error().message;
            *target = *text;
            return std::nullopt;
          },
          true};
}

Setting Flag(bool* target) {
  return {[target](const toml::node& node) {
    const auto flag = node.value_exact<bool>();
    if (flag) *target = *flag;
    return Unless(flag.has_value(), "true or false");
  }};
}

template <typename T>
Setting Whole(T* target, std::int64_t least, std::int64_t most) {
  return {[=](const toml::node& node) {
    const auto number = node.value_exact<std::int64_t>();
    const bool is_good = number && *number >= least && *number <= most;
    if (is_good) *target = T(*number);
    return Unless(is_good, fmt::format("a whole number from {} to {}", least, most));
  }};
}

template <typename T>
Setting Word(T* target, std::optional<T> (*parse)(std::string_view), const char* words) {
  return {[=](const toml::node& node) {
            const auto word = node.value_exact<std::string>();
            const std::optional<T> parsed = word ? parse(*word) : std::nullopt;
            if (parsed) *target = *parsed;
            return Unless(parsed.has_value(), words);
          },
          true};
}

// Days by name: { SCHEMA_UNKNOWN = 365 }.
Setting DaysByName(std::map<std::string, int>* target, std::int64_t most) {
  return {[=](const toml::node& node) -> std::optional<std::string> {
    const std::string expected = fmt::format(
        "expected a table of days from 1 to {}, such as {{ SCHEMA_UNKNOWN = 365 }}", most);
    if (!node.is_table()) return expected;
    for (const auto& [name, value] : *node.as_table()) {
      const auto days = value.value_exact<std::int64_t>();
      if (!days || *days < 1 || *days > most) return expected;
      (*target)[std::string(name.str())] = static_cast<int>(*days);
    }
    return std::nullopt;
  }};
}

using Settings = std::map<std::string, Setting, std::less<>>;

// Every key of the file, as "table.key".
Settings SettingsOf(Config* config) {
  constexpr std::int64_t kDayMs = 86'400'000;
  constexpr std::int64_t kTtlDaysMax = 36'500;
  return {
      {"server.data_dir", Text(&config->data_dir)},
      {"server.listen", Address(&config->listen)},
      {"server.metrics_listen", Address(&config->metrics_listen)},
      {"server.drain_wait_ms", Whole(&config->drain_wait, 0, kDayMs)},
      {"server.probe_interval_ms", Whole(&config->probe_interval, 100, kDayMs)},
      {"server.read_threads", Whole(&config->read_threads, 1, 64)},
      {"server.read_queue_max", Whole(&config->read_queue_max, 1, 1'000'000)},
      {"database.url", DatabaseUrl(&config->database_url)},
      {"database.migrate", Flag(&config->migrate)},
      {"database.allow_fsync_off", Flag(&config->allow_fsync_off)},
      {"database.connect_wait_ms", Whole(&config->connect_wait, 1, kDayMs)},
      {"database.statement_wait_ms", Whole(&config->statement_wait, 1, kDayMs)},
      {"security.master_key_file", Text(&config->master_key_file)},
      {"security.create_master_key", Flag(&config->create_master_key)},
      // Less than ingest::kRulesetGrace: what another ruleset prepared is sent back after that.
      {"security.directory_refresh_ms", Whole(&config->directory_refresh, 10, 1'000)},
      {"quarantine.ttl_days", Whole(&config->quarantine.days, 1, kTtlDaysMax)},
      {"quarantine.ttl_days_by_reason", DaysByName(&config->quarantine.by_reason, kTtlDaysMax)},
      {"quality.measures", Flag(&config->quality_measures)},
      {"log.format", Word(&config->log.format, &observe::ParseLogFormat, "text or json")},
      {"log.level",
       Word(&config->log.level, &observe::ParseLogLevel, "debug, info, warn or error")},
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

enum class Origin { kDefault, kFile, kEnvironment, kFlag };

// Lays the sources over a configuration, the weakest first.
class Loader {
 public:
  LoadedConfig Load(const ConfigSources& sources) {
    if (!sources.file.empty()) TakeFile(sources.file);
    if (sources.environment) TakeEnvironment(sources.environment);
    for (const FlagSetting& flag : sources.flags) {
      TakeText(flag.name, flag.value, flag.flag, Origin::kFlag);
    }
    GiveWayToDataDir("database.url", loaded_.config.database_url);
    GiveWayToDataDir("security.master_key_file", loaded_.config.master_key_file);
    const Status checked = CheckConfig(loaded_.config);
    if (!checked.ok()) loaded_.faults.push_back(checked.error().message);
    return std::move(loaded_);
  }

 private:
  void Fault(std::string_view place, std::string_view what) {
    loaded_.faults.push_back(fmt::format("{}: {}", place, what));
  }

  void TakeFile(const std::string& path) {
    const toml::parse_result parsed = toml::parse_file(path);
    if (!parsed) {
      // The parser does not go on after a fault of syntax. Line 0: the file cannot be read.
      const auto line = parsed.error().source().begin.line;
      return Fault(line == 0 ? path : fmt::format("{}:{}", path, line),
                   parsed.error().description());
    }
    for (const auto& [table_name, table] : parsed.table()) {
      const auto place = [&](const toml::node& node) {
        return fmt::format("{}:{}", path, node.source().begin.line);
      };
      if (!table.is_table()) {
        Fault(place(table), fmt::format("{}: expected a table", table_name.str()));
        continue;
      }
      for (const auto& [key, value] : *table.as_table()) {
        Take(fmt::format("{}.{}", table_name.str(), key.str()), value, place(value), Origin::kFile);
      }
    }
  }

  void TakeEnvironment(
      const std::function<std::optional<std::string>(const std::string&)>& environment) {
    for (const auto& [name, setting] : settings_) {
      const std::string variable = VariableOf(name);
      if (const auto value = environment(variable)) {
        TakeText(name, *value, variable, Origin::kEnvironment);
      }
    }
  }

  void TakeText(const std::string& name, const std::string& text, const std::string& place,
                Origin origin) {
    const auto setting = settings_.find(name);
    if (setting != settings_.end() && setting->second.is_text) {
      return Take(name, toml::value<std::string>(text), place, origin);
    }
    const toml::parse_result parsed = toml::parse("value = " + text);
    const toml::node* const value = parsed ? parsed.table().get("value") : nullptr;
    // A word without quotes is no TOML; any text stands for it, to be refused as one of that type.
    if (value == nullptr) return Take(name, toml::value<std::string>(text), place, origin);
    Take(name, *value, place, origin);
  }

  void Take(const std::string& name, const toml::node& value, const std::string& place,
            Origin origin) {
    const auto setting = settings_.find(name);
    if (setting == settings_.end()) return Fault(place, "unknown key " + name);
    if (const auto wrong = setting->second.take(value)) {
      return Fault(place, fmt::format("{}: {}", name, *wrong));
    }
    origins_[name] = origin;
  }

  void GiveWayToDataDir(const std::string& name, std::string& value) {
    if (value.empty() || loaded_.config.data_dir.empty()) return;
    if (origins_["server.data_dir"] <= origins_[name]) return;
    value.clear();
    loaded_.notes.push_back(
        fmt::format("{} is not used: the data folder was given with higher precedence", name));
  }

  LoadedConfig loaded_;
  const Settings settings_ = SettingsOf(&loaded_.config);
  std::map<std::string, Origin> origins_;
};

}  // namespace

std::string VariableOf(const std::string& setting) {
  if (setting == "server.data_dir") return "SELFSAME_HOME";  // As the tool calls it.
  std::string name = setting;
  // What a name needs to be plain without its table, and what the tool calls the same.
  for (const std::string_view table : {"server.", "security."}) {
    if (name.starts_with(table)) name.erase(0, table.size());
  }
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '.') c = '_';
  }
  return "SELFSAME_" + name;
}

LoadedConfig LoadConfig(const ConfigSources& sources) { return Loader().Load(sources); }

Status CheckConfig(const Config& config) {
  if (config.data_dir.empty() && config.database_url.empty()) {
    return Malformed(
        "expected a data folder for a private database (server.data_dir, --data-dir) or a database "
        "(database.url, --database-url)");
  }
  if (config.data_dir.empty() && config.master_key_file.empty()) {
    return Malformed(
        "expected a master key file (security.master_key_file, --master-key-file) or a data folder "
        "that has one");
  }
  return {};
}

}  // namespace selfsame::server
