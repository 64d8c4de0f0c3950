// How commands are declared: nouns hold verbs, every verb has examples, exit codes and the global
// options in its help.
#ifndef SELFSAME_CLI_COMMAND_H_
#define SELFSAME_CLI_COMMAND_H_

#include <functional>
#include <string>

#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/settings.h"

namespace CLI {
class App;
}

namespace selfsame::cli {

// What a command runs with.
struct Invocation {
  Settings settings;
  Output output;
};

using RunCommand = std::function<ExitCode(const Invocation&)>;

// The command line as it is parsed. Outlives the parser that fills it.
struct CommandLine {
  ConnectionFlags connection;
  std::string output = "text";
  RunCommand chosen;  // By the verb that was given; empty: none was.
};

struct VerbHelp {
  const char* name;
  const char* about;     // One sentence or a few; lists show the first.
  const char* examples;  // Command lines, one a line.
};

// Declares the options every command takes.
void AddGlobalOptions(CLI::App& root, CommandLine& line);

// Declares a noun; given without one of its verbs, it chooses nothing.
CLI::App* AddNoun(CLI::App& root, const char* name, const char* about);

// Declares a verb, under a noun or the root. When it is given, line.chosen becomes `run`.
CLI::App* AddVerb(CLI::App& parent, CommandLine& line, const VerbHelp& help, RunCommand run);

// One function for each noun or lone verb, each in the file of its name.
void AddMigrate(CLI::App& root, CommandLine& line);
void AddTenant(CLI::App& root, CommandLine& line);
void AddSource(CLI::App& root, CommandLine& line);
void AddKey(CLI::App& root, CommandLine& line);
void AddImport(CLI::App& root, CommandLine& line);
void AddProfile(CLI::App& root, CommandLine& line);
void AddSchema(CLI::App& root, CommandLine& line);
void AddVocabulary(CLI::App& root, CommandLine& line);
void AddQuarantine(CLI::App& root, CommandLine& line);
void AddCatalog(CLI::App& root, CommandLine& line);
void AddIdentity(CLI::App& root, CommandLine& line);
void AddRuleset(CLI::App& root, CommandLine& line);
void AddQuality(CLI::App& root, CommandLine& line);
void AddStatus(CLI::App& root, CommandLine& line);
void AddContract(CLI::App& root, CommandLine& line);
void AddDemo(CLI::App& root, CommandLine& line);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_COMMAND_H_
