// `selfsame quarantine`: records that broke their schema.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>

#include "cli/command.h"
#include "cli/quarantine/run_quarantine.h"

namespace selfsame::cli {
namespace {

void AddSelector(CLI::App& verb, SelectorOptions& selector) {
  verb.add_option("--source", selector.source, "only from this source")->type_name("NAME");
  verb.add_option("--schema", selector.schema, "only of this schema")->type_name("NAME");
  verb.add_option("--reason", selector.reason, "only with a violation of this reason")
      ->type_name("REASON");
  verb.add_option("--from", selector.from, "only received at or after this date or time")
      ->type_name("TIME");
  verb.add_option("--to", selector.to, "only received before this date or time")->type_name("TIME");
  verb.add_option("--id", selector.ids, "only this record; may be repeated")
      ->type_name("UUID")
      ->allow_extra_args(false);
}

void AddId(CLI::App& verb, std::string& id) {
  verb.add_option("ID", id, "the record's id, as list and the client's answer have it")->required();
}

void AddList(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<QuarantineListOptions>();
  CLI::App* list = AddVerb(
      noun, line,
      {.name = "list",
       .about = "List quarantined records, oldest first.",
       .examples = "selfsame quarantine list --reason EMAIL_INVALID --from 2026-03-01\n"
                   "selfsame quarantine list --source web --output json | jq -r .quarantine_id"},
      [options](const Invocation& run) { return RunQuarantineList(run, *options); });
  AddSelector(*list, options->selector);
  list->add_option("--limit", options->limit, "how many at most [100]")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}).description(""));
}

void AddCount(CLI::App& noun, CommandLine& line) {
  const auto selector = std::make_shared<SelectorOptions>();
  AddSelector(
      *AddVerb(noun, line,
               {.name = "count",
                .about = "Count quarantined records by source, schema and reason.",
                .examples = "selfsame quarantine count\n"
                            "selfsame quarantine count --schema shop.v1.Order"},
               [selector](const Invocation& run) { return RunQuarantineCount(run, *selector); }),
      *selector);
}

void AddGet(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<QuarantineGetOptions>();
  CLI::App* get = AddVerb(
      noun, line,
      {.name = "get",
       .about = "Show a record as it was sent, with every violation and the copies made since. "
                "It may hold personal data: mind where it goes.",
       .examples =
           "selfsame quarantine get 01890a5d-ac96-774b-bcce-b302099a8057\n"
           "selfsame quarantine get 01890a5d-ac96-774b-bcce-b302099a8057 --record > r.json\n"
           "selfsame quarantine get 01890a5d-ac96-774b-bcce-b302099a8057 --raw body.bin"},
      [options](const Invocation& run) { return RunQuarantineGet(run, *options); });
  AddId(*get, options->id);
  get->add_option("--copy", options->copy, "a copy that patch made [the original]")->type_name("N");
  get->add_option("--raw", options->raw_path, "also write the very bytes to this file")
      ->type_name("FILE");
  get->add_flag("--record", options->record_only,
                "print the record alone, as patch --file takes it");
}

void AddPatch(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<PatchOptions>();
  CLI::App* patch = AddVerb(
      noun, line,
      {.name = "patch",
       .about = "Put a corrected copy beside a record; replay takes the newest copy. Made from "
                "the copy before, with some values changed, or from a file that get --record "
                "began. Exits with 6 when the copy would not pass either.",
       .examples = "selfsame quarantine patch 01890a5d-ac96-774b-bcce-b302099a8057 "
                   "--set payload.country=GB --comment \"typo\"\n"
                   "selfsame quarantine patch 01890a5d-ac96-774b-bcce-b302099a8057 "
                   "--set 'payload.items[0].quantity=2' --unset payload.coupon\n"
                   "selfsame quarantine patch 01890a5d-ac96-774b-bcce-b302099a8057 --file r.json"},
      [options](const Invocation& run) { return RunQuarantinePatch(run, *options); });
  AddId(*patch, options->id);
  auto* file = patch->add_option("--file", options->path, "the corrected record, as JSON");
  file->type_name("FILE");
  patch
      ->add_option("--set", options->set,
                   "change or add a value; a text where it replaces a text, otherwise read as "
                   "JSON where it is JSON; may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false)
      ->excludes(file);
  patch->add_option("--unset", options->unset, "take a value out; may be repeated")
      ->type_name("PATH")
      ->allow_extra_args(false)
      ->excludes(file);
  patch->add_option("--comment", options->comment, "why")->type_name("TEXT");
}

void AddReplay(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<ReplayOptions>();
  CLI::App* replay = AddVerb(
      noun, line,
      {.name = "replay",
       .about = "Send records once more along the normal path, under their own keys. What passes "
                "now is accepted and leaves the quarantine. Harmless to repeat. Without a "
                "condition all are meant. Exits with 6 when some stay.",
       .examples = "selfsame quarantine replay --schema shop.v1.Order --dry-run\n"
                   "selfsame quarantine replay --reason COUNTRY_UNKNOWN --source web\n"
                   "selfsame quarantine replay --schema shop.v1.Order --schema-version 3"},
      [options](const Invocation& run) { return RunQuarantineReplay(run, *options); });
  AddSelector(*replay, options->selector);
  replay->add_flag("--dry-run", options->dry_run, "only say what would happen");
  replay
      ->add_option("--schema-version", options->schema_version,
                   "hold them to this version [the one they name]")
      ->type_name("N");
  replay->add_option("--batch", options->page_rows, "records in one call [500]")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000).description(""));
}

void AddDiscard(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<DiscardOptions>();
  CLI::App* discard = AddVerb(
      noun, line,
      {.name = "discard",
       .about = "Delete records for good. At least one condition is needed. Their keys stay "
                "settled, and may be sent again corrected.",
       .examples = "selfsame quarantine discard --source test --reason-text \"load test\" "
                   "--dry-run\n"
                   "selfsame quarantine discard --id 01890a5d-ac96-774b-bcce-b302099a8057 "
                   "--reason-text \"asked to\""},
      [options](const Invocation& run) { return RunQuarantineDiscard(run, *options); });
  AddSelector(*discard, options->selector);
  discard->add_option("--reason-text", options->reason_text, "why; kept in the log")
      ->required()
      ->type_name("TEXT");
  discard->add_flag("--dry-run", options->dry_run, "only say how many");
}

}  // namespace

void AddQuarantine(CLI::App& root, CommandLine& line) {
  CLI::App* noun = AddNoun(root, "quarantine", "Records that broke their schema");
  AddList(*noun, line);
  AddCount(*noun, line);
  AddGet(*noun, line);
  AddPatch(*noun, line);
  AddReplay(*noun, line);
  AddDiscard(*noun, line);
}

}  // namespace selfsame::cli
