#include "cli/help.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

namespace selfsame::cli {
namespace {

constexpr std::size_t kColumnsMax = 80;
constexpr std::size_t kLeftColumns = 30;

constexpr std::string_view kExitCodes =
    "Exit codes:\n"
    "  0  done\n"
    "  1  failed, or not all of it was done\n"
    "  2  usage: the command line or what it names is no good\n"
    "  3  not found\n"
    "  4  refused: not allowed, or not in the state it takes\n"
    "  5  unavailable: the server or the database does not answer; try again later\n"
    "  6  left over: all was tried; records stay in quarantine, or counts do not agree\n";

constexpr std::string_view kGlobalOptions =
    "Global options, before or after the command (see selfsame --help):\n"
    "  --output text|json  --server HOST:PORT  --api-key KEY  --database-url URL\n"
    "  --master-key-file FILE  --data-dir DIR\n";

std::string Indented(std::string_view lines) {
  std::istringstream in{std::string(lines)};
  std::string text;
  for (std::string line; std::getline(in, line);) text += "  " + line + "\n";
  return text;
}

std::string Examples(std::string_view examples) {
  return examples.empty() ? "" : "Examples:\n" + Indented(examples) + "\n";
}

}  // namespace

std::string Wrapped(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::string wrapped;
  std::size_t column = 0;
  for (std::string word; in >> word;) {
    const bool fits = column + 1 + word.size() <= kColumnsMax;
    if (column > 0) wrapped += fits ? ' ' : '\n';
    column = column > 0 && fits ? column + 1 + word.size() : word.size();
    wrapped += word;
  }
  return wrapped;
}

std::string HelpFooter(std::string_view examples) {
  return Examples(examples) + std::string(kGlobalOptions) + "\n" + std::string(kExitCodes);
}

std::string RootHelpFooter(std::string_view examples) {
  return Examples(examples) + std::string(kExitCodes);
}

HelpFormatter::HelpFormatter() {
  column_width(kLeftColumns);
  label("SUBCOMMAND", "COMMAND");
  label("Positionals", "Arguments");
}

std::string HelpFormatter::make_description(const CLI::App* app) const {
  return Wrapped(app->get_description()) + "\n\n";
}

std::string HelpFormatter::make_subcommand(const CLI::App* sub) const {
  std::string about = sub->get_description();
  about.resize(std::min(about.size(), about.find(". ")));
  if (about.ends_with('.')) about.pop_back();
  std::ostringstream out;
  CLI::detail::format_help(out, sub->get_name(), about, kLeftColumns);
  return out.str();
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  const bool is_flag = option->get_type_size() == 0;
  std::string text;
  if (!is_flag && !option->get_positional()) text += " " + option->get_type_name();
  if (option->get_required()) text += " (required)";
  return text;
}

std::string HelpFormatter::make_footer(const CLI::App* app) const { return app->get_footer(); }

}  // namespace selfsame::cli
