// `selfsame quality`: what the data is worth, and whether all of it arrived.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/quality/run_quality.h"

namespace selfsame::cli {
namespace {

void AddReport(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<ReportOptions>();
  CLI::App* report =
      AddVerb(noun, line,
              {.name = "report",
               .about = "Write what the data is worth as one HTML file that needs no network: how "
                        "complete, fresh, unique and valid it is, what each source sent, what is "
                        "in quarantine, what audits found; with objectives also what was aimed "
                        "at. How long records take to arrive is in /metrics only.",
               .examples = "selfsame quality report --html quality.html\n"
                           "selfsame quality report --html quality.html --days 30 --objectives "
                           "deploy/quality/objectives.toml"},
              [options](const Invocation& run) { return RunQualityReport(run, *options); });
  report->add_option("--html", options->html_path, "the file to write")
      ->required()
      ->type_name("FILE");
  report->add_option("--days", options->days, "how far the charts look back [14]")
      ->type_name("N")
      ->check(CLI::Range(1, 400).description(""));
  report
      ->add_option("--objectives", options->objectives_path,
                   "a file as deploy/quality/objectives.toml: shows its targets, but for those of "
                   "a named tenant")
      ->type_name("FILE");
}

void AddRules(CLI::App& noun, CommandLine& line) {
  const auto path = std::make_shared<std::string>();
  CLI::App* rules = AddVerb(
      noun, line,
      {.name = "rules",
       .about = "Make rules for Prometheus of objectives: of each its value, its target, and an "
                "alert to its owner. Needs no server.",
       .examples = "selfsame quality rules --objectives deploy/quality/objectives.toml > "
                   "deploy/prometheus/objectives.rules.yml"},
      [path](const Invocation& run) { return RunQualityRules(run, *path); });
  rules->add_option("--objectives", *path, "a file as deploy/quality/objectives.toml")
      ->required()
      ->type_name("FILE");
}

void AddReconcile(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<ReconcileOptions>();
  CLI::App* reconcile = AddVerb(
      noun, line,
      {.name = "reconcile",
       .about = "Compare what a client says it sent with what arrived: by its keys, of which the "
                "missing ones are printed, or by its count, in which a missing key and one too "
                "many outweigh each other. Exits with 6 where the two do not agree: something is "
                "missing, or there is more than was sent, or a key was settled before --since. "
                "Counting reads all receipts of the source and is refused where there are more "
                "than five million; --by-hour adds up what servers counted instead, some seconds "
                "late, and without the last of them where one crashed.",
       .examples = "selfsame quality reconcile --source crm --keys sent-keys.txt\n"
                   "selfsame quality reconcile --source crm --since 2026-02-01 --keys sent.txt\n"
                   "selfsame quality reconcile --source web --since 2026-02-01 --sent 120000\n"
                   "selfsame quality reconcile --source web --since 2026-02-01T14:00:00Z --by-hour "
                   "--sent 9000"},
      [options](const Invocation& run) { return RunQualityReconcile(run, *options); });
  reconcile->add_option("--source", options->source, "whose records")
      ->required()
      ->type_name("NAME");
  CLI::Option* since =
      reconcile
          ->add_option("--since", options->since, "a date or a time: what arrived from then on")
          ->type_name("TIME");
  CLI::Option* keys =
      reconcile->add_option("--keys", options->keys_path, "the keys that were sent, one a line")
          ->type_name("FILE");
  reconcile->add_option("--sent", options->sent, "how many distinct keys were sent since then")
      ->type_name("N")
      ->needs(since)
      ->excludes(keys);
  reconcile->add_flag("--by-hour", options->by_hour, "count by the hour, from a whole one on")
      ->needs(since)
      ->excludes(keys);
}

void AddRecount(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<RecountOptions>();
  CLI::App* recount = AddVerb(
      noun, line,
      {.name = "recount",
       .about = "Count what all profiles say from scratch, and compare it with the sums that the "
                "measures are read from; of a sum that differs it says in what: how many, or when. "
                "Reads every profile, in the database. Exits with 6 where they do not agree. What "
                "sources sent by the hour is not counted again: receipts are of distinct keys and "
                "move when a quarantined record is corrected, and a server that crashes takes its "
                "last seconds with it, so the two may differ with nothing wrong.",
       .examples = "selfsame quality recount --tenant acme\n"
                   "selfsame quality recount --tenant acme --repair"},
      [options](const Invocation& run) { return RunQualityRecount(run, *options); });
  recount->add_option("--tenant", options->tenant, "whose profiles")->required()->type_name("NAME");
  recount->add_flag("--repair", options->repair, "make the sums agree");
}

void AddDraw(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<DrawOptions>();
  CLI::App* draw = AddVerb(
      noun, line,
      {.name = "draw",
       .about = "Draw profiles whose field is to be judged by people, of those that have a value. "
                "The same seed draws the same of the same profiles.",
       .examples = "selfsame quality draw email --size 200 --stratify-by source --seed 7\n"
                   "selfsame quality draw city --stratify-by attribute:country"},
      [options](const Invocation& run) { return RunQualityDraw(run, *options); });
  draw->add_option("FIELD", options->field, "an attribute of profiles")->required();
  draw->add_option("--size", options->size, "how many [100]")
      ->type_name("N")
      ->check(CLI::Range(1, 10'000).description(""));
  draw->add_option(
          "--stratify-by", options->stratify_by,
          "source, or attribute:NAME: each value gives its share and at least one; refused "
          "where there are more of them than samples")
      ->type_name("WHAT");
  draw->add_option("--seed", options->seed, "what the draw is made of [1]")->type_name("N");
}

void AddSamples(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<SamplesOptions>();
  CLI::App* samples = AddVerb(
      noun, line,
      {.name = "samples",
       .about = "List the samples of an audit with the values to judge. Shows personal data.",
       .examples =
           "selfsame quality samples 01890a5d-ac96-774b-bcce-b302099a8057\n"
           "selfsame quality samples 01890a5d-ac96-774b-bcce-b302099a8057 --csv > tasks.csv"},
      [options](const Invocation& run) { return RunQualitySamples(run, *options); });
  samples->add_option("AUDIT", options->audit, "its id")->required();
  samples->add_flag("--csv", options->csv, "as a table for spreadsheets");
}

void AddJudge(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<JudgeOptions>();
  CLI::App* judge =
      AddVerb(noun, line,
              {.name = "judge",
               .about = "Say what a person found of one sample. A later verdict replaces an "
                        "earlier one.",
               .examples = "selfsame quality judge 01890a5d-ac96-774b-bcce-b302099a8057 3 wrong "
                           "--comment \"bounced\""},
              [options](const Invocation& run) { return RunQualityJudge(run, *options); });
  judge->add_option("AUDIT", options->audit, "its id")->required();
  judge->add_option("NUMBER", options->number, "of the sample")->required();
  judge->add_option("VERDICT", options->verdict, "right, wrong or unknown")
      ->required()
      ->check(CLI::IsMember({"right", "wrong", "unknown"}).description(""));
  judge->add_option("--comment", options->comment, "at most 500 characters, no personal data")
      ->type_name("TEXT");
}

}  // namespace

void AddQuality(CLI::App& root, CommandLine& line) {
  CLI::App* noun =
      AddNoun(root, "quality", "What the data is worth, and whether all of it arrived");
  AddReport(*noun, line);
  AddRules(*noun, line);
  AddReconcile(*noun, line);
  AddRecount(*noun, line);
  AddDraw(*noun, line);
  AddVerb(*noun, line,
          {.name = "audits",
           .about = "List the audits, newest first, with what they found.",
           .examples = "selfsame quality audits"},
          [](const Invocation& run) { return RunQualityAudits(run); });
  AddSamples(*noun, line);
  AddJudge(*noun, line);
}

}  // namespace selfsame::cli
