// What `--help` looks like: wrapped text, short option lines, and the same closing part on every
// command.
#ifndef SELFSAME_CLI_HELP_H_
#define SELFSAME_CLI_HELP_H_

#include <CLI/App.hpp>
#include <string>
#include <string_view>

namespace selfsame::cli {

// Breaks a text into lines of at most 80 columns, at blanks.
std::string Wrapped(std::string_view text);

// What the help of a command ends with: its examples (one a line; none for a noun), the global
// options and the exit codes.
std::string HelpFooter(std::string_view examples);
// The root's, which lists the global options itself.
std::string RootHelpFooter(std::string_view examples);

class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter();
  std::string make_description(const CLI::App* app) const override;
  // Of a command in a list: its first sentence is enough.
  std::string make_subcommand(const CLI::App* sub) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_footer(const CLI::App* app) const override;
};

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_HELP_H_
