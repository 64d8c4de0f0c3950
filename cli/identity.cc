// `selfsame identity`: decisions about who is who, why the server thinks so, and rules applied
// backwards.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "cli/client.h"
#include "cli/command.h"
#include "cli/profile_text.h"
#include "cli/proto_json.h"

namespace selfsame::cli {
namespace {

constexpr std::chrono::seconds kCallWait{120};
// A ruleset has to be in force for some seconds before it is applied backwards.
constexpr std::chrono::seconds kSettleWait{30};

// What any of the verbs takes.
struct IdentityOptions {
  std::vector<std::string> names;  // KIND=VALUE, or profile ids.
  std::string history;
  std::string attribute;
  std::string batch;
  int version = -1;
  std::string actor;
  std::string reason;
  bool dry_run = false;
  bool override_limits = false;
  bool override_cannot_links = false;
  bool clear = false;
};

Result<Client> Connect(const Settings& settings) {
  SELFSAME_ASSIGN_OR_RETURN(const std::string server, settings.Server());
  SELFSAME_ASSIGN_OR_RETURN(const std::string api_key, settings.ApiKey());
  return Client(server, api_key);
}

Result<ingest::v1::Identifier> IdentifierOf(const std::string& name) {
  const std::size_t equals = name.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == name.size()) {
    return Error{ErrorCode::kInvalidArgument, "IDENTIFIER_MALFORMED",
                 "an identifier is KIND=VALUE, for example customer_id=1001"};
  }
  ingest::v1::Identifier identifier;
  identifier.set_kind(name.substr(0, equals));
  identifier.set_value(name.substr(equals + 1));
  return identifier;
}

// KIND=VALUE, or a profile id.
Result<profile::v1::ProfileRef> RefOf(const std::string& name) {
  profile::v1::ProfileRef ref;
  if (name.find('=') == std::string::npos) {
    ref.set_profile_id(name);
    return ref;
  }
  SELFSAME_ASSIGN_OR_RETURN(*ref.mutable_identifier(), IdentifierOf(name));
  return ref;
}

template <typename Request>
void Decide(const IdentityOptions& options, Request& request) {
  request.mutable_decision()->set_actor(options.actor);
  request.mutable_decision()->set_reason(options.reason);
}

std::string Names(const google::protobuf::RepeatedPtrField<ingest::v1::Identifier>& identifiers) {
  std::string names;
  for (const auto& identifier : identifiers) {
    names +=
        fmt::format("{}{}={}", names.empty() ? "" : " ", identifier.kind(), identifier.value());
  }
  return names;
}

void ShowProfiles(
    const Output& output,
    const google::protobuf::RepeatedPtrField<identity::v1::ProfileOutcome>& profiles) {
  for (const auto& profile : profiles) {
    output.Text(fmt::format("{}  {}\n", profile.profile_id(), Names(profile.identifiers())));
    for (const std::string& from : profile.from()) {
      if (from != profile.profile_id()) output.Text(fmt::format("  from {}\n", from));
    }
  }
}

ExitCode Show(const Output& output, const Result<identity::v1::DecisionResponse>& response) {
  if (!response.ok()) return output.Fail(response.error());
  if (output.is_json()) {
    output.Json(ProtoJson(*response));
    return ExitCode::kDone;
  }
  ShowProfiles(output, response->profiles());
  if (!response->refused().empty()) output.Note("would be refused: " + response->refused());
  if (response->in_doubt_size() > 0) {
    output.Note("look at these, evidence ties them to both sides: " + Names(response->in_doubt()));
  }
  if (response->profiles().empty()) output.Note("no profile changes");
  return ExitCode::kDone;
}

Result<identity::v1::DecisionResponse> Merge(const Settings& settings,
                                             const IdentityOptions& options) {
  identity::v1::MergeProfilesRequest request;
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_profile(), RefOf(options.names.at(0)));
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_other(), RefOf(options.names.at(1)));
  Decide(options, request);
  request.set_dry_run(options.dry_run);
  request.set_override_limits(options.override_limits);
  request.set_override_cannot_links(options.override_cannot_links);
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.MergeProfiles(request, Deadline::After(kCallWait));
}

Result<identity::v1::DecisionResponse> Unmerge(const Settings& settings,
                                               const IdentityOptions& options) {
  identity::v1::UnmergeProfilesRequest request;
  if (!options.history.empty()) {
    request.set_history_id(options.history);
  } else {
    for (const std::string& name : options.names) {
      SELFSAME_ASSIGN_OR_RETURN(*request.mutable_identifiers()->add_identifiers(),
                                IdentifierOf(name));
    }
  }
  Decide(options, request);
  request.set_dry_run(options.dry_run);
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.UnmergeProfiles(request, Deadline::After(kCallWait));
}

Result<identity::v1::DecisionResponse> Pin(const Settings& settings,
                                           const IdentityOptions& options) {
  identity::v1::PinRequest request;
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_identifier(), IdentifierOf(options.names.at(0)));
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_profile(), RefOf(options.names.at(1)));
  Decide(options, request);
  request.set_dry_run(options.dry_run);
  request.set_override_limits(options.override_limits);
  request.set_override_cannot_links(options.override_cannot_links);
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.Pin(request, Deadline::After(kCallWait));
}

Result<identity::v1::DecisionResponse> CannotLink(const Settings& settings,
                                                  const IdentityOptions& options) {
  identity::v1::CannotLinkRequest request;
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_identifier(), IdentifierOf(options.names.at(0)));
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_other(), IdentifierOf(options.names.at(1)));
  Decide(options, request);
  request.set_dry_run(options.dry_run);
  request.set_clear(options.clear);
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.CannotLink(request, Deadline::After(kCallWait));
}

Result<identity::v1::ExplainProfileResponse> ExplainProfile(const Settings& settings,
                                                            const IdentityOptions& options) {
  identity::v1::ExplainProfileRequest request;
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_profile(), RefOf(options.names.at(0)));
  if (options.names.size() > 1) {
    SELFSAME_ASSIGN_OR_RETURN(*request.mutable_from(), IdentifierOf(options.names[0]));
    SELFSAME_ASSIGN_OR_RETURN(*request.mutable_to(), IdentifierOf(options.names[1]));
  }
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.ExplainProfile(request, Deadline::After(kCallWait));
}

std::vector<std::string> EvidenceRow(const identity::v1::Evidence& evidence) {
  const auto name = [](const ingest::v1::Identifier& one) {
    return one.kind() + "=" + one.value();
  };
  return {name(evidence.a()), name(evidence.b()),
          identity::v1::Evidence::Strength_Name(evidence.strength()), evidence.record_id(),
          evidence.refusal().empty() ? "joined" : evidence.refusal()};
}

ExitCode RunExplainProfile(const Invocation& run, const IdentityOptions& options) {
  const auto response = ExplainProfile(run.settings, options);
  if (!response.ok()) return run.output.Fail(response.error());
  if (run.output.is_json()) {
    run.output.Json(ProtoJson(*response));
    return ExitCode::kDone;
  }
  Table table{.headings = {"IDENTIFIER", "IDENTIFIER", "EVIDENCE", "RECORD", "OUTCOME"}};
  for (const auto& evidence : response->joined_by()) table.rows.push_back(EvidenceRow(evidence));
  for (const auto& evidence : response->refused()) table.rows.push_back(EvidenceRow(evidence));
  run.output.Text(FormatTable(table));
  return ExitCode::kDone;
}

Result<identity::v1::ExplainAttributeResponse> ExplainAttribute(const Settings& settings,
                                                                const IdentityOptions& options) {
  identity::v1::ExplainAttributeRequest request;
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_profile(), RefOf(options.names.at(0)));
  request.set_attribute(options.attribute);
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.ExplainAttribute(request, Deadline::After(kCallWait));
}

ExitCode RunExplainAttribute(const Invocation& run, const IdentityOptions& options) {
  const auto response = ExplainAttribute(run.settings, options);
  if (!response.ok()) return run.output.Fail(response.error());
  if (run.output.is_json()) {
    run.output.Json(ProtoJson(*response));
    return ExitCode::kDone;
  }
  Table table{.headings = {"VALUE", "OPERATION", "SOURCE", "TRUST", "RECORD", "VERDICT"}};
  for (const auto& claim : response->claims()) {
    table.rows.push_back({ProtoJson(claim)["value"].dump(), claim.operation(), claim.source(),
                          fmt::format("{}", claim.trust_priority()), claim.record_id(),
                          claim.verdict()});
  }
  run.output.Text(fmt::format("folded by: {}\n", response->rule()));
  run.output.Text(FormatTable(table));
  return ExitCode::kDone;
}

void ShowPage(const Output& output, const identity::v1::ReresolveResponse& page) {
  output.is_json() ? output.Json(ProtoJson(page)) : ShowProfiles(output, page.profiles());
}

// Calls again while the ruleset has not settled.
template <typename Call>
Result<identity::v1::ReresolveResponse> Settled(const Call& call) {
  const Deadline deadline = Deadline::After(kSettleWait);
  for (;;) {
    auto page = call();
    if (page.ok() || page.error().reason != "RULESET_SETTLING" || deadline.Expired()) return page;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

ExitCode RunReresolve(const Invocation& run, const IdentityOptions& options) {
  identity::v1::ReresolveRequest request;
  request.set_ruleset_version(options.version);
  Decide(options, request);
  request.set_dry_run(options.dry_run);
  const auto client = Connect(run.settings);
  if (!client.ok()) return run.output.Fail(client.error());
  std::uint64_t components = 0;
  do {
    const auto page =
        Settled([&] { return client->Reresolve(request, Deadline::After(kCallWait)); });
    if (!page.ok()) return run.output.Fail(page.error());
    ShowPage(run.output, *page);
    components += page->components();
    request.set_batch_id(page->batch_id());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  run.output.Note(
      fmt::format("{} components looked at{}", components,
                  options.dry_run ? "; nothing was changed" : ", as batch " + request.batch_id()));
  return ExitCode::kDone;
}

ExitCode RunRollBack(const Invocation& run, const IdentityOptions& options) {
  identity::v1::RollBackReresolveRequest request;
  request.set_batch_id(options.batch);
  Decide(options, request);
  const auto client = Connect(run.settings);
  if (!client.ok()) return run.output.Fail(client.error());
  do {
    const auto page =
        Settled([&] { return client->RollBackReresolve(request, Deadline::After(kCallWait)); });
    if (!page.ok()) return run.output.Fail(page.error());
    ShowPage(run.output, *page);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return ExitCode::kDone;
}

using RunIdentity = ExitCode (*)(const Invocation&, const IdentityOptions&);

struct Verb {
  CLI::App* app;
  std::shared_ptr<IdentityOptions> options;

  const Verb& Names(const char* name, const char* about, int least, int most) const {
    app->add_option(name, options->names, about)->required(least > 0)->expected(least, most);
    return *this;
  }
  const Verb& Decision() const {
    app->add_option("--actor", options->actor, "who decides")->required()->type_name("TEXT");
    app->add_option("--reason", options->reason, "why")->required()->type_name("TEXT");
    return *this;
  }
  const Verb& DryRun() const {
    app->add_flag("--dry-run", options->dry_run, "show what would happen, and change nothing");
    return *this;
  }
  const Verb& Overrides() const {
    app->add_flag("--override-limits", options->override_limits, "against the limits of kinds");
    app->add_flag("--override-cannot-links", options->override_cannot_links,
                  "clears the cannot-links between the two");
    return *this;
  }
};

Verb Add(CLI::App& noun, CommandLine& line, const VerbHelp& help, RunIdentity run) {
  const auto options = std::make_shared<IdentityOptions>();
  CLI::App* app = AddVerb(noun, line, help, [options, run](const Invocation& invocation) {
    return run(invocation, *options);
  });
  return {app, options};
}

// A verb that decides.
template <Result<identity::v1::DecisionResponse> (*kCall)(const Settings&, const IdentityOptions&)>
ExitCode RunDecision(const Invocation& run, const IdentityOptions& options) {
  return Show(run.output, kCall(run.settings, options));
}

void AddDecisions(CLI::App& noun, CommandLine& line) {
  Add(noun, line,
      {.name = "merge",
       .about = "Make two profiles one. Each is named by an identifier or an id.",
       .examples = "selfsame identity merge customer_id=1 customer_id=2 --actor ann "
                   "--reason \"called us\" --override-limits --dry-run"},
      RunDecision<Merge>)
      .Names("PROFILE", "KIND=VALUE or a profile id", 2, 2)
      .Decision()
      .DryRun()
      .Overrides();
  const Verb unmerge = Add(
      noun, line,
      {.name = "unmerge",
       .about = "Take back a merge of the history, or part identifiers from their profile. The "
                "two sides stay apart whatever evidence comes.",
       .examples = "selfsame identity unmerge email=ada@example.com --actor ann --reason wrong\n"
                   "selfsame identity unmerge --merge 01890a5d-ac96-774b-bcce-b302099a8057 "
                   "--actor ann --reason wrong"},
      RunDecision<Unmerge>);
  unmerge.Names("IDENTIFIER", "KIND=VALUE, those that are another person", 0, 100)
      .Decision()
      .DryRun();
  unmerge.app->add_option("--merge", unmerge.options->history, "a MERGED entry of the history")
      ->type_name("UUID");
  Add(noun, line,
      {.name = "pin",
       .about = "State that an identifier is this person's, also where many share it.",
       .examples = "selfsame identity pin device_id=TABLET-7 customer_id=1 --actor ann --reason r"},
      RunDecision<Pin>)
      .Names("NAME", "the identifier as KIND=VALUE, then the profile", 2, 2)
      .Decision()
      .DryRun()
      .Overrides();
  const Verb part =
      Add(noun, line,
          {.name = "cannot-link",
           .about = "State that two identifiers are two persons, whatever evidence comes.",
           .examples =
               "selfsame identity cannot-link email=a@x.com email=b@x.com --actor ann --reason r"},
          RunDecision<CannotLink>);
  part.Names("IDENTIFIER", "KIND=VALUE", 2, 2).Decision().DryRun();
  part.app->add_flag("--clear", part.options->clear, "they may be one person again");
}

void AddExplanations(CLI::App& noun, CommandLine& line) {
  Add(noun, line,
      {.name = "explain",
       .about = "Say why a profile is one person; of two identifiers, what leads from one to the "
                "other.",
       .examples = "selfsame identity explain customer_id=1\n"
                   "selfsame identity explain customer_id=1 anonymous_id=a-7"},
      RunExplainProfile)
      .Names("NAME", "KIND=VALUE or a profile id", 1, 2);
  const Verb attribute =
      Add(noun, line,
          {.name = "explain-attribute",
           .about = "Say why an attribute has its value: every claim, the winner first.",
           .examples = "selfsame identity explain-attribute customer_id=1 --attribute city"},
          RunExplainAttribute);
  attribute.Names("NAME", "KIND=VALUE or a profile id", 1, 1);
  attribute.app->add_option("--attribute", attribute.options->attribute, "by its name")
      ->required()
      ->type_name("NAME");
}

}  // namespace

void AddIdentity(CLI::App& root, CommandLine& line) {
  CLI::App* noun = AddNoun(root, "identity", "Who is who: decisions and explanations");
  AddDecisions(*noun, line);
  AddExplanations(*noun, line);
  const Verb reresolve =
      Add(*noun, line,
          {.name = "reresolve",
           .about = "Apply the ruleset in force to what is stored, as a batch that can be rolled "
                    "back. A dry run shows who would join or part, by any ruleset.",
           .examples = "selfsame identity reresolve --ruleset 2 --dry-run --actor ann --reason r"},
          RunReresolve);
  reresolve.Decision().DryRun();
  reresolve.app->add_option("--ruleset", reresolve.options->version, "its version")
      ->required()
      ->type_name("N")
      ->check(CLI::Range(0, 1'000'000).description(""));
  const Verb roll_back =
      Add(*noun, line,
          {.name = "rollback",
           .about = "Take a batch of reresolve back: the ruleset of before is in force again, and "
                    "what the batch changed is resolved by it.",
           .examples = "selfsame identity rollback 01890a5d-ac96-774b-bcce-b302099a8057 "
                       "--actor ann --reason r"},
          RunRollBack);
  roll_back.Decision();
  roll_back.app->add_option("BATCH", roll_back.options->batch, "as reresolve said")->required();
}

}  // namespace selfsame::cli
