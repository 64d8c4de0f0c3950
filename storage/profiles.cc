#include "storage/profiles.h"

#include "storage/attributes_json.h"
#include "storage/sql/statements.h"

namespace selfsame::storage {

using pg::Array;
using pg::Oid;

namespace {

std::vector<AnchoredClaim> ClaimsOf(const pg::Rows& rows) {
  std::vector<AnchoredClaim> claims;
  claims.reserve(rows.size());
  for (int row = 0; row < rows.size(); ++row) {
    claims.push_back(
        {.anchor = rows.Uuid<NodeId>(row, 0),
         .attribute = std::string(rows.Bytes(row, 1)),
         .claim = {.event_time = rows.Time(row, 2),
                   .source = SourceId{rows.Int(row, 3)},
                   .key = std::string(rows.Bytes(row, 4)),
                   .record_id = rows.Uuid<RecordId>(row, 5),
                   .value = std::string(rows.Bytes(row, 6)),
                   .operation = static_cast<identity::ClaimOperation>(rows.SmallInt(row, 7)),
                   .schema = SchemaId{rows.Int(row, 8)},
                   .derived = std::string(rows.Bytes(row, 9))}});
  }
  return claims;
}

}  // namespace

Status InsertClaims(pg::BulkConnection& connection, const TenantShard& where,
                    std::span<const AnchoredClaim> claims) {
  Array times(Oid::kTimestampTz, claims.size());
  Array sources(Oid::kInt4, claims.size());
  Array anchors(Oid::kUuid, claims.size());
  Array records(Oid::kUuid, claims.size());
  Array names(Oid::kText, claims.size());
  Array keys(Oid::kText, claims.size());
  Array values(Oid::kText, claims.size());
  Array operations(Oid::kInt2, claims.size());
  Array schemas(Oid::kInt4, claims.size());
  Array derived(Oid::kText, claims.size());
  for (const AnchoredClaim& anchored : claims) {
    times.Time(anchored.claim.event_time);
    sources.Int(anchored.claim.source.value);
    anchors.Bytes(anchored.anchor.view());
    records.Bytes(anchored.claim.record_id.view());
    names.Bytes(anchored.attribute);
    keys.Bytes(anchored.claim.key);
    values.Bytes(anchored.claim.value);
    operations.SmallInt(static_cast<std::int16_t>(anchored.claim.operation));
    schemas.Int(anchored.claim.schema.value);
    derived.Bytes(anchored.claim.derived);
  }
  pg::Params params = KeyParams(where);
  params.Add(std::move(times)).Add(std::move(sources)).Add(std::move(anchors));
  params.Add(std::move(records)).Add(std::move(names)).Add(std::move(keys)).Add(std::move(values));
  params.Add(std::move(operations)).Add(std::move(schemas)).Add(std::move(derived));
  return ToStatus(connection.Execute(sql::kInsertClaims, params));
}

Result<std::vector<AnchoredClaim>> LoadClaims(pg::BulkConnection& connection,
                                              const TenantShard& where,
                                              std::span<const NodeId> nodes) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(nodes));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Execute(sql::kLoadClaims, params));
  return ClaimsOf(rows);
}

Result<std::vector<AnchoredClaim>> LoadClaimsSince(pg::BulkConnection& connection,
                                                   const TenantShard& where,
                                                   std::span<const WantedClaims> wanted) {
  Array nodes(Oid::kUuid, wanted.size());
  Array attributes(Oid::kText, wanted.size());
  Array since(Oid::kTimestampTz, wanted.size());
  Array until(Oid::kTimestampTz, wanted.size());
  for (const WantedClaims& one : wanted) {
    nodes.Bytes(one.anchor.view());
    attributes.Bytes(one.attribute);
    since.Time(one.span.since);
    until.Time(one.span.until);
  }
  pg::Params params = KeyParams(where);
  params.Add(std::move(nodes)).Add(std::move(attributes));
  params.Add(std::move(since)).Add(std::move(until));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Execute(sql::kLoadClaimsSince, params));
  return ClaimsOf(rows);
}

Result<std::vector<AnchoredClaim>> LoadNewestClaims(pg::BulkConnection& connection,
                                                    const TenantShard& where,
                                                    std::span<const WantedClaims> wanted) {
  Array nodes(Oid::kUuid, wanted.size());
  Array attributes(Oid::kText, wanted.size());
  for (const WantedClaims& one : wanted) {
    nodes.Bytes(one.anchor.view());
    attributes.Bytes(one.attribute);
  }
  pg::Params params = KeyParams(where);
  params.Add(std::move(nodes)).Add(std::move(attributes));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows,
                            connection.Execute(sql::kLoadNewestClaims, params));
  return ClaimsOf(rows);
}

Result<std::vector<Membership>> LoadMembers(pg::BulkConnection& connection,
                                            const TenantShard& where,
                                            std::span<const ProfileId> profile_ids) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(profile_ids));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows,
                            connection.Execute(sql::kLoadProfileMembers, params));
  std::vector<Membership> members;
  for (int row = 0; row < rows.size(); ++row) {
    members.push_back({rows.Uuid<ProfileId>(row, 0), rows.Uuid<NodeId>(row, 1)});
  }
  return members;
}

Result<std::vector<StoredProfile>> LoadProfiles(pg::BulkConnection& connection,
                                                const TenantShard& where,
                                                std::span<const ProfileId> profile_ids) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(profile_ids));
  SELFSAME_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Execute(sql::kLoadProfiles, params));
  std::vector<StoredProfile> profiles;
  profiles.reserve(rows.size());
  for (int row = 0; row < rows.size(); ++row) {
    SELFSAME_ASSIGN_OR_RETURN(identity::Attributes attributes,
                              ParseAttributes(rows.Bytes(row, 2), rows.Bytes(row, 3)));
    profiles.push_back({.profile_id = rows.Uuid<ProfileId>(row, 0),
                        .revision = rows.BigInt(row, 1),
                        .attributes = std::move(attributes)});
  }
  return profiles;
}

Status UpsertProfiles(pg::BulkConnection& connection, const TenantShard& where, TimeUs now,
                      std::span<const StoredProfile> profiles) {
  Array created(Oid::kTimestampTz, profiles.size());
  Array revisions(Oid::kInt8, profiles.size());
  Array ids(Oid::kUuid, profiles.size());
  Array attributes(Oid::kText, profiles.size());
  Array provenance(Oid::kText, profiles.size());
  for (const StoredProfile& profile : profiles) {
    created.Time(profile.created_at);
    revisions.BigInt(profile.revision);
    ids.Bytes(profile.profile_id.view());
    attributes.Bytes(AttributesJson(profile.attributes));
    provenance.Bytes(ProvenanceJson(profile.attributes));
  }
  pg::Params params = KeyParams(where);
  params.Time(now).Add(std::move(created)).Add(std::move(revisions)).Add(std::move(ids));
  params.Add(std::move(attributes)).Add(std::move(provenance));
  return ToStatus(connection.Execute(sql::kUpsertProfiles, params));
}

Status DeleteProfiles(pg::BulkConnection& connection, const TenantShard& where,
                      std::span<const ProfileId> profile_ids) {
  pg::Params params = KeyParams(where);
  params.Add(UuidArray(profile_ids));
  return ToStatus(connection.Execute(sql::kDeleteProfiles, params));
}

}  // namespace selfsame::storage
