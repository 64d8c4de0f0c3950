#include "server/registry/register_schema.h"

#include <memory>
#include <utility>

#include "server/schema/compatibility.h"
#include "server/schema/compiled_schema.h"
#include "server/schema/descriptors.h"

namespace selfsame::registry {
namespace {

using schema::Finding;

constexpr std::string_view kReservedPackage = "selfsame.";

void CheckVocabularies(const schema::CompiledSchema& compiled, const Registration& registration,
                       std::vector<Finding>* findings) {
  const schema::Vocabularies* known = registration.catalog.VocabulariesOf(registration.tenant);
  for (const std::string& name : compiled.rules().vocabularies()) {
    if (known != nullptr && known->contains(name)) continue;
    if (findings->size() >= schema::kFindingsMax) return;
    findings->push_back({.rule = "VOCABULARY_UNKNOWN",
                         .path = registration.message,
                         .message = "no vocabulary " + name + " is registered"});
  }
}

// A live version that cannot be read any more cannot be compared with; the gate let it in once.
void CompareWith(const storage::LiveVersion& live, const schema::CompiledSchema& compiled,
                 const std::string& name, std::vector<Finding>* findings) {
  auto type = schema::MessageType::Parse(live.content, name);
  if (!type.ok()) return;
  const schema::CompiledSchema before(std::move(*type));
  if (before.use() != compiled.use()) {
    const auto word = [](schema::Use use) {
      return use == schema::Use::kEvent ? "KIND_EVENT" : "KIND_PROFILE";
    };
    findings->push_back({.rule = "SCHEMA_KIND_CHANGED",
                         .path = name,
                         .was = word(before.use()),
                         .is = word(compiled.use()),
                         .against_version = live.version,
                         .message = "records of the two kinds are sent by different calls"});
  }
  for (schema::Break& found : schema::FindBreaks(before.descriptor(), compiled.descriptor())) {
    findings->push_back({.rule = std::move(found.rule),
                         .path = std::move(found.path),
                         .was = std::move(found.was),
                         .is = std::move(found.is),
                         .against_version = live.version,
                         .message = std::move(found.message)});
  }
}

// The details of an error travel in the trailer of a call, of which clients take 8 KiB.
Error Refused(const std::vector<Finding>& findings) {
  constexpr std::size_t kDetailBytesMax = 5'000;
  Error error{.code = ErrorCode::kFailedPrecondition,
              .reason = "SCHEMA_REFUSED",
              .message = std::to_string(findings.size()) + " rules are broken"};
  std::size_t bytes = 0;
  for (const Finding& finding : findings) {
    constexpr std::size_t kFrameBytes = 16;
    bytes += finding.path.size() + finding.rule.size() + finding.message.size() + kFrameBytes;
    if (bytes > kDetailBytesMax) {
      error.message += ", of which the first " + std::to_string(error.violations.size()) +
                       " are named; a dry run names more";
      break;
    }
    error.violations.push_back({finding.path, finding.rule, finding.message});
  }
  return error;
}

}  // namespace

Result<Registered> RegisterSchema(pg::Session& session, const Registration& registration) {
  if (registration.message.starts_with(kReservedPackage)) {
    return Error{.code = ErrorCode::kFailedPrecondition,
                 .reason = "SCHEMA_NAME_RESERVED",
                 .message = "package selfsame is for schemas that ship with the server"};
  }
  SELFSAME_ASSIGN_OR_RETURN(auto type,
                            schema::MessageType::Build(registration.files, registration.message));
  const schema::CompiledSchema compiled(std::move(type));
  Registered registered{.version = {}, .use = compiled.use(), .findings = {}};
  const storage::NewSchema row{
      .tenant = registration.tenant,
      .name = registration.message,
      .content = {.bytes = schema::MinimalDescriptorSet(compiled.descriptor()),
                  .hash = schema::ContentHash(compiled.descriptor())},
      .registered_by = registration.registered_by,
      .now = registration.now};
  const auto check = [&](std::span<const storage::LiveVersion> live) -> Status {
    std::vector<Finding> findings = compiled.findings();  // May run twice.
    CheckVocabularies(compiled, registration, &findings);
    for (const storage::LiveVersion& version : live) {
      if (findings.size() >= schema::kFindingsMax) break;
      CompareWith(version, compiled, registration.message, &findings);
    }
    if (findings.size() > schema::kFindingsMax) findings.resize(schema::kFindingsMax);
    registered.findings = std::move(findings);
    return registered.findings.empty() ? Status() : Status(Refused(registered.findings));
  };
  auto version = storage::RegisterSchema(session, row, registration.mode, check);
  if (version.ok()) {
    registered.version = *version;
  } else if (registration.mode == storage::RegisterMode::kStore || registered.findings.empty()) {
    return std::move(version).error();
  }
  return registered;
}

}  // namespace selfsame::registry
