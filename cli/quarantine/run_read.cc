// `selfsame quarantine list`, `count`, `get` and `patch`.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/connect.h"
#include "cli/proto_json.h"
#include "cli/quarantine/quarantine_text.h"
#include "cli/quarantine/record_form.h"
#include "cli/quarantine/run_quarantine.h"
#include "cli/schema/fetch.h"
#include "cli/text_file.h"

namespace selfsame::cli {
namespace {

using nlohmann::ordered_json;
using quarantine::v1::GetResponse;
using quarantine::v1::ListResponse;

constexpr std::uint64_t kPageMax = 1'000;

Result<ListResponse> List(const Settings& settings, const QuarantineListOptions& options) {
  quarantine::v1::ListRequest request;
  SELFSAME_ASSIGN_OR_RETURN(*request.mutable_selector(), ToSelector(options.selector));
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  ListResponse all;
  do {
    const std::uint64_t left = options.limit - static_cast<std::uint64_t>(all.records_size());
    request.set_page_size(static_cast<std::uint32_t>(std::min(left, kPageMax)));
    SELFSAME_ASSIGN_OR_RETURN(const ListResponse page,
                              client.ListQuarantine(request, Deadline::After(kCallWait)));
    all.mutable_records()->MergeFrom(page.records());
    all.set_next_page_token(page.next_page_token());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() &&
           static_cast<std::uint64_t>(all.records_size()) < options.limit);
  return all;
}

Result<GetResponse> Get(const Client& client, const std::string& id) {
  quarantine::v1::GetRequest request;
  request.set_quarantine_id(id);
  return client.GetQuarantined(request, Deadline::After(kCallWait));
}

BodyKind KindOf(const GetResponse& response) {
  return response.record().is_profile_update() ? BodyKind::kProfileUpdate : BodyKind::kEvent;
}

// The body of a copy, or of the original for 0.
Result<std::string> BodyOf(const GetResponse& response, std::uint32_t copy) {
  if (copy == 0) return response.body();
  for (const auto& patch : response.patches()) {
    if (patch.number() == copy) return patch.body();
  }
  return Error{ErrorCode::kNotFound, "COPY_UNKNOWN",
               fmt::format("the record has no copy {}", copy)};
}

// The form of a body. A schema that is not known, or is retired meanwhile, only hides the payload.
Result<ordered_json> Form(const Client& client, BodyKind kind, const std::string& body) {
  const NamedSchema named = SchemaOf(kind, body);
  if (named.name.empty()) return FormOf(kind, body, nullptr);
  const auto fetched = FetchSchema(client, named.name, named.version);
  return FormOf(kind, body, fetched.ok() ? fetched->type.get() : nullptr);
}

std::string Pretty(const ordered_json& json) {
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

ordered_json PatchesJson(const GetResponse& response) {
  ordered_json patches = ordered_json::array();
  for (auto patch : response.patches()) {
    patch.clear_body();
    patches.push_back(ProtoJson(patch));
    patches.back().erase("body");
  }
  return patches;
}

ExitCode ShowRecord(const Invocation& run, const GetResponse& response,
                    const Result<ordered_json>& form, bool record_only) {
  if (record_only) {
    if (!form.ok()) return run.output.Fail(form.error());
    run.output.Text(Pretty(*form));
    return ExitCode::kDone;
  }
  if (run.output.is_json()) {
    run.output.Json({{"quarantined", ProtoJson(response.record())},
                     {"record", form.ok() ? *form : ordered_json(nullptr)},
                     {"copies", PatchesJson(response)}});
  } else {
    run.output.Text(QuarantineCard(response) + (form.ok() ? "\n" + Pretty(*form) : ""));
  }
  if (!form.ok()) run.output.Note(form.error().message);
  return ExitCode::kDone;
}

// The corrected record: a file's, or the base with the edits made.
Result<ordered_json> Corrected(const PatchOptions& options, const Result<ordered_json>& base) {
  if (!options.path.empty()) {
    SELFSAME_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(options.path));
    ordered_json form = ordered_json::parse(text, nullptr, false);
    if (!form.is_discarded()) return form;
    return Error{ErrorCode::kInvalidArgument, "RECORD_MALFORMED",
                 fmt::format("{} is not JSON", options.path)};
  }
  if (!base.ok()) return base.error();
  ordered_json form = *base;
  for (const std::string& text : options.set) {
    SELFSAME_ASSIGN_OR_RETURN(const Edit edit, ParseEdit(text));
    SELFSAME_RETURN_IF_ERROR(ApplyEdit(edit, form));
  }
  for (const std::string& path : options.unset) {
    SELFSAME_RETURN_IF_ERROR(ApplyEdit({.path = path, .value = {}, .removes = true}, form));
  }
  return form;
}

Result<quarantine::v1::PatchResponse> Patch(const Settings& settings, const PatchOptions& options) {
  if (options.path.empty() && options.set.empty() && options.unset.empty()) {
    return Error{ErrorCode::kInvalidArgument, "EDIT_MISSING",
                 "what is to be corrected? give --set, --unset or --file"};
  }
  SELFSAME_ASSIGN_OR_RETURN(const Client client, Connect(settings));
  SELFSAME_ASSIGN_OR_RETURN(const GetResponse response, Get(client, options.id));
  SELFSAME_ASSIGN_OR_RETURN(const std::string body,
                            BodyOf(response, response.record().patch_number()));
  const auto base = Form(client, KindOf(response), body);
  SELFSAME_ASSIGN_OR_RETURN(const ordered_json corrected, Corrected(options, base));
  SELFSAME_ASSIGN_OR_RETURN(
      auto request,
      PatchOf(KindOf(response), body, base.ok() ? *base : ordered_json(nullptr), corrected));
  request.set_quarantine_id(options.id);
  request.set_comment(options.comment);
  return client.PatchQuarantined(request, Deadline::After(kCallWait));
}

}  // namespace

ExitCode RunQuarantineList(const Invocation& run, const QuarantineListOptions& options) {
  const auto records = List(run.settings, options);
  if (!records.ok()) return run.output.Fail(records.error());
  if (!run.output.is_json()) run.output.Text(QuarantineTable(*records));
  for (const auto& record : records->records()) {
    if (run.output.is_json()) run.output.Json(ProtoJson(record));
  }
  if (!records->next_page_token().empty()) run.output.Note("there are more; see --limit");
  return ExitCode::kDone;
}

ExitCode RunQuarantineCount(const Invocation& run, const SelectorOptions& options) {
  const auto selector = ToSelector(options);
  if (!selector.ok()) return run.output.Fail(selector.error());
  const auto client = Connect(run.settings);
  if (!client.ok()) return run.output.Fail(client.error());
  quarantine::v1::CountRequest request;
  *request.mutable_selector() = *selector;
  const auto counts = client->CountQuarantine(request, Deadline::After(kCallWait));
  if (!counts.ok()) return run.output.Fail(counts.error());
  if (run.output.is_json()) {
    run.output.Json(ProtoJson(*counts));
  } else {
    run.output.Text(CountTable(*counts));
  }
  return ExitCode::kDone;
}

ExitCode RunQuarantineGet(const Invocation& run, const QuarantineGetOptions& options) {
  const auto client = Connect(run.settings);
  if (!client.ok()) return run.output.Fail(client.error());
  const auto response = Get(*client, options.id);
  if (!response.ok()) return run.output.Fail(response.error());
  const auto body = BodyOf(*response, options.copy);
  if (!body.ok()) return run.output.Fail(body.error());
  if (!options.raw_path.empty()) {
    const Status written = WriteSecretFile(options.raw_path, *body);
    if (!written.ok()) return run.output.Fail(written.error());
  }
  return ShowRecord(run, *response, Form(*client, KindOf(*response), *body), options.record_only);
}

ExitCode RunQuarantinePatch(const Invocation& run, const PatchOptions& options) {
  const auto response = Patch(run.settings, options);
  if (!response.ok()) return run.output.Fail(response.error());
  const bool would_pass = response->violations().empty();
  if (run.output.is_json()) {
    run.output.Json(ProtoJson(*response));
  } else {
    run.output.Text(fmt::format("made copy {}, which {}\n", response->patch_number(),
                                would_pass ? "would be accepted" : "would not be accepted:"));
    if (!would_pass) run.output.Text(ViolationTable(response->violations()));
  }
  return would_pass ? ExitCode::kDone : ExitCode::kLeftOver;
}

}  // namespace selfsame::cli
