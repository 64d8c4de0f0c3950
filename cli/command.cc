#include "cli/command.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "cli/help.h"

namespace selfsame::cli {
void AddGlobalOptions(CLI::App& root, CommandLine& line) {
  root.formatter(std::make_shared<HelpFormatter>());
  ConnectionFlags& connection = line.connection;
  root.add_option("--output", line.output,
                  "text for people, or json: one object, or one a line where there are many")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}).description(""));
  root.add_option("--server", connection.server,
                  "the server's gRPC address [127.0.0.1:7430] (env SELFSAME_SERVER)")
      ->type_name("HOST:PORT");
  root.add_option("--api-key", connection.api_key,
                  "who is calling; better given as env SELFSAME_API_KEY, which others cannot see")
      ->type_name("KEY");
  root.add_option("--database-url", connection.database_url,
                  "the database, for what the operator does there (env SELFSAME_DATABASE_URL)")
      ->type_name("URL");
  root.add_option("--master-key-file", connection.master_key_file,
                  "the installation's master key (env SELFSAME_MASTER_KEY_FILE)")
      ->type_name("FILE");
  root.add_option("--data-dir", connection.data_dir,
                  "the folder of a local server, which says all of the above (env SELFSAME_HOME)")
      ->type_name("DIR");
  root.footer(RootHelpFooter(
      "selfsame demo\n"
      "selfsame status --data-dir .run/demo\n"
      "selfsame profile get --data-dir .run/demo --identifier email=ada.1@example.com"));
}

CLI::App* AddNoun(CLI::App& root, const char* name, const char* about) {
  CLI::App* noun = root.add_subcommand(name, about);
  noun->require_subcommand(0, 1);
  noun->fallthrough();
  noun->group("Commands");
  noun->footer(HelpFooter(""));
  return noun;
}

CLI::App* AddVerb(CLI::App& parent, CommandLine& line, const VerbHelp& help, RunCommand run) {
  CLI::App* verb = parent.add_subcommand(help.name, help.about);
  verb->fallthrough();
  verb->group("Commands");
  verb->footer(HelpFooter(help.examples));
  verb->callback([&line, run = std::move(run)] { line.chosen = run; });
  return verb;
}

}  // namespace selfsame::cli
