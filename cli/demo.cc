// `selfsame demo`: a server on this machine, and a person's story told to it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/command.h"
#include "cli/demo/http_get.h"
#include "cli/demo/local_server.h"
#include "cli/demo/provision.h"
#include "cli/demo/report.h"
#include "cli/demo/telling.h"
#include "cli/profile_text.h"
#include "cli/signals.h"

namespace selfsame::cli {
namespace {

constexpr const char* kDefaultDataDir = ".run/demo";
constexpr std::chrono::seconds kStartWait{120};
constexpr std::chrono::seconds kKeysWait{30};
constexpr std::chrono::seconds kMetricsWait{5};
constexpr std::chrono::milliseconds kServePollWait{500};

struct DemoOptions {
  bool once = false;
};

// Everything there is to see, as far as the server could be asked.
std::string DemoText(const std::string& data_dir, const LocalServer& server, const Person& person,
                     const std::vector<StoryStep>& story, const StoryEnd& end,
                     const std::string& metrics) {
  return fmt::format(
      "\n{} {}, run {}\n\n{}\nThe unified profile\n\n{}\nIts merge history\n\n{}\n"
      "Metrics are at http://{}/metrics, for example\n{}\nTry next\n{}\n",
      person.first_name, person.last_name, person.run, StoryText(story, end),
      ProfileCard(end.profile), HistoryTable(end.history), server.endpoint().metrics, metrics,
      NextText(data_dir, server.endpoint(), person));
}

// Tells the story and shows it. Errors: what kept it from being told; kInternal
// DEMO_SURPRISED when anything is not as it must be.
Status Tell(const Output& output, const std::string& data_dir, const LocalServer& server,
            StopSignals& signals) {
  const Endpoint& endpoint = server.endpoint();
  SELFSAME_ASSIGN_OR_RETURN(const Credentials credentials, Provision(endpoint, data_dir));
  SELFSAME_RETURN_IF_ERROR(
      AwaitKeys(endpoint.grpc, credentials, Deadline::After(kKeysWait), signals));
  const Person person = PersonOfRun(credentials.runs);
  const std::vector<StoryStep> story = Story(person, Now());
  SELFSAME_ASSIGN_OR_RETURN(const StoryEnd end,
                            TellStory(endpoint.grpc, credentials, story, person));
  SELFSAME_ASSIGN_OR_RETURN(const std::string page,
                            HttpGet(endpoint.metrics, "/metrics", Deadline::After(kMetricsWait)));
  std::vector<std::string> surprises = Surprises(story, end);
  const std::string metrics = SampleMetrics(page);
  if (metrics.empty()) surprises.push_back("no metric counts the outcomes");
  if (output.is_json()) {
    output.Json(StoryJson(story, end, surprises));
  } else {
    output.Text(DemoText(data_dir, server, person, story, end, metrics));
  }
  if (surprises.empty()) return {};
  for (const std::string& surprise : surprises) output.Note("UNEXPECTED: " + surprise);
  return Error{ErrorCode::kInternal, "DEMO_SURPRISED", "the story did not go as it must"};
}

// Keeps the server until someone stops us. Errors: kUnavailable SERVER_ENDED.
Status Serve(const Output& output, LocalServer& server, StopSignals& signals) {
  output.Note("serving; Ctrl-C stops it. The data stays, and the next run adds to it");
  std::fflush(stdout);
  while (!signals.Await(kServePollWait)) {
    if (server.Ended()) {
      return Error{
          ErrorCode::kUnavailable, "SERVER_ENDED",
          fmt::format("the server ended by itself; {}/selfsamed.log says why", server.data_dir())};
    }
  }
  output.Note("stopping ...");
  return {};
}

Status RunStory(const Invocation& run, const DemoOptions& options) {
  const std::string& named = run.settings.data_dir();
  const std::string data_dir = named.empty() ? kDefaultDataDir : named;
  StopSignals signals;
  SELFSAME_ASSIGN_OR_RETURN(
      const auto server,
      LocalServer::Start(data_dir, Deadline::After(kStartWait), signals, run.output));
  Status told = Tell(run.output, data_dir, *server, signals);
  if (told.ok() && !options.once) told = Serve(run.output, *server, signals);
  const Status stopped = server->Stop();
  return told.ok() ? stopped : told;
}

ExitCode Run(const Invocation& run, const DemoOptions& options) {
  const Status status = RunStory(run, options);
  return status.ok() ? ExitCode::kDone : run.output.Fail(status.error());
}

}  // namespace

void AddDemo(CLI::App& root, CommandLine& line) {
  const auto options = std::make_shared<DemoOptions>();
  CLI::App* demo = AddVerb(
      root, line,
      {.name = "demo",
       .about =
           "Start a server of its own and tell it a person's story. The server keeps a private "
           "database in a folder (--data-dir, .run/demo); three sources tell the story, and "
           "what became of it is shown. Then it serves until Ctrl-C. Each run tells of another "
           "person and keeps what was there. Exits "
           "with 1 when anything is not as it must be.",
       .examples = "selfsame demo\n"
                   "selfsame demo --once --data-dir /tmp/selfsame-demo"},
      [options](const Invocation& run) { return Run(run, *options); });
  demo->add_flag("--once", options->once, "stop the server after the story");
}

}  // namespace selfsame::cli
