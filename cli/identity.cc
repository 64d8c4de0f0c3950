// `selfsame identity`: decisions about who is who, and rules applied backwards. What only reads is
// cli/identity/run_read.cc.
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
#include "cli/connect.h"
#include "cli/identity/names.h"
#include "cli/identity/run_read.h"
#include "cli/proto_json.h"

namespace selfsame::cli {
namespace {

constexpr std::chrono::seconds kDecisionWait{120};
// A ruleset has to be in force for some seconds before it is applied backwards.
constexpr std::chrono::seconds kSettleWait{30};

// What any of the verbs takes.
struct IdentityOptions {
  std::vector<std::string> names;  // KIND=VALUE, or profile ids.
  std::string history;
  std::string batch;
  int version = -1;
  std::string actor;
  std::string reason;
  bool dry_run = false;
  bool override_limits = false;
  bool override_cannot_links = false;
  bool clear = false;
};

template <typename Request>
void Decide(const IdentityOptions& options, Request& request) {
  request.mutable_decision()->set_actor(options.actor);
  request.mutable_decision()->set_reason(options.reason);
}

void ShowProfiles(
    const Output& output,
    const google::protobuf::RepeatedPtrField<identity::v1::ProfileOutcome>& profiles) {
  for (const auto& profile : profiles) {
    output.Text(fmt::format("{}  {}\n", profile.profile_id(), JoinNames(profile.identifiers())));
    for (const std::string& from : profile.from()) {
      if (from != profile.profile_id()) output.Text(fmt::format("  from {}\n", from));
    }
  }
}

ExitCode Show(const Output& output, const Result<identity::v1::DecisionResult>& response) {
  if (!response.ok()) return output.Fail(response.error());
  if (output.is_json()) {
    output.Json(ProtoJson(*response));
    return ExitCode::kDone;
  }
  ShowProfiles(output, response->profiles());
  if (!response->refused().empty()) output.Note("would be refused: " + response->refused());
  if (response->in_doubt_size() > 0) {
    output.Note("look at these, evidence ties them to both sides: " +
                JoinNames(response->in_doubt()));
  }
  if (response->profiles().empty()) output.Note("no profile changes");
  return ExitCode::kDone;
}

Result<identity::v1::DecisionResult> Merge(const Settings& settings,
                                           const IdentityOptions& options) {
  identity::v1::MergeProfilesRequest request;
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_profile(), RefOf(options.names.at(0)));
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_other(), RefOf(options.names.at(1)));
  Decide(options, request);
  request.set_dry_run(options.dry_run);
  request.set_override_limits(options.override_limits);
  request.set_override_cannot_links(options.override_cannot_links);
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.MergeProfiles(request, Deadline::After(kDecisionWait));
}

Result<identity::v1::DecisionResult> Unmerge(const Settings& settings,
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
  return client.UnmergeProfiles(request, Deadline::After(kDecisionWait));
}

Result<identity::v1::DecisionResult> Pin(const Settings& settings, const IdentityOptions& options) {
  identity::v1::PinRequest request;
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_identifier(), IdentifierOf(options.names.at(0)));
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_profile(), RefOf(options.names.at(1)));
  Decide(options, request);
  request.set_dry_run(options.dry_run);
  request.set_override_limits(options.override_limits);
  request.set_override_cannot_links(options.override_cannot_links);
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.Pin(request, Deadline::After(kDecisionWait));
}

Result<identity::v1::DecisionResult> CannotLink(const Settings& settings,
                                                const IdentityOptions& options) {
  identity::v1::CannotLinkRequest request;
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_identifier(), IdentifierOf(options.names.at(0)));
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_other(), IdentifierOf(options.names.at(1)));
  Decide(options, request);
  request.set_dry_run(options.dry_run);
  request.set_clear(options.clear);
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.CannotLink(request, Deadline::After(kDecisionWait));
}

void ShowPage(const Output& output, const identity::v1::ReresolvePage& page) {
  output.is_json() ? output.Json(ProtoJson(page)) : ShowProfiles(output, page.profiles());
}

// Calls again while the ruleset has not settled.
template <typename Call>
Result<identity::v1::ReresolvePage> Settled(const Call& call) {
  const Deadline deadline = Deadline::After(kSettleWait);
  for (;;) {
    auto page = call();
    if (page.ok() || page.error().reason != "RULESET_SETTLING" || deadline.Expired()) return page;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

// After the first page: should a later one fail, the batch has to be known.
void NoteBatch(const Output& output, const IdentityOptions& options,
               const identity::v1::ReresolvePage& page) {
  if (options.dry_run || page.next_page_token().empty()) return;
  output.Note(
      fmt::format("batch {}: if it breaks off, go on with --batch, or take it back with "
                  "selfsame identity rollback",
                  page.batch_id()));
}

ExitCode RunReresolve(const Invocation& run, const IdentityOptions& options) {
  identity::v1::ReresolveRequest request;
  request.set_ruleset_version(options.version);
  request.set_batch_id(options.batch);
  Decide(options, request);
  request.set_dry_run(options.dry_run);
  const auto client = Connect(run.settings);
  if (!client.ok()) return run.output.Fail(client.error());
  std::uint64_t components = 0;
  do {
    const auto page =
        Settled([&] { return client->Reresolve(request, Deadline::After(kDecisionWait)); });
    if (!page.ok()) return run.output.Fail(page.error());
    ShowPage(run.output, *page);
    components += page->components();
    if (request.page_token().empty()) NoteBatch(run.output, options, *page);
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
        Settled([&] { return client->RollBackReresolve(request, Deadline::After(kDecisionWait)); });
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
template <Result<identity::v1::DecisionResult> (*kCall)(const Settings&, const IdentityOptions&)>
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

}  // namespace

void AddIdentity(CLI::App& root, CommandLine& line) {
  CLI::App* noun = AddNoun(root, "identity", "Who is who: decisions and explanations");
  AddDecisions(*noun, line);
  AddIdentityReads(*noun, line);
  const Verb reresolve =
      Add(*noun, line,
          {.name = "reresolve",
           .about = "Apply the ruleset in force to what is stored, as a batch that can be rolled "
                    "back. A dry run shows who would join or part, by any ruleset.",
           .examples = "selfsame identity reresolve --ruleset 2 --dry-run --actor ann --reason r\n"
                       "selfsame identity reresolve --ruleset 2 --actor ann --reason r "
                       "--batch 01890a5d-ac96-774b-bcce-b302099a8057"},
          RunReresolve);
  reresolve.Decision().DryRun();
  reresolve.app->add_option("--ruleset", reresolve.options->version, "its version")
      ->required()
      ->type_name("N")
      ->check(CLI::Range(0, 1'000'000).description(""));
  reresolve.app->add_option("--batch", reresolve.options->batch, "go on with one that broke off")
      ->type_name("UUID");
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
