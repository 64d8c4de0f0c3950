// `selfsame schema list`, `show`, `diff`, `export`, `deprecate`, `retire` and `drift`: what the
// registry holds.
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "cli/all_pages.h"
#include "cli/connect.h"
#include "cli/proto_json.h"
#include "cli/schema/drift_text.h"
#include "cli/schema/fetch.h"
#include "cli/schema/run_schema.h"
#include "cli/schema/schema_text.h"
#include "cli/text_file.h"
#include "cli/timestamp.h"

namespace selfsame::cli {
namespace {

// The version that comes before another; versions are numbered from 1 without gaps.
Result<std::uint32_t> VersionBefore(const std::string& name, std::uint32_t version) {
  if (version > 1) return version - 1;
  return Error{ErrorCode::kNotFound, "SCHEMA_UNKNOWN",
               fmt::format("there is no version of {} before version {}", name, version)};
}

struct BothSides {
  FetchedSchema old;
  std::unique_ptr<schema::MessageType> now;
};

Result<BothSides> FetchSides(const Invocation& run, const DiffOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(run.settings));
  BothSides sides;
  std::uint32_t old_version = options.old_version;
  if (!options.files.protos.files.empty() || !options.files.descriptor_set.empty()) {
    SELFSAME_ASSIGN_OR_RETURN(LoadedSchema loaded, LoadSchema(options.files));
    sides.now = std::move(loaded.type);
  } else {
    SELFSAME_ASSIGN_OR_RETURN(FetchedSchema now,
                              FetchSchema(client, options.name, options.new_version));
    sides.now = std::move(now.type);
    if (old_version == 0) {
      SELFSAME_ASSIGN_OR_RETURN(old_version, VersionBefore(options.name, now.schema.version()));
    }
  }
  SELFSAME_ASSIGN_OR_RETURN(sides.old, FetchSchema(client, options.name, old_version));
  return sides;
}

// A name within the folder: it came over the network, and must not lead out of it.
Result<std::filesystem::path> PathWithin(const std::string& folder, const std::string& name) {
  const auto relative = std::filesystem::path(name).lexically_normal();
  if (relative.is_absolute() || relative.empty() || *relative.begin() == "..") {
    return Error{ErrorCode::kFailedPrecondition, "FILE_UNWRITABLE",
                 "a file of the schema has a name that leads out of the folder"};
  }
  return std::filesystem::path(folder) / relative;
}

Status WriteProtos(const std::string& folder, const google::protobuf::Descriptor& message) {
  for (const auto& [name, text] : ProtoTexts(message)) {
    SELFSAME_ASSIGN_OR_RETURN(const auto path, PathWithin(folder, name));
    std::error_code failed;
    std::filesystem::create_directories(path.parent_path(), failed);
    SELFSAME_RETURN_IF_ERROR(WriteFile(path.string(), text));
  }
  return {};
}

Status Export(const Invocation& run, const ExportOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(run.settings));
  SELFSAME_ASSIGN_OR_RETURN(const FetchedSchema fetched,
                            FetchSchema(client, options.which.name, options.which.version));
  const auto& message = fetched.type->descriptor();
  if (options.format == "proto") {
    if (!options.path.empty()) return WriteProtos(options.path, message);
    for (const auto& [name, text] : ProtoTexts(message)) {
      run.output.Text(fmt::format("// {}\n{}", name, text));
    }
    return {};
  }
  const std::string bytes = schema::MinimalDescriptorSet(message);
  if (!options.path.empty()) return WriteFile(options.path, bytes);
  run.output.Text(bytes);
  return {};
}

// What a call that changes a version came to: the version as it is now.
template <typename Response>
ExitCode ShowChanged(const Invocation& run, const Result<Response>& response) {
  if (!response.ok()) return run.output.Fail(response.error());
  if (run.output.is_json()) {
    run.output.Json(ProtoJson(response->schema()));
  } else {
    run.output.Text(SchemaCard(response->schema()));
  }
  return ExitCode::kDone;
}

Result<schema::v1::DeprecateSchemaResponse> Deprecate(const Settings& settings,
                                                      const DeprecateOptions& options) {
  schema::v1::DeprecateSchemaRequest request;
  request.set_name(options.which.name);
  request.set_version(options.which.version);
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_sunset_at(), ParseMoment("--sunset", options.sunset));
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.DeprecateSchema(request, Deadline::After(kCallWait));
}

Result<schema::v1::RetireSchemaResponse> Retire(const Settings& settings,
                                                const RetireOptions& options) {
  schema::v1::RetireSchemaRequest request;
  request.set_name(options.which.name);
  request.set_version(options.which.version);
  request.set_force(options.force);
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  return client.RetireSchema(request, Deadline::After(kCallWait));
}

}  // namespace

ExitCode RunSchemaList(const Invocation& run, const SchemaListOptions& options) {
  const auto client = Connect(run.settings);
  if (!client.ok()) return run.output.Fail(client.error());
  schema::v1::ListSchemasRequest request;
  request.set_name(options.name);
  request.set_include_retired(options.with_retired);
  const auto response = AllPages<schema::v1::ListSchemasResponse>(request, [&](const auto& page) {
    return client->ListSchemas(page, Deadline::After(kCallWait));
  });
  if (!response.ok()) return run.output.Fail(response.error());
  if (!run.output.is_json()) run.output.Text(SchemaTable(*response));
  for (const auto& schema : response->schemas()) {
    if (run.output.is_json()) run.output.Json(ProtoJson(schema));
  }
  return ExitCode::kDone;
}

ExitCode RunSchemaShow(const Invocation& run, const SchemaVersion& which) {
  const auto client = Connect(run.settings);
  if (!client.ok()) return run.output.Fail(client.error());
  const auto fetched = FetchSchema(*client, which.name, which.version);
  if (!fetched.ok()) return run.output.Fail(fetched.error());
  const auto& message = fetched->type->descriptor();
  if (run.output.is_json()) {
    run.output.Json({{"schema", ProtoJson(fetched->schema)}, {"fields", FieldsJson(message)}});
  } else {
    run.output.Text(SchemaCard(fetched->schema) + "\n" + FieldTable(message));
  }
  return ExitCode::kDone;
}

ExitCode RunSchemaDiff(const Invocation& run, const DiffOptions& options) {
  const auto sides = FetchSides(run, options);
  if (!sides.ok()) return run.output.Fail(sides.error());
  const auto differences = DiffSchemas(sides->old.type->descriptor(), sides->now->descriptor());
  if (!run.output.is_json()) run.output.Text(DifferenceTable(differences));
  for (const Difference& difference : differences) {
    if (run.output.is_json()) run.output.Json(DifferenceJson(difference));
  }
  return options.tell_by_exit && !differences.empty() ? ExitCode::kFailed : ExitCode::kDone;
}

ExitCode RunSchemaExport(const Invocation& run, const ExportOptions& options) {
  const Status status = Export(run, options);
  return status.ok() ? ExitCode::kDone : run.output.Fail(status.error());
}

ExitCode RunSchemaDeprecate(const Invocation& run, const DeprecateOptions& options) {
  return ShowChanged(run, Deprecate(run.settings, options));
}

ExitCode RunSchemaRetire(const Invocation& run, const RetireOptions& options) {
  return ShowChanged(run, Retire(run.settings, options));
}

ExitCode RunSchemaDrift(const Invocation& run, const DriftOptions& options) {
  const auto client = Connect(run.settings);
  if (!client.ok()) return run.output.Fail(client.error());
  catalog::v1::ListDriftRequest request;
  request.set_schema(options.schema);
  request.set_source(options.source);
  const auto drift = AllPages<catalog::v1::ListDriftResponse>(request, [&](const auto& page) {
    return client->ListDrift(page, Deadline::After(kCallWait));
  });
  if (!drift.ok()) return run.output.Fail(drift.error());
  if (run.output.is_json()) {
    run.output.Json(ProtoJson(*drift));
  } else {
    run.output.Text(DriftText(*drift));
  }
  return ExitCode::kDone;
}

}  // namespace selfsame::cli
