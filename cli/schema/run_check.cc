// `selfsame schema check` and `register`: from files to the registry.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "cli/connect.h"
#include "cli/proto_json.h"
#include "cli/schema/run_schema.h"
#include "cli/schema/schema_text.h"
#include "server/schema/compiled_schema.h"

namespace selfsame::cli {
namespace {

using schema::Finding;
using schema::v1::RegisterSchemaResponse;

struct CheckReport {
  std::string message;
  std::vector<Finding> findings;
  std::optional<RegisterSchemaResponse> registry;  // Nothing: it was not asked.
};

schema::v1::RegisterSchemaRequest RequestOf(const LoadedSchema& loaded) {
  schema::v1::RegisterSchemaRequest request;
  request.set_message(loaded.message());
  // Without what the message does not need.
  request.mutable_descriptor_set()->ParseFromString(
      schema::MinimalDescriptorSet(loaded.type->descriptor()));
  return request;
}

Result<CheckReport> Check(const Invocation& run, const CheckOptions& options) {
  SELFSAME_ASSIGN_OR_RETURN(LoadedSchema loaded, LoadSchema(options.files));
  CheckReport report{.message = loaded.message()};
  auto request = RequestOf(loaded);
  report.findings = schema::CompiledSchema(std::move(loaded.type)).findings();
  if (options.offline || !run.settings.ApiKey().ok()) return report;
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(run.settings));
  request.set_dry_run(true);
  SELFSAME_ASSIGN_OR_RETURN(report.registry,
                            client.RegisterSchema(request, Deadline::After(kCallWait)));
  AddFindings(FindingsOf(*report.registry), report.findings);
  return report;
}

nlohmann::ordered_json ReportJson(const CheckReport& report) {
  nlohmann::ordered_json json = {{"message", report.message},
                                 {"ok", report.findings.empty()},
                                 {"registry_asked", report.registry.has_value()},
                                 {"version", nullptr},
                                 {"findings", FindingsJson(report.findings)}};
  if (report.registry && report.registry->has_schema()) {
    json["version"] = report.registry->schema().version();
  }
  return json;
}

std::string Verdict(const CheckReport& report) {
  if (!report.findings.empty()) {
    return fmt::format("{}: {} finding{}\n", report.message, report.findings.size(),
                       report.findings.size() == 1 ? "" : "s");
  }
  if (!report.registry) return fmt::format("{}: ok as far as its files go\n", report.message);
  return fmt::format("{}: ok, would be version {}\n", report.message,
                     report.registry->schema().version());
}

}  // namespace

ExitCode RunSchemaCheck(const Invocation& run, const CheckOptions& options) {
  const auto report = Check(run, options);
  if (!report.ok()) return run.output.Fail(report.error());
  if (run.output.is_json()) {
    run.output.Json(ReportJson(*report));
  } else {
    run.output.Text(FindingText(report->findings) + Verdict(*report));
    if (!report->registry) {
      run.output.Note("the registry was not asked whether versions before it go on working");
    }
  }
  return report->findings.empty() ? ExitCode::kDone : ExitCode::kRefused;
}

ExitCode RunSchemaRegister(const Invocation& run, const SchemaFiles& files) {
  const auto loaded = LoadSchema(files);
  if (!loaded.ok()) return run.output.Fail(loaded.error());
  const auto client = Connect(run.settings);
  if (!client.ok()) return run.output.Fail(client.error());
  const auto response = client->RegisterSchema(RequestOf(*loaded), Deadline::After(kCallWait));
  if (!response.ok()) return run.output.Fail(response.error());
  if (run.output.is_json()) {
    run.output.Json(ProtoJson(*response));
  } else {
    run.output.Text(fmt::format("{} {} version {}\n",
                                response->is_new() ? "registered" : "known already:",
                                response->schema().name(), response->schema().version()));
  }
  return ExitCode::kDone;
}

}  // namespace selfsame::cli
