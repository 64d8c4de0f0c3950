#include "server/registry/schema_loader.h"

#include <utility>

#include "server/schema/descriptors.h"

namespace selfsame::registry {

using storage::SchemaHead;
using storage::VocabularyHead;

Status SchemaLoader::Refresh(pg::Session& session) {
  if (!has_built_ins_) SELFSAME_RETURN_IF_ERROR(EnsureBuiltIns(session));
  SELFSAME_ASSIGN_OR_RETURN(std::vector<SchemaHead> heads, storage::ListSchemaHeads(session));
  SELFSAME_ASSIGN_OR_RETURN(std::vector<VocabularyHead> vocabulary_heads,
                            storage::ListVocabularyHeads(session));
  if (heads == heads_ && vocabulary_heads == vocabulary_heads_) return {};
  SELFSAME_RETURN_IF_ERROR(CompileNew(session, heads));
  SELFSAME_RETURN_IF_ERROR(LoadVocabularies(session, vocabulary_heads));
  heads_ = std::move(heads);
  vocabulary_heads_ = std::move(vocabulary_heads);
  Publish();
  return {};
}

Status SchemaLoader::EnsureBuiltIns(pg::Session& session) {
  for (schema::BuiltInSchema& built_in : schema::BuiltInSchemas()) {
    const auto& descriptor = built_in.compiled->descriptor();
    const storage::NewSchema row{.tenant = storage::kAllTenants,
                                 .name = built_in.name,
                                 .content = {.bytes = schema::MinimalDescriptorSet(descriptor),
                                             .hash = schema::ContentHash(descriptor)},
                                 .registered_by = {},
                                 .now = Now()};
    SELFSAME_ASSIGN_OR_RETURN(
        const storage::SchemaVersion version,
        storage::RegisterSchema(session, row, storage::RegisterMode::kStore,
                                [](std::span<const storage::LiveVersion>) { return Status(); }));
    compiled_[version.id] = std::move(built_in.compiled);
  }
  has_built_ins_ = true;
  return {};
}

Status SchemaLoader::CompileNew(pg::Session& session, const std::vector<SchemaHead>& heads) {
  std::vector<SchemaId> wanted;
  for (const SchemaHead& head : heads) {
    if (!compiled_.contains(head.id)) wanted.push_back(head.id);
  }
  if (wanted.empty()) return {};
  SELFSAME_ASSIGN_OR_RETURN(const auto contents, storage::ReadSchemaContents(session, wanted));
  for (const SchemaHead& head : heads) {
    const auto content = contents.find(head.id);
    if (content != contents.end()) Compile(head, content->second);
  }
  return {};
}

void SchemaLoader::Compile(const SchemaHead& head, const std::string& content) {
  auto type = schema::MessageType::Parse(content, head.name);
  if (type.ok()) {
    compiled_[head.id] = std::make_shared<const schema::CompiledSchema>(std::move(*type));
    return;
  }
  compiled_[head.id] = nullptr;
  log_.Warn("schema cannot be used", {{"schema", head.name},
                                      {"version", static_cast<std::int64_t>(head.version)},
                                      {"reason", type.error().reason}});
}

Status SchemaLoader::LoadVocabularies(pg::Session& session,
                                      const std::vector<VocabularyHead>& heads) {
  if (heads == vocabulary_heads_) return {};
  schema::TenantVocabularies vocabularies;
  for (const VocabularyHead& head : heads) {
    SELFSAME_ASSIGN_OR_RETURN(const std::vector<storage::Term> rows,
                              storage::ReadVocabulary(session, head));
    std::vector<normalize::VocabularyTerm> terms;
    for (const storage::Term& row : rows) terms.push_back({row.value, row.synonyms});
    auto made = normalize::Vocabulary::Make(terms);
    if (!made.ok()) {
      log_.Warn("vocabulary cannot be used",
                {{"vocabulary", head.name}, {"reason", made.error().reason}});
      continue;
    }
    vocabularies[head.tenant][head.name] =
        std::make_shared<const normalize::Vocabulary>(std::move(*made));
  }
  vocabularies_ = std::move(vocabularies);
  return {};
}

void SchemaLoader::Publish() {
  std::vector<schema::Schema> schemas;
  for (const SchemaHead& head : heads_) {
    const auto compiled = compiled_.find(head.id);
    if (compiled == compiled_.end() || compiled->second == nullptr) continue;
    schemas.push_back({.id = head.id,
                       .tenant = head.tenant,
                       .name = head.name,
                       .version = head.version,
                       .state = static_cast<schema::State>(head.state),
                       .compiled = compiled->second});
  }
  catalog_.Set(std::make_shared<const schema::Catalog>(std::move(schemas), vocabularies_));
}

}  // namespace selfsame::registry
