// `selfsame schema`: what records are held to.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command.h"
#include "cli/schema/run_schema.h"

namespace selfsame::cli {
namespace {

void AddProtoOptions(CLI::App& verb, SchemaFiles& files) {
  auto* set = verb.add_option("--descriptor-set", files.descriptor_set,
                              "what protoc --include_imports --descriptor_set_out made, "
                              "instead of .proto files");
  set->type_name("FILE");
  verb.add_option("-I,--proto-path", files.protos.include_dirs,
                  "a folder in which imports are looked for; may be repeated")
      ->type_name("DIR")
      ->allow_extra_args(false)
      ->excludes(set);
}

void AddFileOptions(CLI::App& verb, SchemaFiles& files) {
  AddProtoOptions(verb, files);
  verb.add_option("FILE", files.protos.files, "the schema's .proto files");
  verb.add_option("--message", files.message,
                  "full name of the message records carry; may be left out where only one says "
                  "that it is a schema")
      ->type_name("NAME");
}

void AddName(CLI::App& verb, std::string& name) {
  verb.add_option("NAME", name, "the schema: full name of its message")->required();
}

CLI::Option* AddVersion(CLI::App& verb, std::uint32_t& version, const char* about) {
  return verb.add_option("--version", version, about)->type_name("N");
}

void AddCheck(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<CheckOptions>();
  CLI::App* check = AddVerb(
      noun, line,
      {.name = "check",
       .about = "Say what is wrong with a schema, and register nothing. The options of every "
                "field are looked at without a server; where an API key is known the registry "
                "says too whether the versions before go on working. Exits with 4 when anything "
                "is wrong: for builds.",
       .examples = "selfsame schema check shop/v1/order.proto --message shop.v1.Order\n"
                   "selfsame schema check -I protos protos/shop/v1/order.proto --offline\n"
                   "selfsame schema check --descriptor-set order.pb --message shop.v1.Order"},
      [options](const Invocation& run) { return RunSchemaCheck(run, *options); });
  AddFileOptions(*check, options->files);
  check->add_flag("--offline", options->offline, "ask no server, even where one is known");
}

void AddRegister(CLI::App& noun, CommandLine& line) {
  const auto files = std::make_shared<SchemaFiles>();
  AddFileOptions(
      *AddVerb(noun, line,
               {.name = "register",
                .about = "Store a new version of a schema. Content that is registered already is "
                         "found again, so a build may do it every time. Exits with 4 when it is "
                         "refused, and says why.",
                .examples = "selfsame schema register shop/v1/order.proto --message shop.v1.Order"},
               [files](const Invocation& run) { return RunSchemaRegister(run, *files); }),
      *files);
}

void AddList(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<SchemaListOptions>();
  CLI::App* list =
      AddVerb(noun, line,
              {.name = "list",
               .about = "List the versions of all schemas, or of one.",
               .examples = "selfsame schema list\n"
                           "selfsame schema list shop.v1.Order --all --output json | jq .version"},
              [options](const Invocation& run) { return RunSchemaList(run, *options); });
  list->add_option("NAME", options->name, "only this schema");
  list->add_flag("--all", options->with_retired, "retired versions too");
}

void AddShow(CLI::App& noun, CommandLine& line) {
  const auto which = std::make_shared<SchemaVersion>();
  CLI::App* show =
      AddVerb(noun, line,
              {.name = "show",
               .about = "Show a version: every field with its type, its rules, and whose it is.",
               .examples = "selfsame schema show selfsame.schemas.account.v1.Traits\n"
                           "selfsame schema show shop.v1.Order --version 2 --output json"},
              [which](const Invocation& run) { return RunSchemaShow(run, *which); });
  AddName(*show, which->name);
  AddVersion(*show, which->version, "which [the newest]");
}

void AddDiff(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<DiffOptions>();
  CLI::App* diff =
      AddVerb(noun, line,
              {.name = "diff",
               .about = "Compare two versions, or a file with a version: field by field, with all "
                        "options. Without more the newest version with the one before it.",
               .examples = "selfsame schema diff shop.v1.Order\n"
                           "selfsame schema diff shop.v1.Order --old 1 --new 3\n"
                           "selfsame schema diff shop.v1.Order shop/v1/order.proto --exit-code"},
              [options](const Invocation& run) {
                options->files.message = options->name;
                return RunSchemaDiff(run, *options);
              });
  AddName(*diff, options->name);
  diff->add_option("FILE", options->files.protos.files,
                   ".proto files with the new side, instead of --new");
  AddProtoOptions(*diff, options->files);
  diff->add_option("--old", options->old_version,
                   "the old side [the version before; for files the newest]")
      ->type_name("N");
  diff->add_option("--new", options->new_version, "the new side [the newest]")->type_name("N");
  diff->add_flag("--exit-code", options->tell_by_exit, "end with 1 where anything differs");
}

void AddExport(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<ExportOptions>();
  options->format = "proto";
  CLI::App* out = AddVerb(
      noun, line,
      {.name = "export",
       .about = "Write a version as .proto text or as a descriptor set. The text has no comments: "
                "the registry keeps none.",
       .examples = "selfsame schema export shop.v1.Order > order.proto\n"
                   "selfsame schema export shop.v1.Order -o protos/\n"
                   "selfsame schema export shop.v1.Order --format descriptor-set -o order.pb"},
      [options](const Invocation& run) { return RunSchemaExport(run, *options); });
  AddName(*out, options->which.name);
  AddVersion(*out, options->which.version, "which [the newest]");
  out->add_option("--format", options->format, "proto or descriptor-set [proto]")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"proto", "descriptor-set"}).description(""));
  out->add_option("-o,--out", options->path,
                  "a file; for proto a folder, in which each file has its own name")
      ->type_name("PATH");
}

void AddDeprecate(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<DeprecateOptions>();
  CLI::App* verb = AddVerb(
      noun, line,
      {.name = "deprecate",
       .about = "Say that a version will be retired. Records of it are taken as before, and "
                "counted.",
       .examples = "selfsame schema deprecate shop.v1.Order --version 1 --sunset 2027-01-31"},
      [options](const Invocation& run) { return RunSchemaDeprecate(run, *options); });
  AddName(*verb, options->which.name);
  AddVersion(*verb, options->which.version, "which")->required();
  verb->add_option("--sunset", options->sunset, "from when on it should not be sent any more")
      ->required()
      ->type_name("DATE");
}

void AddRetire(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<RetireOptions>();
  CLI::App* verb = AddVerb(
      noun, line,
      {.name = "retire",
       .about = "End a version for good: records that name it are quarantined, stored ones stay "
                "readable. Exits with 4 while the version is in use.",
       .examples = "selfsame schema retire shop.v1.Order --version 1"},
      [options](const Invocation& run) { return RunSchemaRetire(run, *options); });
  AddName(*verb, options->which.name);
  AddVersion(*verb, options->which.version, "which")->required();
  verb->add_flag("--force", options->force, "also when a record of it came within the last day");
}

void AddDrift(CLI::App& noun, CommandLine& line) {
  const auto options = std::make_shared<DriftOptions>();
  CLI::App* verb = AddVerb(
      noun, line,
      {.name = "drift",
       .about = "List what arrives that no schema knows, and which versions each source sends.",
       .examples = "selfsame schema drift\nselfsame schema drift --source web --output json"},
      [options](const Invocation& run) { return RunSchemaDrift(run, *options); });
  verb->add_option("--schema", options->schema, "only of this schema")->type_name("NAME");
  verb->add_option("--source", options->source, "only from this source")->type_name("NAME");
}

}  // namespace

void AddSchema(CLI::App& root, CommandLine& line) {
  CLI::App* noun = AddNoun(root, "schema", "What records are held to: the registry of schemas");
  AddCheck(*noun, line);
  AddRegister(*noun, line);
  AddList(*noun, line);
  AddShow(*noun, line);
  AddDiff(*noun, line);
  AddExport(*noun, line);
  AddDeprecate(*noun, line);
  AddRetire(*noun, line);
  AddDrift(*noun, line);
}

}  // namespace selfsame::cli
