#include "cli/command.h"

#include <CLI/CLI.hpp>
#include <sstream>
#include <utility>

namespace selfsame::cli {
namespace {

constexpr const char* kExitCodes =
    "Exit codes:\n"
    "  0  done\n"
    "  1  failed, or not all of it was done\n"
    "  2  usage: the command line or what it names is no good\n"
    "  3  not found\n"
    "  4  refused: not allowed, or not in the state it takes\n"
    "  5  unavailable: the server or the database does not answer; try again later\n";

constexpr const char* kGlobalOptions =
    "Global options, before or after the command (see selfsame --help):\n"
    "  --output text|json  --server HOST:PORT  --api-key KEY  --database-url URL\n"
    "  --master-key-file FILE  --data-dir DIR\n";

std::string Indented(const char* lines) {
  std::istringstream in(lines);
  std::string text;
  for (std::string line; std::getline(in, line);) text += "  " + line + "\n";
  return text;
}

}  // namespace

void AddGlobalOptions(CLI::App& root, CommandLine& line) {
  ConnectionFlags& connection = line.connection;
  root.add_option("--output", line.output,
                  "text for people, or json: one object, or one a line where there are many")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
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
  root.footer(std::string("\n") + kExitCodes +
              "\nTry selfsame COMMAND --help for examples.");
}

CLI::App* AddNoun(CLI::App& root, const char* name, const char* about) {
  CLI::App* noun = root.add_subcommand(name, about);
  noun->require_subcommand(1);
  noun->fallthrough();
  noun->footer(std::string("\n") + kGlobalOptions);
  return noun;
}

CLI::App* AddVerb(CLI::App& parent, CommandLine& line, const VerbHelp& help, RunCommand run) {
  CLI::App* verb = parent.add_subcommand(help.name, help.about);
  verb->fallthrough();
  verb->footer("\nExamples:\n" + Indented(help.examples) + "\n" + kGlobalOptions + "\n" +
               kExitCodes);
  verb->callback([&line, run = std::move(run)] { line.chosen = run; });
  return verb;
}

}  // namespace selfsame::cli
