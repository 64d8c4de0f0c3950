#include "identity/ruleset_toml.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

// Everywhere alike: a binary must not hold both kinds of toml++.
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace selfsame::identity {
namespace {

constexpr int kLimitMax = 1'000'000;
constexpr std::size_t kTextBytesMax = 256 * 1024;

constexpr std::pair<std::string_view, Survivorship> kSurvivorships[] = {
    {"latest", Survivorship::kLatest},   {"earliest", Survivorship::kEarliest},
    {"min", Survivorship::kMin},         {"max", Survivorship::kMax},
    {"longest", Survivorship::kLongest}, {"most_frequent", Survivorship::kMostFrequent},
    {"union", Survivorship::kUnion},     {"sum", Survivorship::kSum}};

constexpr std::pair<std::string_view, Canonical> kCanonicals[] = {
    {"as_is", Canonical::kOpaque}, {"email", Canonical::kEmail}, {"phone", Canonical::kPhone}};

constexpr std::pair<std::string_view, BlockedShape> kShapes[] = {
    {"one_character_repeated", BlockedShape::kOneCharacterRepeated},
    {"same_word_twice", BlockedShape::kSameWordTwice}};

template <typename Value, std::size_t N>
const Value* Named(const std::pair<std::string_view, Value> (&names)[N], std::string_view name) {
  for (const auto& [known, value] : names) {
    if (known == name) return &value;
  }
  return nullptr;
}

template <typename Value, std::size_t N>
std::string_view NameOf(const std::pair<std::string_view, Value> (&names)[N], Value value) {
  for (const auto& [name, known] : names) {
    if (known == value) return name;
  }
  return "";
}

// "90s", "15m", "24h", "7d".
std::optional<std::chrono::microseconds> ParseSpan(std::string_view text) {
  int count = 0;
  const char* end = text.data() + text.size();
  const auto [at, failed] = std::from_chars(text.data(), end, count);
  if (failed != std::errc() || at + 1 != end || count < 1 || count > 100'000) return std::nullopt;
  switch (*at) {
    case 's': return std::chrono::seconds(count);
    case 'm': return std::chrono::minutes(count);
    case 'h': return std::chrono::hours(count);
    case 'd': return std::chrono::hours(24) * count;
    default: return std::nullopt;
  }
}

std::string SpanText(std::chrono::microseconds span) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count();
  if (seconds % 86'400 == 0) return fmt::format("{}d", seconds / 86'400);
  return seconds % 3'600 == 0 ? fmt::format("{}h", seconds / 3'600) : fmt::format("{}s", seconds);
}

// The work of one ParseRuleset call: reads what is there and notes what is wrong.
class Parser {
 public:
  Result<Ruleset> Run(const toml::table& root) {
    OnlyKeys(root, "",
             {"name", "component_max", "kinds", "custom_kinds", "blocked", "generic_mailboxes",
              "survivorship", "trust"});
    if (const toml::node* name = root.get("name")) {
      const auto text = name->value_exact<std::string>();
      if (!text) Violate("name", "must be a text");
      rules_.name = text.value_or("");
    }
    rules_.component_nodes_max = Number(root, "", "component_max", 2, std::nullopt);
    ReadKinds(root);
    ReadBlocked(root);
    ReadGenericMailboxes(root);
    ReadSurvivorship(root);
    ReadTrust(root);
    if (violations_.empty()) return std::move(rules_);
    return Error{.code = ErrorCode::kInvalidArgument,
                 .reason = "RULESET_INVALID",
                 .message = "the ruleset has " + std::to_string(violations_.size()) + " mistakes",
                 .violations = std::move(violations_)};
  }

 private:
  void Violate(std::string field, std::string message) {
    violations_.push_back({std::move(field), "RULESET_INVALID", std::move(message)});
  }

  static std::string Path(std::string_view where, std::string_view key) {
    return where.empty() ? std::string(key) : fmt::format("{}.{}", where, key);
  }

  void OnlyKeys(const toml::table& table, std::string_view where,
                std::initializer_list<std::string_view> keys) {
    for (const auto& [key, value] : table) {
      const bool is_known = std::find(keys.begin(), keys.end(), key.str()) != keys.end();
      if (!is_known) Violate(Path(where, key.str()), "is not a key of rulesets");
    }
  }

  int Number(const toml::table& table, std::string_view where, std::string_view key, int least,
             std::optional<int> absent) {
    const toml::node* node = table.get(key);
    if (node == nullptr) {
      if (!absent) Violate(Path(where, key), "is missing");
      return absent.value_or(least);
    }
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < least || *value > kLimitMax) {
      Violate(Path(where, key), fmt::format("must be a whole number from {} to 1,000,000", least));
      return least;
    }
    return static_cast<int>(*value);
  }

  template <typename Value, std::size_t N>
  Value Name(const toml::node* node, const std::string& path,
             const std::pair<std::string_view, Value> (&names)[N], Value absent) {
    if (node == nullptr) return absent;
    const auto text = node->value_exact<std::string>();
    const Value* named = text ? Named(names, *text) : nullptr;
    if (named != nullptr) return *named;
    std::string known;
    for (const auto& [name, value] : names)
      known += (known.empty() ? "" : ", ") + std::string(name);
    Violate(path, "must be one of " + known);
    return absent;
  }

  std::vector<std::string> Texts(const toml::table& table, const std::string& where,
                                 std::string_view key) {
    std::vector<std::string> texts;
    const toml::node* node = table.get(key);
    if (node == nullptr) return texts;
    const toml::array* list = node->as_array();
    if (list == nullptr) {
      Violate(Path(where, key), "must be a list of texts");
      return texts;
    }
    for (const toml::node& element : *list) {
      const auto text = element.value_exact<std::string>();
      text ? texts.push_back(*text) : Violate(Path(where, key), "must be a list of texts");
    }
    return texts;
  }

  KindRule Kind(const toml::table& table, const std::string& where, std::string kind) {
    OnlyKeys(table, where,
             {"priority", "limit", "per", "shared_above", "names_above", "canonical"});
    KindRule rule{.kind = std::move(kind)};
    rule.priority = Number(table, where, "priority", 1, std::nullopt);
    rule.per_person_max = Number(table, where, "limit", 1, std::nullopt);
    rule.shared_above = Number(table, where, "shared_above", 1, 0);
    rule.names_above = Number(table, where, "names_above", 1, 0);
    rule.canonical =
        Name(table.get("canonical"), Path(where, "canonical"), kCanonicals, Canonical::kOpaque);
    if (const toml::node* per = table.get("per")) {
      const auto text = per->value_exact<std::string>();
      const auto span = text ? ParseSpan(*text) : std::nullopt;
      if (!span) Violate(Path(where, "per"), "must be a span such as \"7d\", \"24h\" or \"90s\"");
      rule.window = span.value_or(std::chrono::microseconds(0));
    }
    if (rule.IsUnique() && rule.shared_above > 0) {
      Violate(Path(where, "shared_above"), "a kind of which a person has one is never shared");
    }
    if (rule.IsUnique() && rule.names_above > 0) {
      Violate(Path(where, "names_above"), "a kind of which a person has one is never shared");
    }
    return rule;
  }

  void ReadKinds(const toml::table& root) {
    const toml::table* kinds = root["kinds"].as_table();
    if (kinds == nullptr || kinds->empty()) return Violate("kinds", "needs at least one kind");
    for (const auto& [name, node] : *kinds) {
      const std::string where = Path("kinds", name.str());
      const bool is_name = !name.str().empty() && name.str().size() <= 32 &&
                           name.str().find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
                               std::string_view::npos;
      if (!is_name) Violate(where, "a kind's name is of a-z, 0-9 and _, at most 32 of them");
      const toml::table* table = node.as_table();
      if (table == nullptr) {
        Violate(where, "must be a table");
        continue;
      }
      rules_.kinds.push_back(Kind(*table, where, std::string(name.str())));
    }
    std::stable_sort(rules_.kinds.begin(), rules_.kinds.end(),
                     [](const KindRule& a, const KindRule& b) { return a.priority < b.priority; });
    const toml::table* custom = root["custom_kinds"].as_table();
    if (custom == nullptr) return Violate("custom_kinds", "is missing");
    rules_.custom = Kind(*custom, "custom_kinds", "");
  }

  void ReadBlocked(const toml::table& root) {
    std::vector<BlockedRule> blocked;
    if (const toml::node* node = root.get("blocked")) {
      const toml::array* list = node->as_array();
      if (list == nullptr) return Violate("blocked", "must be written as [[blocked]]");
      for (std::size_t i = 0; i < list->size(); ++i) {
        const std::string where = fmt::format("blocked[{}]", i);
        const toml::table* table = list->get(i)->as_table();
        table == nullptr ? Violate(where, "must be a table")
                         : blocked.push_back(Blocked(*table, where));
      }
    }
    auto compiled = BlockedValues::Compile(std::move(blocked));
    if (!compiled.ok()) return Violate("blocked", compiled.error().message);
    rules_.blocked = std::move(*compiled);
  }

  BlockedRule Blocked(const toml::table& table, const std::string& where) {
    OnlyKeys(table, where, {"kinds", "values", "patterns", "shapes"});
    BlockedRule rule{.kinds = Texts(table, where, "kinds"),
                     .values = Texts(table, where, "values"),
                     .patterns = Texts(table, where, "patterns"),
                     .shapes = {}};
    for (const std::string& kind : rule.kinds) {
      if (rules_.Find(kind) == nullptr) Violate(Path(where, "kinds"), "names an unknown kind");
    }
    for (const std::string& shape : Texts(table, where, "shapes")) {
      const BlockedShape* named = Named(kShapes, shape);
      named != nullptr ? rule.shapes.push_back(*named)
                       : Violate(Path(where, "shapes"),
                                 "knows one_character_repeated and "
                                 "same_word_twice");
    }
    return rule;
  }

  void ReadGenericMailboxes(const toml::table& root) {
    const toml::node* node = root.get("generic_mailboxes");
    if (node == nullptr) return;
    const toml::table* table = node->as_table();
    if (table == nullptr) return Violate("generic_mailboxes", "must be a table");
    OnlyKeys(*table, "generic_mailboxes", {"local_parts"});
    for (std::string& part : Texts(*table, "generic_mailboxes", "local_parts")) {
      const bool has_upper =
          std::any_of(part.begin(), part.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
      if (part.empty() || has_upper || GenericLocalPart(part + "@") != part) {
        Violate("generic_mailboxes.local_parts",
                fmt::format("'{}' must be in lower case, without full stops, hyphens, underscores "
                            "and digits at its end",
                            part));
      }
      rules_.generic_mailboxes.insert(std::move(part));
    }
  }

  void ReadSurvivorship(const toml::table& root) {
    const toml::node* node = root.get("survivorship");
    if (node == nullptr) return;
    const toml::table* table = node->as_table();
    if (table == nullptr) return Violate("survivorship", "must be a table");
    OnlyKeys(*table, "survivorship", {"default", "fields"});
    rules_.survivorship =
        Name(table->get("default"), "survivorship.default", kSurvivorships, Survivorship::kLatest);
    const toml::node* of_fields = table->get("fields");
    if (of_fields == nullptr) return;
    const toml::table* fields = of_fields->as_table();
    if (fields == nullptr) return Violate("survivorship.fields", "must be a table");
    for (const auto& [field, rule] : *fields) {
      rules_.fields[std::string(field.str())] = Name(
          &rule, Path("survivorship.fields", field.str()), kSurvivorships, Survivorship::kLatest);
    }
  }

  void ReadTrust(const toml::table& root) {
    const toml::node* node = root.get("trust");
    if (node == nullptr) return;
    const toml::table* table = node->as_table();
    if (table == nullptr) return Violate("trust", "must be a table");
    for (const auto& [source, value] : *table) {
      rules_.source_trust[std::string(source.str())] =
          Number(*table, "trust", source.str(), 1, std::nullopt);
    }
  }

  Ruleset rules_;
  std::vector<Violation> violations_;
};

// A ruleset as "path -> value" lines, so that two are compared whatever their text looks like.
std::map<std::string, std::string> Flatten(const Ruleset& rules) {
  std::map<std::string, std::string> flat;
  flat["component_max"] = fmt::format("{}", rules.component_nodes_max);
  const auto add_kind = [&](const std::string& where, const KindRule& rule) {
    flat[where + ".priority"] = fmt::format("{}", rule.priority);
    flat[where + ".limit"] = fmt::format("{}", rule.per_person_max);
    if (rule.window.count() != 0) flat[where + ".per"] = SpanText(rule.window);
    if (rule.shared_above != 0)
      flat[where + ".shared_above"] = fmt::format("{}", rule.shared_above);
    if (rule.names_above != 0) flat[where + ".names_above"] = fmt::format("{}", rule.names_above);
    flat[where + ".canonical"] = NameOf(kCanonicals, rule.canonical);
  };
  for (const KindRule& rule : rules.kinds) add_kind("kinds." + rule.kind, rule);
  add_kind("custom_kinds", rules.custom);
  for (const BlockedRule& rule : rules.blocked->rules()) {
    const std::string kinds =
        rule.kinds.empty() ? "every kind" : fmt::format("{}", fmt::join(rule.kinds, ", "));
    for (const std::string& value : rule.values) flat["blocked value '" + value + "'"] += kinds;
    for (const std::string& pattern : rule.patterns)
      flat["blocked pattern '" + pattern + "'"] += kinds;
    for (const BlockedShape shape : rule.shapes) {
      flat["blocked shape " + std::string(NameOf(kShapes, shape))] += kinds;
    }
  }
  for (const std::string& part : rules.generic_mailboxes) {
    flat["generic mailbox '" + part + "'"] = "links nobody";
  }
  flat["survivorship.default"] = SurvivorshipName(rules.survivorship);
  for (const auto& [field, rule] : rules.fields) {
    flat["survivorship.fields." + field] = SurvivorshipName(rule);
  }
  for (const auto& [source, trust] : rules.source_trust) {
    flat["trust." + source] = fmt::format("{}", trust);
  }
  return flat;
}

Result<toml::table> ParseToml(std::string_view text) {
  toml::parse_result parsed = toml::parse(text);
  if (parsed) return std::move(parsed).table();
  return Error{.code = ErrorCode::kInvalidArgument,
               .reason = "RULESET_MALFORMED",
               .message = fmt::format("not TOML at line {}: {}", parsed.error().source().begin.line,
                                      parsed.error().description())};
}

}  // namespace

std::string_view SurvivorshipName(Survivorship survivorship) {
  return NameOf(kSurvivorships, survivorship);
}

Result<Ruleset> ParseRuleset(std::string_view toml) {
  if (toml.size() > kTextBytesMax) {
    return Error{.code = ErrorCode::kInvalidArgument,
                 .reason = "RULESET_MALFORMED",
                 .message = "longer than 256 KiB"};
  }
  SELFSAME_ASSIGN_OR_RETURN(const toml::table root, ParseToml(toml));
  return Parser().Run(root);
}

std::vector<std::string> DiffRulesets(const Ruleset& before, const Ruleset& after) {
  const auto old_rules = Flatten(before);
  const auto new_rules = Flatten(after);
  std::vector<std::string> lines;
  for (const auto& [path, value] : old_rules) {
    const auto found = new_rules.find(path);
    if (found == new_rules.end())
      lines.push_back(fmt::format("{}: {} -> (none)", path, value));
    else if (found->second != value)
      lines.push_back(fmt::format("{}: {} -> {}", path, value, found->second));
  }
  for (const auto& [path, value] : new_rules) {
    if (!old_rules.contains(path)) lines.push_back(fmt::format("{}: (none) -> {}", path, value));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace selfsame::identity
