// `selfsame import`: files of records.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/command.h"
#include "cli/import/import_map.h"
#include "cli/import/run_import.h"

namespace selfsame::cli {
namespace {

ExitCode RunMaps(const Invocation& run) {
  const auto maps = ShippedMaps();
  if (!maps.ok()) return run.output.Fail(maps.error());
  Table table{.headings = {"NAME", "KIND", "SCHEMA", "COLUMNS"}};
  for (const ImportMap& map : *maps) {
    if (run.output.is_json()) {
      run.output.Json({{"name", map.name},
                       {"kind", RecordKindName(map.kind)},
                       {"schema", map.schema},
                       {"columns", map.columns}});
    }
    table.rows.push_back({map.name, std::string(RecordKindName(map.kind)), map.schema,
                          fmt::format("{}", fmt::join(map.columns, ","))});
  }
  if (!run.output.is_json()) run.output.Text(FormatTable(table));
  return ExitCode::kDone;
}

void AddFileOptions(CLI::App& csv, ImportOptions& options, const char* file) {
  csv.add_option("FILE", options.path, file)->required();
  csv.add_flag("--dry-run", options.dry_run,
               "send nothing: check every row, and list what is wrong with how many of them");
  csv.add_option("--encoding", options.encoding,
                 "of a file that is neither UTF-8 nor UTF-16 [the map's]")
      ->type_name("NAME");
  csv.add_option("--map", options.map_path, "how rows become records; see selfsame import maps")
      ->type_name("MAP");
  csv.add_option("--schema", options.schema, "another schema than the map's")->type_name("NAME");
  csv.add_option("--limit", options.rows_max, "import at most this many rows")
      ->type_name("N")
      ->check(CLI::Validator(CLI::PositiveNumber).description(""));
  csv.add_option("--from-line", options.from_row,
                 "start at this row; the first after the header is 1")
      ->type_name("N")
      ->check(CLI::Validator(CLI::PositiveNumber).description(""));
  csv.add_option("--batch", options.batch_rows, "rows in one request [500]")
      ->type_name("N")
      ->check(CLI::Range(1, 100'000).description(""));
  csv.add_option("--in-flight", options.in_flight_max, "requests sent ahead of their answers [4]")
      ->type_name("N")
      ->check(CLI::Range(1, 1'024).description(""));
  csv.add_option("--rejects", options.rejects_path,
                 "write the rows that were not accepted, or not with all values, and why, to this "
                 "file")
      ->type_name("FILE");
  csv.add_option("--give-up-after", options.give_up_after_s,
                 "seconds without any answer before giving up [60]")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86'400).description(""));
}

}  // namespace

void AddImport(CLI::App& root, CommandLine& line) {
  CLI::App* noun = AddNoun(root, "import", "Files of records");
  const auto csv_options = std::make_shared<ImportOptions>();
  CLI::App* csv = AddVerb(
      *noun, line,
      {.name = "csv",
       .about =
           "Send the rows of a CSV file as records. A row's key is computed from what it holds: "
           "running the same import again, or importing the file after it was extended, corrected "
           "or re-sorted, stores only what is new. Without --map the shipped map for the file's "
           "header is used; where there is none, a map to start from is printed. The delimiter is "
           "found out. Exits with 1 when a row was rejected, unreadable or is not settled.",
       .examples = "selfsame import csv online_retail.csv.xz\n"
                   "selfsame import csv people.csv --map people.toml --dry-run\n"
                   "selfsame import csv people.csv.gz --map people.toml --rejects rejects.csv\n"
                   "selfsame import csv people.csv > people.toml   # a map to start from"},
      [csv_options](const Invocation& run) { return RunImport(run, *csv_options); });
  AddFileOptions(*csv, *csv_options, "a .csv file, also as .gz, .xz, .bz2 or .zst");
  const auto jsonl_options = std::make_shared<ImportOptions>();
  jsonl_options->format = ImportFormat::kJsonl;
  CLI::App* jsonl = AddVerb(
      *noun, line,
      {.name = "jsonl",
       .about =
           "Send the lines of a JSON Lines file as records: one JSON object a line. The map's "
           "columns are names of members, or paths such as address.city. Keys and exit codes are "
           "those of import csv. Without --map a map to start from is printed.",
       .examples = "selfsame import jsonl people.jsonl.gz --map people.toml\n"
                   "selfsame import jsonl people.jsonl > people.toml   # a map to start from"},
      [jsonl_options](const Invocation& run) { return RunImport(run, *jsonl_options); });
  AddFileOptions(*jsonl, *jsonl_options, "a .jsonl file, also as .gz, .xz, .bz2 or .zst");
  AddVerb(*noun, line,
          {.name = "maps",
           .about = "List the maps that ship with the tool, and the headers they are for.",
           .examples = "selfsame import maps\nselfsame import maps --output json"},
          RunMaps);
}

}  // namespace selfsame::cli
