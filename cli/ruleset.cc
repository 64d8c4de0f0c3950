// `selfsame ruleset`: the rules of who is who, as versions that somebody activates.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/database.h"
#include "cli/text_file.h"
#include "identity/ruleset_toml.h"
#include "storage/rulesets.h"

namespace selfsame::cli {
namespace {

struct RulesetOptions {
  std::string tenant;
  std::string file;
  int version = -1;  // None given.
  storage::Decision decision;

  std::optional<int> Version() const {
    return version < 0 ? std::nullopt : std::optional<int>(version);
  }
};

Error FileOrVersion() {
  return {ErrorCode::kInvalidArgument, "RULESET_UNNAMED",
          "which ruleset? give a FILE or --version N"};
}

ExitCode RunCheck(const Invocation& run, const RulesetOptions& options) {
  const auto text = ReadTextFile(options.file);
  if (!text.ok()) return run.output.Fail(text.error());
  const auto rules = identity::ParseRuleset(*text);
  if (!rules.ok()) return run.output.Fail(rules.error());
  if (run.output.is_json()) {
    run.output.Json({{"file", options.file}, {"kinds", rules->kinds.size()}});
  } else {
    run.output.Text(fmt::format("{}: a ruleset of {} kinds\n", options.file, rules->kinds.size()));
  }
  return ExitCode::kDone;
}

Result<std::string> TextOf(const Settings& settings, const RulesetOptions& options) {
  if (options.tenant.empty()) return std::string(identity::DefaultRulesetToml());
  SELFSAME_ASSIGN_OR_RETURN(const auto session, ConnectAsOwner(settings));
  return storage::ReadRulesetText(*session, options.tenant, options.Version());
}

ExitCode RunShow(const Invocation& run, const RulesetOptions& options) {
  const auto text = TextOf(run.settings, options);
  if (!text.ok()) return run.output.Fail(text.error());
  run.output.is_json() ? run.output.Json({{"toml", *text}}) : run.output.Text(*text);
  return ExitCode::kDone;
}

Result<std::vector<std::string>> Diff(const Settings& settings, const RulesetOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const std::string after_text, ReadTextFile(options.file));
  SELFSAME_ASSIGN_OR_RETURN(const identity::Ruleset after, identity::ParseRuleset(after_text));
  SELFSAME_ASSIGN_OR_RETURN(const std::string before_text, TextOf(settings, options));
  SELFSAME_ASSIGN_OR_RETURN(const identity::Ruleset before, identity::ParseRuleset(before_text));
  return identity::DiffRulesets(before, after);
}

ExitCode RunDiff(const Invocation& run, const RulesetOptions& options) {
  const auto lines = Diff(run.settings, options);
  if (!lines.ok()) return run.output.Fail(lines.error());
  for (const std::string& line : *lines) {
    run.output.is_json() ? run.output.Json({{"change", line}}) : run.output.Text(line + "\n");
  }
  if (lines->empty()) run.output.Note("both rule alike");
  return ExitCode::kDone;
}

Result<int> Activate(const Settings& settings, const RulesetOptions& options) {
  if (options.file.empty() == !options.Version()) return FileOrVersion();
  if (options.Version()) {
    SELFSAME_ASSIGN_OR_RETURN(const auto session, ConnectToWrite(settings));
    SELFSAME_RETURN_IF_ERROR(storage::ActivateRulesetVersion(*session, options.tenant,
                                                             options.version, options.decision));
    return options.version;
  }
  SELFSAME_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(options.file));
  SELFSAME_ASSIGN_OR_RETURN(const auto session, ConnectToWrite(settings));
  return storage::ActivateRuleset(*session, options.tenant, text, options.decision);
}

ExitCode RunActivate(const Invocation& run, const RulesetOptions& options) {
  const auto version = Activate(run.settings, options);
  if (!version.ok()) return run.output.Fail(version.error());
  if (run.output.is_json()) {
    run.output.Json({{"tenant", options.tenant}, {"version", *version}});
  } else {
    run.output.Text(fmt::format("ruleset {} of {} is in force\n", *version, options.tenant));
  }
  run.output.Note("it rules over what arrives from now on; see: selfsame identity reresolve");
  return ExitCode::kDone;
}

Result<std::vector<storage::Activation>> History(const Settings& settings,
                                                 const std::string& tenant) {
  SELFSAME_ASSIGN_OR_RETURN(const auto session, ConnectAsOwner(settings));
  return storage::ListActivations(*session, tenant);
}

ExitCode RunHistory(const Invocation& run, const RulesetOptions& options) {
  const auto activations = History(run.settings, options.tenant);
  if (!activations.ok()) return run.output.Fail(activations.error());
  Table table{.headings = {"VERSION", "SINCE", "ACTOR", "REASON"}};
  for (const storage::Activation& one : *activations) {
    const std::string since = FormatRfc3339(one.activated_at);
    if (run.output.is_json()) {
      run.output.Json({{"version", one.version},
                       {"activated_at", since},
                       {"actor", one.actor},
                       {"reason", one.reason}});
    }
    table.rows.push_back({fmt::format("{}", one.version), since, one.actor, one.reason});
  }
  if (!run.output.is_json()) run.output.Text(FormatTable(table));
  return ExitCode::kDone;
}

using RunRuleset = ExitCode (*)(const Invocation&, const RulesetOptions&);

std::pair<CLI::App*, std::shared_ptr<RulesetOptions>> AddRulesetVerb(CLI::App& noun,
                                                                     CommandLine& line,
                                                                     const VerbHelp& help,
                                                                     RunRuleset run) {
  const auto options = std::make_shared<RulesetOptions>();
  CLI::App* verb = AddVerb(noun, line, help, [options, run](const Invocation& invocation) {
    return run(invocation, *options);
  });
  return {verb, options};
}

void AddReaders(CLI::App& noun, CommandLine& line) {
  const auto [check, check_options] =
      AddRulesetVerb(noun, line,
                     {.name = "check",
                      .about = "Say everything that is wrong with a ruleset. Needs no server.",
                      .examples = "selfsame ruleset check rules.toml"},
                     RunCheck);
  check->add_option("FILE", check_options->file, "a ruleset in TOML")->required();
  const auto [show, show_options] = AddRulesetVerb(
      noun, line,
      {.name = "show",
       .about = "Print a ruleset: a tenant's, or without one the ruleset that ships.",
       .examples = "selfsame ruleset show > rules.toml\n"
                   "selfsame ruleset show --tenant acme --version 3"},
      RunShow);
  show->add_option("--tenant", show_options->tenant, "whose ruleset")->type_name("NAME");
  show->add_option("--version", show_options->version, "which; without: the one in force")
      ->type_name("N");
  const auto [diff, diff_options] = AddRulesetVerb(
      noun, line,
      {.name = "diff",
       .about = "Say what a file rules differently from a tenant's ruleset, or from the one that "
                "ships.",
       .examples = "selfsame ruleset diff rules.toml --tenant acme"},
      RunDiff);
  diff->add_option("FILE", diff_options->file, "a ruleset in TOML")->required();
  diff->add_option("--tenant", diff_options->tenant, "compare with whose")->type_name("NAME");
  diff->add_option("--version", diff_options->version, "which of theirs; without: the one in force")
      ->type_name("N");
}

}  // namespace

void AddRuleset(CLI::App& root, CommandLine& line) {
  CLI::App* noun = AddNoun(root, "ruleset", "The rules of who is who");
  AddReaders(*noun, line);
  const auto [activate, options] = AddRulesetVerb(
      *noun, line,
      {.name = "activate",
       .about =
           "Put a ruleset in force, from a file or an earlier version. Every server goes by it "
           "within a second; what is stored is resolved anew by selfsame identity reresolve.",
       .examples = "selfsame ruleset activate rules.toml --tenant acme --actor ann "
                   "--reason \"kiosks in all shops\"\n"
                   "selfsame ruleset activate --version 2 --tenant acme --actor ann --reason back"},
      RunActivate);
  CLI::Option* file = activate->add_option("FILE", options->file, "a ruleset in TOML");
  activate->add_option("--version", options->version, "an earlier version; 0: the one that ships")
      ->type_name("N")
      ->excludes(file);
  activate->add_option("--tenant", options->tenant, "whose ruleset")->required()->type_name("NAME");
  activate->add_option("--actor", options->decision.actor, "who decides")
      ->required()
      ->type_name("TEXT");
  activate->add_option("--reason", options->decision.reason, "why")->required()->type_name("TEXT");
  const auto [history, history_options] = AddRulesetVerb(
      *noun, line,
      {.name = "history",
       .about = "List which ruleset was in force since when, and by whom, oldest first.",
       .examples = "selfsame ruleset history --tenant acme"},
      RunHistory);
  history->add_option("--tenant", history_options->tenant, "whose")->required()->type_name("NAME");
}

}  // namespace selfsame::cli
